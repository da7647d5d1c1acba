#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The command line for bubblewrap: a root built from parts, because nothing that is not named may be seen.
///
/// A guide sees the system's programs read-only, its workspace, a home, `/tmp`, `/data` and a place for containers of its own, and a network that
/// is only a loopback interface. It does not see other homes, other mounts, secrets under `/etc`, nor other processes.
package enum SandboxArguments {
    /// Where a guide finds itself. The same on every machine, since commands print it.
    static let workspace = "/workspace"
    package static let home = "/home/launchpad"
    static let tools = "/run/launchpad/bin"
    static let agentDirectory = "/run/launchpad/agent"
    /// Where a stand-in for something that a guide asks for notes that it was used: a line of JSON each, see ``StandInProof``.
    package static let standIns = "\(agentDirectory)/\(standInsName)"
    static let standInsName = "stand-ins"

    /// Parts of `/etc` that programs need and that hold no secrets.
    private static let settings = [
        "alternatives", "ca-certificates", "ca-certificates.conf", "crypto-policies", "debian_version", "fonts",
        "ld.so.cache", "ld.so.conf", "ld.so.conf.d", "localtime", "magic", "mime.types", "os-release", "pki",
        "protocols",
        "services", "ssl/certs", "ssl/openssl.cnf", "terminfo",
    ]
    /// Where programs live on common systems; what of it is there is shown, read-only.
    private static let programs = ["/usr", "/opt", "/nix/store", "/gnu/store"]

    /// Whether a guide sees the machine's own file at an absolute path: a program, a library, or a setting that they need.
    static func shows(_ path: String) -> Bool {
        let folders =
            programs + ["/lib", "/lib32", "/lib64", "/libx32", "/bin", "/sbin"] + settings.map { "/etc/\($0)" }
        return folders.contains { path == $0 || path.hasPrefix($0 + "/") }
    }

    /// Namespaces, system directories, `/proc`, `/dev` and `/tmp`: what every sandbox has.
    package static func foundation() -> [String] {
        var arguments = [
            "--unshare-all", "--die-with-parent", "--as-pid-1", "--hostname", "launchpad", "--uid", "1000", "--gid",
            "1000",
        ]
        arguments += system(programs: true)
        arguments += ["--proc", "/proc"]
        for setting in kernelSettings { arguments += ["--ro-bind", setting, setting] }
        return arguments + ["--dev", "/dev", "--tmpfs", "/tmp"]
    }

    /// Settings of the whole machine that the kernel lets their owner write: a guide that root runs is still their owner, though
    /// it has none of root's rights. Those of networks stay: each sandbox has its own, and containers set some.
    ///
    /// For others the kernel keeps them itself; covering them would take containers their own process trees.
    private static let kernelSettings: [String] = {
        guard geteuid() == 0 else { return [] }
        return DirectoryListing.names(in: "/proc/sys").sorted().filter { $0 != "net" }.map { "/proc/sys/\($0)" }
    }()

    /// The machine's own programs and libraries, with the settings that they need, all read-only.
    ///
    /// - Parameter programs: false shows libraries alone.
    package static func system(programs: Bool) -> [String] {
        var arguments: [String] = []
        for directory in programs ? Self.programs : ["/usr/lib", "/usr/lib32", "/usr/lib64"]
        where isDirectory(directory) {
            arguments += ["--ro-bind", directory, directory]
        }
        let links = ["/lib", "/lib32", "/lib64", "/libx32"] + (programs ? ["/bin", "/sbin"] : [])
        for name in links {
            if let target = linkTarget(name) {
                arguments += ["--symlink", target, name]
            } else if isDirectory(name) {
                arguments += ["--ro-bind", name, name]
            }
        }
        for name in programs ? settings : ["ld.so.cache"] {
            arguments += ["--ro-bind-try", "/etc/\(name)", "/etc/\(name)"]
        }
        return arguments
    }

    /// The whole command line up to and including `--`, for one guide.
    ///
    /// - Parameters:
    ///   - files: small files of the sandbox's own, by their path inside it (see ``accountFiles``), as paths outside.
    ///   - folders: further folders that are shown read-only, by their path inside.
    ///   - executables: the programs behind the agent and the tools; visible with the libraries that this process uses.
    ///   - machine: what the guide gets of the machine itself; nil is nothing.
    static func guide(
        workspace: String, agentDirectory: String, tools: String, files: [String: String], folders: [String: String],
        executables: Set<String>, machine: MachineAccess? = nil
    ) -> [String] {
        var arguments = foundation()
        // Who runs services outside names folders to them, so these must have the same names there.
        let place = machine == nil ? Self.workspace : workspace
        if machine != nil { arguments.append("--share-net") }
        for (inside, outside) in files.sorted(by: { $0.key < $1.key }) {
            arguments += ["--ro-bind", outside, inside]
        }
        arguments += ["--tmpfs", home, "--tmpfs", "/data", "--tmpfs", "/var/tmp", "--tmpfs", "/var/lib/docker"]
        arguments += ["--bind", workspace, place, "--ro-bind", tools, Self.tools]
        arguments += ["--bind", agentDirectory, Self.agentDirectory]
        for file in executables.sorted() + loadedLibraries()
        where !programs.contains(where: { file.hasPrefix($0 + "/") }) {
            arguments += ["--ro-bind", file, file]
        }
        for (inside, outside) in folders.sorted(by: { $0.key < $1.key }) {
            arguments += ["--ro-bind", outside, inside]
        }
        for socket in machine?.sockets ?? [] { arguments += ["--bind", socket, socket] }
        return arguments + ["--remount-ro", "/", "--chdir", place, "--"]
    }

    /// `/etc` files that make the sandbox's user and host names known, by their path inside.
    package static let accountFiles = [
        "/etc/passwd": """
        root:x:0:0:root:/root:/bin/bash
        launchpad:x:1000:1000:Launchpad:/home/launchpad:/bin/bash
        nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin

        """,
        "/etc/group": "root:x:0:\nlaunchpad:x:1000:\nnogroup:x:65534:\n",
        "/etc/hosts": "127.0.0.1 localhost launchpad\n::1 localhost\n",
        "/etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\nservices: files\nprotocols: files\n",
    ]

    /// Shared libraries of this process, which is the same program as the agent.
    package static func loadedLibraries() -> [String] {
        guard let maps = try? TextFile.read("/proc/self/maps") else { return [] }
        var libraries: Set<String> = []
        for line in maps.split(separator: "\n") {
            guard let slash = line.firstIndex(of: "/") else { continue }
            let path = line[slash...]
            if path.contains(".so"), !path.hasSuffix(" (deleted)") { libraries.insert(String(path)) }
        }
        return libraries.filter { path in
            !["/lib/", "/lib32/", "/lib64/"].contains { path.hasPrefix($0) }
        }.sorted()
    }

    private static func isDirectory(_ path: String) -> Bool {
        var information = stat()
        return stat(path, &information) == 0 && information.st_mode & S_IFMT == S_IFDIR
    }

    private static func linkTarget(_ path: String) -> String? {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let length = readlink(path, &buffer, buffer.count)
        guard length > 0 else { return nil }
        return String(decoding: buffer[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
