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
        arguments: Set(TransportCases.all.map(\.script)).sorted()
    )
    func sameTranscripts(script: String) async throws {
        let certificates = try await Certificates()
        for cases in TransportCases.all where cases.script == script {
            var differences: [String] = []
            // When a timer rings is left to the machine in both servers: a difference in behaviour comes again.
            for _ in 1...3 {
                differences = try await Self.differences(cases, certificates)
                if differences.isEmpty { break }
            }
            #expect(differences.isEmpty, "\(cases.group): \(differences.joined(separator: "\n"))")
        }
    }

    private static func differences(_ cases: TransportCases, _ certificates: Certificates) async throws -> [String] {
        async let expected = Self.transcripts([try #require(OracleServer.executable)], cases, certificates)
        async let actual = Self.transcripts(ListeningServer.ours, cases, certificates)
        let (theirs, ours) = try await (expected, actual)
        #expect(!theirs.isEmpty)
        return Set(theirs.keys).union(ours.keys).sorted().filter { ours[$0] != theirs[$0] }.map { title in
            "\(title): nats-server \(theirs[title] ?? "nothing"), Launchpad \(ours[title] ?? "nothing")"
        }
    }

    private static func transcripts(
        _ command: [String],
        _ cases: TransportCases,
        _ certificates: Certificates
    ) async throws -> [String: String] {
        var flags = cases.group == "https" ? ["-ms", "-1"] : ["-m", "-1"]
        // A group that is about addresses names its own.
        if cases.group != "listen6" { flags += ["-a", "127.0.0.1", "-p", "-1"] }
        let config = try certificates.completed(cases.configuration)
        return try await cases.run(try ListeningServer(command, flags: flags, config: config), certificates)
    }

    /// Flags, or a configuration's one line.
    private static let refused: [[String]] = [
        ["--tls"], ["--tls", "--tlscert", "CERTS/server.pem"],
        ["--tls", "--tlscert", "CERTS/none.pem", "--tlskey", "CERTS/server.key"],
        ["--tls", "--tlscert", "CERTS/server.pem", "--tlskey", "CERTS/client.key"],
        ["--tls", "--tlscert", "CERTS/server.key", "--tlskey", "CERTS/server.pem"],
        ["--tlsverify", "--tlscert", "CERTS/server.pem", "--tlskey", "CERTS/server.key", "--tlscacert", "CERTS/none"],
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

    @Test(
        "a server that cannot start says so in nats-server's words",
        .enabled(if: canCompare, "no nats-server 2.15.1, python3 or openssl on the path"))
    func sameRefusals() async throws {
        let certificates = try await Certificates()
        for arguments in Self.refused {
            var flags = try arguments.map { try certificates.completed($0) }
            if !arguments[0].hasPrefix("-") {
                flags = ["-c", try certificates.write("server.conf", flags[0] + "\n")]
            }
            flags += ["-a", "127.0.0.1", "-p", "-1"]
            let expected = try await runCommand(
                [try #require(OracleServer.executable)] + flags, deadline: .seconds(20))
            let actual = try await runCommand(ListeningServer.ours + flags, deadline: .seconds(20))
            #expect(actual.error == expected.error, "\(arguments)")
            #expect(actual.status == expected.status, "\(arguments)")
        }
    }
}
