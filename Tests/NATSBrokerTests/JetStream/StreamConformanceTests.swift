import Foundation
import Testing

/// Every case of `Fixtures/jetstream` is held with the broker and with a real nats-server, and what clients hear is compared.
/// Without the real server the cases are skipped, never passed.
@Suite("JetStream's conformance with nats-server")
struct StreamConformanceTests {
    @Test("there are cases")
    func thereAreCases() throws {
        let count = try StreamCaseFile.all.map { try StreamCaseFile($0).cases.count }.reduce(0, +)
        #expect(count >= 250)
    }

    @Test(
        "clients hear the same of streams from both servers",
        .enabled(if: OracleServer.executable != nil, "no nats-server 2.15.1 on the path"),
        arguments: StreamCaseFile.all
    )
    func sameAnswers(url: URL) async throws {
        let file = try StreamCaseFile(url)
        let config =
            file.config.contains("jetstream {")
            ? file.config
            : "server_name: S\njetstream { store_dir: store, max_mem: 64MB, max_file: 256MB }\n" + file.config
        let oracle = try OracleServer(flags: [], config: config)
        let broker = try OracleServer(OracleServer.ours, flags: [], config: config)
        let (oraclePorts, ports) = ((oracle.port, oracle.httpPort), (broker.port, broker.httpPort))
        for test in file.cases {
            // What a server does in its own time may come before or after an answer. What differs each time differs.
            var comparison = try await compare(test, oraclePorts, ports)
            for _ in 1..<3 where comparison.differs { comparison = try await compare(test, oraclePorts, ports) }
            #expect(comparison.failure == nil, "\(test.file):\(test.line) \(test.title)")
            for place in comparison.places {
                let reason: Comment = "\(test.file):\(test.line) \(test.title): what came to \(place)"
                #expect(comparison.actual[place] == comparison.expected[place], reason)
            }
        }
    }

    /// What came of one case with both servers.
    private struct Comparison: Sendable {
        var expected: [String: [String]]
        var actual: [String: [String]]
        /// Why the case could not be held with the broker.
        var failure: String?

        var differs: Bool { failure != nil || actual != expected }
        var places: [String] { Set(expected.keys).union(actual.keys).sorted() }
    }

    private func compare(
        _ test: StreamCaseFile.Case, _ oraclePorts: (Int, Int), _ ports: (Int, Int)
    ) async throws -> Comparison {
        try await onThread {
            let oracle = StreamConversation(port: oraclePorts.0, httpPort: oraclePorts.1)
            try oracle.run(test)
            try oracle.finish(nil)
            try oracle.cleanUp()
            let broker = StreamConversation(port: ports.0, httpPort: ports.1)
            var failure: String?
            do {
                try broker.run(test)
            } catch {
                failure = "\(error)"
            }
            try broker.finish(oracle.heard)
            try broker.cleanUp()
            return Comparison(expected: oracle.heard, actual: broker.heard, failure: failure)
        }
    }
}
