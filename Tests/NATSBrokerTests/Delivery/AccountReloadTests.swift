import Foundation
import Testing

@testable import NATSBroker

/// What connected clients notice when a configuration with other links between accounts is loaded.
@Suite("Links between accounts, reloaded", .serialized)
struct AccountReloadTests {
    private static func config(imports: String, mappings: String = "", password: String = "b") -> String {
        """
        accounts {
          A { users = [ { user: a, password: a } ], exports = [ { stream: "news" }, { service: "help" } ]
              mappings = { \(mappings) } }
          B { users = [ { user: b, password: "\(password)" } ], imports = [ \(imports) ] }
        }
        """
    }

    private static func settings(_ config: String) throws -> BrokerSettings {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("reload-\(UUID().uuidString).conf")
        try config.write(to: file, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(at: file) }
        return try Configuration(ServerFlags(["-c", file.path])).settings
    }

    /// Waits until the client's event loop has taken over new settings: it does so before it reads a second time.
    private static func settle(_ clients: RawClient...) throws {
        for client in clients {
            try client.synchronize()
            try client.synchronize()
        }
    }

    private static func connect(_ user: String, _ port: Int, _ rest: String = "") throws -> RawClient {
        let client = try RawClient(port: port)
        client.send("CONNECT {\"user\":\"\(user)\",\"pass\":\"\(user)\",\"verbose\":false,\"headers\":true}\r\n\(rest)")
        try client.synchronize()
        return client
    }

    private static func messages(_ client: RawClient) throws -> [String] {
        try client.synchronize()
        let lines = String(decoding: client.received, as: UTF8.self).components(separatedBy: "\r\n")
        return lines.filter { $0.hasPrefix("MSG ") || $0.hasPrefix("HMSG ") }.map {
            $0.split(separator: " ").prefix(3).joined(separator: " ")
        }
    }

    @Test("stream imports come and go for subscriptions that are there")
    func streams() async throws {
        let without = Self.config(imports: "")
        let with = Self.config(imports: "{ stream { account: A, subject: news }, to: heard }")
        try await withBroker(config: without) { broker in
            let port = broker.clientPort
            let (publisher, subscriber) = try await onThread {
                let publisher = try Self.connect("a", port, "PUB news 0\r\n\r\n")
                return (publisher, try Self.connect("b", port, "SUB heard 1\r\n"))
            }
            for config in [with, without, with] {
                await broker.reload(try Self.settings(config))
                try await onThread {
                    try Self.settle(publisher, subscriber)
                    publisher.send("PUB news 0\r\n\r\n")
                    try publisher.synchronize()
                }
            }
            #expect(try await onThread { try Self.messages(subscriber) } == ["MSG heard 1", "MSG heard 1"])
        }
    }

    @Test("services and mappings come and go for publishers that are there")
    func services() async throws {
        let without = Self.config(imports: "")
        let with = Self.config(
            imports: "{ service { account: A, subject: help }, to: ask }", mappings: "other: help")
        try await withBroker(config: without) { broker in
            let port = broker.clientPort
            let (service, client) = try await onThread {
                (try Self.connect("a", port, "SUB help 1\r\n"), try Self.connect("b", port))
            }
            for config in [without, with, without] {
                await broker.reload(try Self.settings(config))
                try await onThread {
                    try Self.settle(service, client)
                    client.send("PUB ask 0\r\n\r\n")
                    try client.synchronize()
                    service.send("PUB other 0\r\n\r\n")
                    try service.synchronize()
                }
            }
            #expect(try await onThread { try Self.messages(service) } == ["HMSG help 1", "MSG help 1"])
        }
    }

    @Test("a password that became a hash of itself keeps its client, another hash does not")
    func hashes() async throws {
        // Of "b", and of "secret".
        let same = "$2b$04$abcdefghijklmnopqrstuu12f.Pu8ic0A965BfTwGcW6x7Xin9Xgu"
        let other = "$2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW"
        try await withBroker(config: Self.config(imports: "")) { broker in
            let port = broker.clientPort
            let client = try await onThread { try Self.connect("b", port, "SUB x 1\r\n") }
            for _ in 0..<2 {
                await broker.reload(try Self.settings(Self.config(imports: "", password: same)))
                try await onThread {
                    try Self.settle(client)
                    client.send("PUB x 0\r\n\r\n")
                    try client.synchronize()
                }
            }
            #expect(try await onThread { try Self.messages(client) }.count == 2)
            await broker.reload(try Self.settings(Self.config(imports: "", password: other)))
            try await onThread { try client.readToEnd() }
            #expect(String(decoding: client.received, as: UTF8.self).hasSuffix("-ERR 'Authorization Violation'\r\n"))
        }
    }
}
