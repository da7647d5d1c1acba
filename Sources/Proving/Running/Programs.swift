import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The programs of this machine as the commands of a guide find them. Each is looked up once.
final class Programs: Sendable {
    private struct Known {
        var paths: [String: String?] = [:]
        var identities: [String: String] = [:]
    }

    private let tools: [String: String]
    /// What the tools start.
    private let supplies: Set<String>
    private let known = Mutex(Known())

    /// - Parameter executable: absolute path of the `launchpad` binary, which every guide finds.
    init(engine: any Engine, executable: String) {
        tools = engine.tools.merging(["launchpad": executable]) { $1 }
        supplies = engine.supplies.executables
    }

    /// Where a guide finds the program called `name`, or nil.
    func path(of name: String) -> String? {
        if let tool = tools[name] { return tool }
        return known.withLock { known in
            if let path = known.paths[name] { return path }
            let path = ExecutableSearch.find(name, in: ExecutableSearch.systemPath)
            known.paths[name] = .some(path)
            return path
        }
    }

    /// The programs that take part in a scenario, by name: `launchpad` itself, the engine's tools, those that its blocks
    /// name with `tool=`, and those that their commands seem to call. Each with its path, size and time of change.
    func taking(part scenario: Scenario) -> [(name: String, identity: String)] {
        var paths = tools
        for path in supplies { paths[path] = path }
        for check in scenario.checks {
            for name in check.tools { paths[name] = path(of: name) ?? "nowhere" }
            for command in check.steps.map(\.command) + [check.runner?.probeScript].compactMap({ $0 }) {
                for name in CommandWords.names(in: command) where paths[name] == nil {
                    paths[name] = path(of: name)
                }
            }
        }
        return paths.sorted { $0.key < $1.key }.map { ($0.key, identity(of: $0.value)) }
    }

    private func identity(of path: String) -> String {
        known.withLock { known in
            if let identity = known.identities[path] { return identity }
            let identity = "\(path), \(FileIdentity.of(path))"
            known.identities[path] = identity
            return identity
        }
    }
}

/// What tells a file from the one that it was before: its size and the time of its last change.
enum FileIdentity {
    static func of(_ path: String) -> String {
        var information = stat()
        return stat(path, &information) == 0 ? text(information) : "not there"
    }

    /// Nil for what is no file: a folder's time changes with each file in it.
    static func ofFile(_ path: String) -> String? {
        var information = stat()
        guard stat(path, &information) == 0, information.st_mode & S_IFMT == S_IFREG else { return nil }
        return text(information)
    }

    private static func text(_ information: stat) -> String {
        #if canImport(Darwin)
        let time = information.st_mtimespec
        #else
        let time = information.st_mtim
        #endif
        return "\(information.st_size) bytes, changed \(time.tv_sec).\(time.tv_nsec)"
    }
}
