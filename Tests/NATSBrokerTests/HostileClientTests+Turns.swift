import TestSupport
import Testing

@testable import NATSBroker

/// Clients whose bytes take long to act upon. Others on the same event loop get their turn all the same.
extension HostileClientTests {
    /// How long a few round trips may take, where acting upon all that somebody else has sent takes minutes.
    private static let patience = Duration.seconds(10)
    private static let greeting = "CONNECT {\"verbose\":false}\r\n"

    /// A client that holds each pattern with wildcards in ten tokens, so that a subject without any meets 1,024 of them.
    private static func holdPatterns(_ port: Int) throws -> RawClient {
        let client = try RawClient(port: port)
        client.send(greeting)
        for pattern in 0..<1_024 {
            let tokens = (0..<10).map { pattern >> $0 & 1 == 1 ? "*" : "t" }
            client.send("SUB \(tokens.joined(separator: ".")).> \(pattern)\r\n")
        }
        try client.synchronize()
        return client
    }

    /// Sends messages on ever new subjects, each of which meets all patterns, for as long as the server takes them.
    private static func flood(_ client: RawClient) {
        client.send(greeting)
        for block in 0..<100 {
            let frames = (0..<2_000).map { "PUB t.t.t.t.t.t.t.t.t.t.\(block * 2_000 + $0) 0\r\n\r\n" }
            client.sendBlindly(Array(frames.joined().utf8), times: 1)
        }
    }

    private static func roundTrips(_ port: Int) throws -> Duration {
        let start = ContinuousClock.now
        let client = try RawClient(port: port)
        client.send(greeting)
        for _ in 0..<5 { try client.synchronize() }
        return ContinuousClock.now - start
    }

    @Test("a client whose messages are hard to deliver keeps nobody waiting")
    func hardMessages() async throws {
        try await withBroker { broker in
            let port = broker.clientPort
            try await onThread {
                let holder = try Self.holdPatterns(port)
                let talker = try RawClient(port: port, resetsAtEnd: true)
                Self.flood(talker)
                #expect(try Self.roundTrips(port) < Self.patience)
                withExtendedLifetime((holder, talker)) {}
            }
        }
    }

    @Test("what a client sent before it ended is acted upon, in turns as well")
    func hardMessagesBeforeTheEnd() async throws {
        try await withBroker { broker in
            let port = broker.clientPort
            try await onThread {
                let listener = try RawClient(port: port)
                listener.send(Self.greeting + "SUB done 1\r\n")
                try listener.synchronize()
                let holder = try Self.holdPatterns(port)
                let talker = try RawClient(port: port)
                talker.send(Self.greeting)
                talker.send((0..<1_000).map { "PUB t.t.t.t.t.t.t.t.t.t.\($0) 0\r\n\r\n" }.joined())
                talker.send("PUB done 2\r\nok\r\n")
                talker.shutDown()
                #expect(try Self.roundTrips(port) < Self.patience)
                try listener.read(until: "MSG done 1 2\r\nok\r\n")
                try talker.readToEnd()
                withExtendedLifetime(holder) {}
            }
        }
    }

    @Test("a client with very many subscriptions that goes keeps nobody waiting")
    func manySubscriptionsGo() async throws {
        try await withBroker { broker in
            let port = broker.clientPort
            let services = broker.ownSubscriptions.filter { $0.account == "$G" }.count
            try await onThread {
                let client = try RawClient(port: port)
                client.send(Self.greeting)
                for block in 0..<50 {
                    client.send((0..<1_000).map { "SUB s.\(block).\($0) \(block * 1_000 + $0)\r\n" }.joined())
                }
                try client.synchronize()
            }
            // More than a thousand are not taken back in one turn.
            try await waitUntil { broker.connections.isEmpty }
            #expect(broker.globalAccount.statistics.subscriptions > services)
            try await waitUntil { broker.globalAccount.statistics.subscriptions == services }
        }
    }

    @Test("a publisher with ever new subjects that very many listen to fills no memory")
    func heavyRoutes() async throws {
        try await withBroker { broker in
            let port = broker.clientPort
            try await onThread {
                let client = try RawClient(port: port)
                client.send("CONNECT {\"verbose\":false,\"echo\":false}\r\n")
                client.send((0..<5_000).map { "SUB x.> \($0)\r\n" }.joined())
                try client.synchronize()
                let before = residentMemory()
                client.send((0..<2_000).map { "PUB x.\($0) 0\r\n\r\n" }.joined())
                try client.synchronize()
                // Where each of them goes would take 160 MB.
                #expect(residentMemory() - before < 80 << 20)
            }
        }
    }

    @Test("requests to monitoring that are sent at once are answered as their answers are taken")
    func pipelinedRequests() async throws {
        try await withBroker { broker in
            let (port, httpPort) = (broker.clientPort, try #require(broker.httpPort))
            let before = residentMemory()
            try await onThread {
                let request = "GET /varz HTTP/1.1\r\nHost: x\r\n\r\n"
                let crowd = try (0..<10).map { _ in try RawClient(port: httpPort, resetsAtEnd: true) }
                for client in crowd {
                    client.sendBlindly(Array(String(repeating: request, count: 2_000).utf8), times: 10)
                }
                #expect(try Self.roundTrips(port) < Self.patience)
                withExtendedLifetime(crowd) {}
            }
            // All answers together would take some hundred megabytes.
            #expect(residentMemory() - before < 50 << 20)
        }
    }

    @Test("a request's header that has no end is refused, at every listener", arguments: [true, false])
    func endlessHeader(isWebSocket: Bool) async throws {
        try await withBroker(config: "websocket { listen: \"127.0.0.1:-1\", no_tls: true }\n") { broker in
            let port = try #require(isWebSocket ? broker.webSocketPort : broker.httpPort)
            try await onThread {
                let client = try RawClient(port: port)
                client.send("GET / HTTP/1.1\r\nHost: x\r\n")
                let field = "X: " + String(repeating: "y", count: 1_000) + "\r\n"
                client.send(String(repeating: field, count: 1_050))
                try client.readToEnd()
                let answer = String(decoding: client.received, as: UTF8.self)
                #expect(answer.hasPrefix("HTTP/1.1 431 Request Header Fields Too Large\r\n"))
            }
        }
    }
}
