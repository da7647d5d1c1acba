import Foundation
import TestSupport
import Testing

/// Whether `python3` has nats-py and what that needs for WebSocket.
private let hasNATSPy: Bool = {
    let probe = Process()
    probe.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    probe.arguments = ["python3", "-c", "import nats, aiohttp"]
    probe.standardError = FileHandle.nullDevice
    guard (try? probe.run()) != nil else { return false }
    probe.waitUntilExit()
    return probe.terminationStatus == 0
}()

/// Clients that no test wrote, and the project's own, by TLS and by WebSocket.
@Suite("Clients by TLS and WebSocket", .serialized)
struct TransportClientTests {
    private static let files = "cert_file: \"CERTS/server.pem\", key_file: \"CERTS/server.key\""
    private static let verified = "tls { \(files), ca_file: \"CERTS/ca.pem\", verify: true }\n"
    private static let free = ["-a", "127.0.0.1", "-p", "-1"]

    private func serve(
        _ config: String,
        _ certificates: Certificates,
        _ command: [String] = ListeningServer.ours
    ) throws -> ListeningServer {
        try ListeningServer(command, flags: Self.free, config: certificates.completed(config))
    }

    private func nats(_ arguments: [String], home: Certificates) async throws -> CommandResult {
        try await runCommand(
            [launchpadExecutable, "nats"] + arguments, in: home.folder,
            environment: ["HOME": home.folder, "XDG_CONFIG_HOME": home.folder], deadline: .seconds(30))
    }

    @Test(
        "nats-py talks by TLS, by WebSocket, and by both",
        .enabled(if: TransportCases.canRun && hasNATSPy, "no python3 with nats-py and aiohttp, or no openssl"))
    func natsPy() async throws {
        let certificates = try await Certificates()
        let plain = "websocket { listen: \"127.0.0.1:-1\", no_tls: true, compression: true }\n"
        let secure = "websocket { listen: \"127.0.0.1:-1\", tls { \(Self.files) } }\n"
        let one = try serve(Self.verified + plain, certificates)
        let other = try serve(secure, certificates)
        let result = try await runCommand([
            "python3", TransportCases.folder + "/natspy.py", certificates.folder, "tls://localhost:\(one.clientPort)",
            "ws://localhost:\(one.webSocketPort)", "wss://localhost:\(other.webSocketPort)",
        ])
        #expect(result.output == "ok\n", "\(result.error)")
    }

    @Test(
        "the nats command connects to a server with TLS, and says why where it cannot",
        .enabled(if: TransportCases.canRun, "no openssl"))
    func command() async throws {
        let certificates = try await Certificates()
        let server = try serve(Self.verified + "websocket { listen: \"127.0.0.1:-1\", no_tls: true }", certificates)
        let own = ["--tlsca", "ca.pem", "--tlscert", "client.pem", "--tlskey", "client.key"]
        let url = "tls://localhost:\(server.clientPort)"
        let reached = try await nats(["-s", url] + own + ["pub", "a", "b"], home: certificates)
        #expect(reached.status == 0, "\(reached.error)")
        #expect(reached.error.contains("Published 1 bytes to \"a\""))
        let webSocket = "ws://localhost:\(server.webSocketPort)"
        #expect(try await nats(["-s", webSocket, "pub", "a", "b"], home: certificates).status == 0)
        let cases: [([String], String)] = [
            (["-s", url], "x509: certificate signed by unknown authority"),
            (["-s", url, "--tlsca", "ca.pem"], "certificate required"),
            (
                ["-s", "nats://localhost:\(server.clientPort)", "--tlsca", "other-ca.pem"],
                "signed by unknown authority"
            ),
            (
                ["-s", "wss://localhost:\(server.webSocketPort)", "--tlsca", "ca.pem"],
                "does not look like a TLS handshake"
            ),
            (["-s", "ws://localhost:\(server.clientPort)"], "EOF"),
        ]
        for (arguments, reason) in cases {
            let result = try await nats(arguments + ["pub", "a", "b"], home: certificates)
            #expect(result.status == 1)
            #expect(result.error.contains(reason), "\(arguments): \(result.error)")
        }
    }

    @Test(
        "a context carries certificates, and the handshake may come first",
        .enabled(if: TransportCases.canRun, "no openssl"))
    func context() async throws {
        let certificates = try await Certificates()
        let server = try serve(
            "tls { \(Self.files), ca_file: \"CERTS/ca.pem\", verify: true, handshake_first: true }", certificates)
        let save = [
            "context", "save", "secure", "--select", "-s", "localhost:\(server.clientPort)", "--tlsfirst", "--tlsca",
            certificates.folder + "/ca.pem", "--tlscert", certificates.folder + "/client.pem", "--tlskey",
            certificates.folder + "/client.key",
        ]
        let saved = try await nats(save, home: certificates)
        #expect(saved.status == 0, "\(saved.error)")
        let result = try await nats(["pub", "a", "b"], home: certificates)
        #expect(result.status == 0, "\(result.error)")
    }

    @Test(
        "the nats command signs with a key, as a real server wants it",
        .enabled(if: OracleServer.executable != nil && TransportCases.canRun, "no nats-server 2.15.1 or openssl"))
    func nkey() async throws {
        let certificates = try await Certificates()
        let user = "UAB2CB576PHBBPQ5ODORRZ2LYCMWPZGWGCN2KDK7DXOIMZASKUY3RLKK"
        _ = try certificates.write("user.nk", "SUAAAAICAMCAKBQHBAEQUCYMBUHA6EARCIJRIFIWC4MBSGQ3DQOR4H776Y\n")
        let oracle = try #require(OracleServer.executable)
        let server = try serve("authorization { users: [ {nkey: \(user)} ] }", certificates, [oracle])
        let url = "nats://127.0.0.1:\(server.clientPort)"
        let signed = try await nats(["-s", url, "--nkey", "user.nk", "pub", "a", "b"], home: certificates)
        #expect(signed.status == 0, "\(signed.error)")
        let unsigned = try await nats(["-s", url, "pub", "a", "b"], home: certificates)
        #expect(unsigned.error == "nats: error: nats: Authorization Violation\n")
    }
}
