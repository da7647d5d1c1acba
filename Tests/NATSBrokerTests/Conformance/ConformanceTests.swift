import Foundation
import Testing

@testable import NATSBroker

/// Every case of `Fixtures/conformance` is run against the broker and against a real nats-server, and what clients see is
/// compared. Without the real server the cases are skipped, never passed.
@Suite("Conformance with nats-server", .serialized)
struct ConformanceTests {
    static let files: [String] = {
        guard let folder = Bundle.module.resourceURL?.appendingPathComponent("Fixtures/conformance"),
            let names = try? FileManager.default.contentsOfDirectory(atPath: folder.path)
        else { return [] }
        return names.filter { $0.hasSuffix(".txt") }.sorted().map { folder.appendingPathComponent($0).path }
    }()

    @Test("there are cases")
    func thereAreCases() throws {
        let count = try Self.files.map { try ConformanceFile(path: $0).cases.count }.reduce(0, +)
        #expect(count >= 60)
    }

    @Test(
        "clients see the same from both servers",
        .enabled(if: OracleServer.executable != nil, "no nats-server 2.15.1 on the path"),
        arguments: files
    )
    func sameTranscripts(path: String) async throws {
        let file = try ConformanceFile(path: path)
        let oracle = try OracleServer(flags: file.flags, config: file.config)
        let oraclePort = oracle.port
        try await withBroker(flags: file.flags, config: file.config) { broker in
            let (port, httpPort, oracleHTTP) = (broker.clientPort, broker.httpPort ?? 0, oracle.httpPort)
            for test in file.cases {
                var (expected, actual): ([String: String], [String: String]) = ([:], [:])
                // Whether a client that goes is gone before the next one acts is left to the machine in both servers: a difference
                // in behaviour comes again.
                for _ in 1...3 {
                    expected = try await onThread { try Transcript.run(test, port: oraclePort, httpPort: oracleHTTP) }
                    actual = try await onThread { try Transcript.run(test, port: port, httpPort: httpPort) }
                    if actual == expected || test.reasonToDiffer != nil { break }
                }
                if let reason = test.reasonToDiffer {
                    #expect(actual != expected, "\(test.testDescription) does not differ any more: \(reason)")
                    continue
                }
                for client in expected.keys.sorted() {
                    let reason: Comment = "\(test.testDescription): what client \(client) saw"
                    #expect(actual[client] == expected[client], reason)
                }
            }
        }
    }
}

/// Runs blocking work away from Swift's own threads.
func onThread<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
        let thread = Thread { continuation.resume(with: Swift.Result(catching: body)) }
        thread.start()
    }
}

/// Starts a broker on a free port of the loopback for as long as `body` runs.
func withBroker<Result: Sendable>(
    flags: [String] = [],
    config: String? = nil,
    change: (inout BrokerSettings) -> Void = { _ in },
    _ body: (Broker) async throws -> Result
) async throws -> Result {
    var arguments = ["-a", "127.0.0.1", "-p", "-1", "-m", "-1"] + flags
    let directory = FileManager.default.temporaryDirectory.appendingPathComponent("broker-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    arguments += ["-l", directory.appendingPathComponent("log").path]
    if let config {
        let file = directory.appendingPathComponent("server.conf")
        try config.write(to: file, atomically: true, encoding: .utf8)
        arguments += ["-c", file.path]
    }
    var settings = try Configuration(ServerFlags(arguments)).settings
    settings.threads = 2
    change(&settings)
    let broker = Broker(settings: settings, log: try ServerLog(settings.log))
    try broker.start()
    do {
        let result = try await body(broker)
        await broker.stop()
        return result
    } catch {
        await broker.stop()
        throw error
    }
}
