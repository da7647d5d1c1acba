import Guides
import Proving
import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The files of one container, and how bubblewrap makes a root of them.
///
/// A directory of the container's own is the root, so that what it writes stays until it is removed. The programs of the
/// machine are put over it, read-only, and volumes over both.
struct ContainerRoot {
    /// Where the programs of an image's own lie.
    static let tools = "/run/launchpad/bin"
    private static let systemDirectories = ["/usr", "/opt", "/nix/store", "/gnu/store"]

    let path: String
    let spec: ContainerSpec
    /// Where the volumes lie.
    let volumes: String

    /// Makes the directories and files that every container has.
    func make(id: String) throws {
        for directory in [
            "etc", "tmp", "root", "home", "var/tmp", "var/log", "var/lib", "run/launchpad/bin", "proc", "dev", "usr",
            "sys",
        ] {
            try Folder.make("\(path)/\(directory)")
        }
        chmod("\(path)/tmp", 0o1777)
        try Folder.make("\(path)\(spec.workingDirectory)")
        let account = Int(spec.user.split(separator: ":").first ?? "0").map {
            $0 == 0 ? "" : "\(spec.standIn.map.program):x:\($0):\($0)::/:/bin/sh\n"
        }
        let files = [
            "etc/hostname": "\(spec.hostname ?? String(id.prefix(12)))\n",
            "etc/passwd":
                "root:x:0:0:root:/root:/bin/sh\n\(account ?? "")nobody:x:65534:65534:nobody:/:/usr/sbin/nologin\n",
            "etc/group": "root:x:0:\nnogroup:x:65534:\n",
            "etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\nservices: files\nprotocols: files\n",
        ]
        for (name, text) in files { try write(text, to: "\(path)/\(name)") }
        if !spec.standIn.map.hasSystem, let entry = spec.standIn.map.entrypoint.first, entry != spec.standIn.path {
            // A link, so that the program still finds what lies beside it.
            symlink(spec.standIn.path, path + entry)
        }
        for (name, text) in spec.files {
            try Folder.make(Folder.parent(of: path + name))
            try write(text, to: path + name)
            chmod(path + name, 0o755)
        }
    }

    /// Replaces a file in one step, since the container may read it at this moment.
    func write(_ text: String, to file: String) throws {
        let temporary = "\(file).new"
        let descriptor = try Descriptor.open(temporary, O_WRONLY | O_CREAT | O_TRUNC, mode: 0o644)
        defer { Descriptor.close(descriptor) }
        try Descriptor.writeAll(Array(text.utf8), to: descriptor)
        fchmod(descriptor, 0o644)
        guard rename(temporary, file) == 0 else { throw Errno(rawValue: errno) }
    }

    /// Bubblewrap's command line, without the path of bubblewrap and without the container's command.
    func arguments(id: String, informationDescriptor: Int32) -> [String] {
        let ids = spec.user.split(separator: ":")
        var arguments = [
            "--unshare-user", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try",
            "--die-with-parent", "--info-fd", String(informationDescriptor),
            "--uid", String(ids.first ?? "0"), "--gid", String(ids.dropFirst().first ?? ids.first ?? "0"),
            "--hostname", spec.hostname ?? String(id.prefix(12)), "--bind", path, "/",
        ]
        arguments += SandboxArguments.system(programs: spec.standIn.map.hasSystem)
        arguments += ["--dev", "/dev"]
        arguments +=
            Self.hasOwnProcesses
            ? ["--unshare-pid", "--proc", "/proc"] : ["--ro-bind", "/proc", "/proc"]
        // Otherwise bubblewrap itself is process 1, passes the exit status on and buries orphans.
        if Self.hasOwnProcesses, !spec.hasInit { arguments += ["--as-pid-1"] }
        arguments += programArguments
        for mount in spec.tmpfs {
            arguments += ["--tmpfs", String(mount.prefix { $0 != ":" })]
        }
        for mount in spec.mounts.sorted(by: { $0.target < $1.target }) {
            switch mount.kind {
            case .tmpfs: arguments += ["--tmpfs", mount.target]
            case .volume:
                arguments += [
                    mount.isReadOnly ? "--ro-bind" : "--bind", "\(volumes)/\(mount.source ?? "")/_data", mount.target,
                ]
            case .bind: arguments += [mount.isReadOnly ? "--ro-bind" : "--bind", mount.source ?? "/", mount.target]
            }
        }
        if spec.isReadOnly { arguments += ["--remount-ro", "/"] }
        return arguments + ["--chdir", spec.workingDirectory, "--"]
    }

    /// Whether containers have a process tree of their own. The kernel allows no `/proc` for it below one of which parts are
    /// covered, as bubblewrap covers them for root; and with the `/proc` of another tree programs do not find themselves.
    static let hasOwnProcesses = !isProcCovered

    private static let isProcCovered: Bool = {
        guard let text = try? TextFile.read("/proc/self/mountinfo") else { return true }
        return text.split(separator: "\n").contains { line in
            let fields = line.split(separator: " ")
            return fields.count > 4 && fields[4].hasPrefix("/proc/")
        }
    }()

    /// The program, its further tools, and what they need to start.
    private var programArguments: [String] {
        var arguments: [String] = []
        var needed = Set(spec.standIn.tools.values)
        if let template = spec.standIn.template { arguments += ["--ro-bind", template, template] }
        for (name, path) in spec.standIn.tools.sorted(by: { $0.key < $1.key }) {
            arguments += ["--ro-bind", path, "\(Self.tools)/\(name)"]
        }
        needed.insert(spec.standIn.path)
        let shown = spec.standIn.map.hasSystem ? Self.systemDirectories : ["/usr/lib", "/usr/lib32", "/usr/lib64"]
        for file in needed.sorted() + SandboxArguments.loadedLibraries()
        where !shown.contains(where: { file.hasPrefix($0 + "/") }) {
            arguments += ["--ro-bind", file, file]
        }
        return arguments
    }
}
