#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// How guides are kept apart from each other and from the machine.
package enum Isolation: Sendable, Hashable {
    /// A file system view, a network and a process tree of its own for each guide.
    case bubblewrap(path: String, version: String)
    /// Plain processes on the machine's own ports, one guide after another.
    case none(reason: String)

    /// What the ledger says: `bubblewrap 0.8.0`, or `none`.
    package var name: String {
        switch self {
        case .bubblewrap(_, let version): "bubblewrap \(version)"
        case .none: "none"
        }
    }

    /// True where guides cannot meet, so that several may run at once.
    package var isPrivate: Bool {
        if case .bubblewrap = self { true } else { false }
    }

    /// Finds out what this machine allows, by starting an empty sandbox (about 10 ms).
    package static func detect() -> Isolation {
        guard let path = ExecutableSearch.find("bwrap") else {
            return .none(reason: "bubblewrap (bwrap) is not on the path")
        }
        let arguments = SandboxArguments.foundation() + ["--", path, "--version"]
        do {
            let (status, output) = try ShortCommand.run(path, arguments)
            let words = output.split { $0 == " " || $0 == "\n" }
            guard status == 0, words.count == 2 else {
                let said = output.split(separator: "\n").last.map(String.init) ?? "exit status \(status)"
                return .none(reason: "bubblewrap cannot make a sandbox here: \(said)")
            }
            return .bubblewrap(path: path, version: String(words[1]))
        } catch {
            return .none(reason: "bubblewrap could not be started: \(error)")
        }
    }
}

/// Looks for programs as a shell would.
package enum ExecutableSearch {
    /// Where commands inside a guide look, behind the tool folder.
    package static let systemPath = [
        "/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin",
    ]

    /// The absolute path of `name` on this process's own `PATH`, then on the system's, or nil.
    package static func find(_ name: String) -> String? {
        find(name, in: ownPath + systemPath)
    }

    /// The same for a program that a sandbox can run: no script that looks for the real one somewhere else.
    package static func findBinary(_ name: String) -> String? {
        (ownPath + systemPath).lazy.compactMap { find(name, in: [$0]) }.first { path in
            guard let descriptor = try? Descriptor.open(path, O_RDONLY) else { return false }
            defer { Descriptor.close(descriptor) }
            return (try? Descriptor.read(descriptor, upTo: 2)) != Array("#!".utf8)
        }
    }

    private static var ownPath: [String] {
        getenv("PATH").map { String(cString: $0).split(separator: ":").map(String.init) } ?? []
    }

    /// The first of `directories` that holds an executable file `name`, with the name, or nil.
    package static func find(_ name: String, in directories: [String]) -> String? {
        directories.lazy.map { "\($0)/\(name)" }.first { path in
            var information = stat()
            return access(path, X_OK) == 0 && stat(path, &information) == 0 && information.st_mode & S_IFMT == S_IFREG
        }
    }
}

/// What a tool says about itself.
package enum ToolVersion {
    /// The first line that `path --version` prints, or nil where it fails.
    package static func of(_ path: String) -> String? {
        guard let (status, output) = try? ShortCommand.run(path, ["--version"]), status == 0 else { return nil }
        return output.split(separator: "\n").first.map(String.init)
    }
}

/// Runs a short helper command to its end.
enum ShortCommand {
    /// Returns the exit status and what was printed on either stream.
    static func run(_ path: String, _ arguments: [String]) throws -> (status: Int, output: String) {
        let pipe = try Descriptor.pipe()
        let null = try Descriptor.open("/dev/null", O_RDONLY)
        defer { for descriptor in [pipe.read, null] { Descriptor.close(descriptor) } }
        let process: pid_t
        do {
            defer { Descriptor.close(pipe.write) }
            process = try ChildProcess.spawn(
                path,
                arguments: arguments,
                environment: ["PATH": ExecutableSearch.systemPath.joined(separator: ":"), "LANG": "C.UTF-8"],
                descriptors: [0: null, 1: pipe.write, 2: pipe.write]
            )
        }
        var output: [UInt8] = []
        while let chunk = try Descriptor.read(pipe.read, upTo: 4096), !chunk.isEmpty {
            output += chunk
        }
        return (ChildProcess.wait(for: process), String(decoding: output, as: UTF8.self))
    }
}
