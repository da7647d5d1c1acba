import Foundation
import TestSupport
import Testing

/// Whatever a client sees by TLS, WebSocket or HTTPS, it sees from a real nats-server too. Without that, or without Python and
/// OpenSSL, the cases are skipped, never passed.
@Suite("Transports, compared with nats-server", .serialized)
struct TransportConformanceTests {
    private static let canCompare = OracleServer.executable != nil && TransportCases.canRun

    @Test("there are cases", .enabled(if: TransportCases.canRun, "no python3 or openssl"))
    func thereAreCases() async throws {
        var count = 0
        for script in Set(TransportCases.all.map(\.script)) {
            let titles = try await TransportCases.titles(of: script)
            let groups = TransportCases.all.filter { $0.script == script }.map(\.group)
            #expect(Set(titles.keys) == Set(groups), "every group of \(script) has a configuration")
            count += titles.values.map(\.count).reduce(0, +)
        }
        #expect(count >= 180)
    }

    @Test(
        "clients see the same from both servers",
        .enabled(if: canCompare, "no nats-server 2.15.1, python3 or openssl on the path"),
        arguments: TransportCases.all
    )
    func sameTranscripts(cases: TransportCases) async throws {
        let certificates = try await Certificates()
        let config = try certificates.completed(cases.configuration)
        var flags = cases.group == "https" ? ["-ms", "-1"] : ["-m", "-1"]
        // A group that is about addresses names its own.
        if cases.group != "listen6" { flags += ["-a", "127.0.0.1", "-p", "-1"] }
        let oracle = try ListeningServer([try #require(OracleServer.executable)], flags: flags, config: config)
        let ours = try ListeningServer(ListeningServer.ours, flags: flags, config: config)
        let expected = try await cases.run(oracle, certificates)
        let actual = try await cases.run(ours, certificates)
        #expect(!expected.isEmpty)
        for title in Set(expected.keys).union(actual.keys).sorted() {
            #expect(actual[title] == expected[title], "\(cases.testDescription): \(title)")
        }
    }

    @Test(
        "a server that cannot start says so in nats-server's words",
        .enabled(if: canCompare, "no nats-server 2.15.1, python3 or openssl on the path"),
        arguments: [
            ["--tls"], ["--tls", "--tlscert", "CERTS/server.pem"],
            ["--tls", "--tlscert", "CERTS/none.pem", "--tlskey", "CERTS/server.key"],
            ["--tls", "--tlscert", "CERTS/server.pem", "--tlskey", "CERTS/client.key"],
            ["--tls", "--tlscert", "CERTS/server.key", "--tlskey", "CERTS/server.pem"],
            [
                "--tlsverify", "--tlscert", "CERTS/server.pem", "--tlskey", "CERTS/server.key", "--tlscacert",
                "CERTS/none",
            ],
            ["--tls", "--tlscert", "CERTS/server.pem", "--tlskey", "CERTS/server.key", "--tlscacert", "CERTS/pin"],
            ["tls { cert_file: \"CERTS/server.pem\", key_file: \"CERTS/client.key\" }"],
            ["tls { cert_file: \"CERTS/server.pem\", key_file: \"CERTS/server.pem\" }"],
            ["tls { cert_file: \"CERTS/pin\", key_file: \"CERTS/server.key\" }"],
            ["tls { certs: [{cert_file: \"CERTS/a.pem\", key_file: \"CERTS/b.key\"}] }"],
            ["tls { cert_file: \"CERTS/server.pem\", key_file: \"CERTS/server.key\", ca_file: \"CERTS/server.key\" }"],
            ["websocket { port: -1 }"],
            ["websocket { port: -1, no_tls: true, allowed_origins: [\"ftp://x\"] }"],
            ["websocket { port: -1, no_tls: true, allowed_origins: [\"example.com\"] }"],
            ["websocket { port: -1, no_tls: true, allowed_origins: [\"http://\"] }"],
            ["websocket { port: -1, no_tls: true, jwt_cookie: \"jwt\" }"],
            ["websocket { port: -1, no_tls: true, no_auth_user: \"web\" }"],
        ]
    )
    func sameRefusals(arguments: [String]) async throws {
        let certificates = try await Certificates()
        var flags = try arguments.map { try certificates.completed($0) }
        if !arguments[0].hasPrefix("-") {
            flags = ["-c", try certificates.write("server.conf", flags[0] + "\n")]
        }
        flags += ["-a", "127.0.0.1", "-p", "-1"]
        let expected = try await runCommand([try #require(OracleServer.executable)] + flags, deadline: .seconds(20))
        let actual = try await runCommand(ListeningServer.ours + flags, deadline: .seconds(20))
        #expect(actual.error == expected.error)
        #expect(actual.status == expected.status)
    }
}
