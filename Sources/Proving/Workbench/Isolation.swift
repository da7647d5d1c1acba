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
