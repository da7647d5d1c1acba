import NATSClient
import NIOCore
import TestSupport
import Testing

/// The servers that the tests of JetStream run against.
enum JetStreamEngine: String, CaseIterable, Sendable {
    case oracle, bundled

    private var command: [String]? {
        switch self {
        case .oracle: NATSServerProcess.oracle.map { [$0] }
        case .bundled: [launchpadExecutable, "nats-server"]
        }
    }

    /// Those that this machine has.
    static var available: [JetStreamEngine] { allCases.filter { $0.command != nil } }

    /// Starts a server with JetStream that keeps its files in `directory`.
    func start(in directory: TemporaryDirectory, port: Int? = nil, configuration: String? = nil) throws
        -> NATSServerProcess
    {
        let command = try #require(command)
        return try NATSServerProcess(
            command + ["-js", "-sd", directory.path], configuration: configuration, port: port)
    }
}

/// A server of a test's own and a connection to it.
final class JetStreamFixture: Sendable {
    let engine: JetStreamEngine
    let server: NATSServerProcess
    let connection: NATSConnection
    let jetStream: JetStream
    private let directory: TemporaryDirectory

    init(_ engine: JetStreamEngine, configuration: String? = nil) async throws {
        self.engine = engine
        directory = try TemporaryDirectory()
        server = try engine.start(in: directory, configuration: configuration)
        var options = ConnectionOptions(servers: [ServerAddress(host: "127.0.0.1", port: server.port)])
        // Every core may be busy with other tests.
        options.connectTimeout = .seconds(60)
        options.reconnection = Reconnection(maximumAttempts: nil) { _ in .milliseconds(20) }
        connection = try await NATSConnection.connect(options)
        jetStream = connection.jetStream(timeout: .seconds(20))
    }

    deinit {
        connection.close()
    }

    /// Ends the server, and starts another one on the same port and files.
    func restart() throws -> NATSServerProcess {
        server.stop()
        return try engine.start(in: directory, port: server.port)
    }

    /// A stream `S` on `s.>` in memory, with `count` messages `0`, `1`… on `s.0`, `s.1`, `s.2` in turn.
    func stream(messages count: Int = 0, _ change: (inout StreamConfiguration) -> Void = { _ in }) async throws
        -> StreamHandle
    {
        var configuration = StreamConfiguration(name: "S", subjects: ["s.>"])
        configuration.storage = .memory
        change(&configuration)
        let stream = try await jetStream.createStream(configuration)
        let publisher = jetStream.publisher()
        for number in 0..<count {
            try await publisher.publish(String(number), to: "s.\(number % 3)")
        }
        try await publisher.finish()
        return stream
    }
}
