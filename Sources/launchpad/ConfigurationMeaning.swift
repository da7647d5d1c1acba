import NATSConfig
import Synchronization
import Tangling

/// Tells whether nats-server's configuration means the same after a change: one that says what is the default anyway, or that
/// turns around two settings, can't be noticed by anybody.
struct ConfigurationMeaning: Sendable {
    /// The files that a server can be started with, as they are.
    private let roots: [Root]

    private struct Root: Sendable {
        var path: String
        /// Itself and all that it includes.
        var files: Set<String>
        var options: ServerOptions
    }

    init(plan: TanglePlan) {
        roots = plan.files.filter { $0.path.hasSuffix(".conf") }.compactMap { file in
            Self.load(file.path, in: plan).map { Root(path: file.path, files: $0.files, options: $0.options) }
        }
    }

    /// Whether the file at `path` means the same in `mutated`; false for one that no server configuration reads.
    func isSame(_ path: String, in mutated: TanglePlan) -> Bool {
        let readers = roots.filter { $0.files.contains(path) }
        // One that others include is read by itself only by mistake.
        let outermost = readers.filter { root in
            !readers.contains { $0.path != root.path && $0.files.contains(root.path) }
        }
        guard !outermost.isEmpty else { return false }
        return outermost.allSatisfy { Self.load($0.path, in: mutated)?.options == $0.options }
    }

    private static func load(_ path: String, in plan: TanglePlan) -> (options: ServerOptions, files: Set<String>)? {
        let contents = Dictionary(plan.files.map { ($0.path, $0.contents) }, uniquingKeysWith: { first, _ in first })
        let seen = Seen()
        let source = ConfigSource { file throws(ConfigSource.Unreadable) in
            guard let bytes = contents[file] else {
                throw ConfigSource.Unreadable("open \(file): no such file or directory")
            }
            seen.add(file)
            return bytes
        }
        guard let loaded = try? ServerOptions.load(path, from: source) else { return nil }
        var options = loaded.options.completed()
        var authorization = options.authorization ?? AuthorizationOptions()
        authorization.timeout = authorization.timeout ?? ServerOptions.Default.authorizationTimeout
        options.authorization = authorization
        // On which line something stands is no part of what it means.
        options.jetStream.position = nil
        for index in options.accounts.indices { options.accounts[index].position = nil }
        return (options, seen.files)
    }

    private final class Seen: Sendable {
        private let paths = Mutex(Set<String>())
        var files: Set<String> { paths.withLock { $0 } }
        func add(_ path: String) {
            paths.withLock { _ = $0.insert(path) }
        }
    }
}
