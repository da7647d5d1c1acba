import Foundation
import Testing

/// The ports file of the broker and that of a real nats-server, for servers that can be reached in more ways than one.
@Suite("Conformance of the ports file", .serialized)
struct PortsFileConformanceTests {
    private static let config = "websocket { listen: \"0.0.0.0:-1\", no_tls: true }\n"

    @Test(
        "a server says under which addresses it can be reached",
        .enabled(if: OracleServer.executable != nil, "no nats-server 2.15.1 on the path"),
        arguments: ["0.0.0.0", "::", "localhost", "::1", "127.0.0.2"]
    )
    func addresses(host: String) async throws {
        async let theirs = onThread { try Self.portsFile([OracleServer.executable ?? ""], host) }
        async let ours = onThread { try Self.portsFile(OracleServer.ours, host) }
        let (expected, actual) = try await (theirs, ours)
        #expect(expected.contains("nats://") && expected.contains("http://") && expected.contains("ws://"))
        #expect(actual == expected)
    }

    private static func portsFile(_ command: [String], _ host: String) throws -> String {
        let text = try OracleServer(command, flags: ["-a", host], config: config).portsFile
        return text.replacing(/:\d+"/, with: ":<port>\"")
    }
}
