import Foundation
import TestSupport
import Testing

@testable import NATSBroker

/// Clients that mean no good. Whatever they do, the server serves others, and its memory stays bounded.
@Suite("Hostile clients", .serialized)
struct HostileClientTests {
    /// Runs `body` against a broker and then checks that it still serves.
    private func withAttackedBroker(
        config: String? = nil,
        _ body: @escaping @Sendable (Int) throws -> Void
    ) async throws {
        try await withBroker(config: config) { broker in
            let port = broker.clientPort
            try await onThread {
                try body(port)
                try Self.checkService(port)
            }
            #expect(broker.connections.count <= 2)
        }
    }

    static func checkService(_ port: Int) throws {
        let client = try RawClient(port: port)
        client.send("CONNECT {\"verbose\":false}\r\nSUB still.here 1\r\nPUB still.here 2\r\nok\r\n")
        try client.read(until: "MSG still.here 1 2\r\nok\r\n")
    }

    @Test("bytes that make no sense end the connection that sent them", arguments: 0..<40)
    func garbage(seed: Int) async throws {
        try await withAttackedBroker { port in
            var random = SeededGenerator(seed: UInt64(seed) &+ 1)
            let client = try RawClient(port: port)
            // A line that is none, so that it ends for sure, and then whatever comes.
            client.send([1] + (0..<2_000).map { _ in UInt8.random(in: 0...255, using: &random) })
            try client.readToEnd()
        }
    }

    @Test("half frames of every kind wait, and hold up nobody")
    func halfFrames() async throws {
        try await withAttackedBroker { port in
            let halves = [
                "C", "CONN", "CONNECT {\"verb", "PU", "PUB foo", "PUB foo 5\r", "PUB foo 5\r\nhel",
                "PUB foo 5\r\nhello\r",
                "HPUB foo 20 25\r\nNATS/1.0\r\n", "SU", "SUB foo", "UNSUB", "PIN", "INFO {", "-ER", "+O",
            ]
            let clients = try halves.map { half in
                let client = try RawClient(port: port)
                client.send(half)
                return client
            }
            try Self.checkService(port)
            for client in clients { client.shutDown() }
            for client in clients { try client.readToEnd() }
        }
    }

    @Test(
        "sizes beyond all measure are refused before anything is kept for them",
        arguments: [
            "PUB foo 99999999999999999999\r\n", "PUB foo 9223372036854775807\r\n", "PUB foo 2147483648\r\n",
            "PUB foo -1\r\n", "PUB foo 1e9\r\n",
        ]
    )
    func giantSizes(frame: String) async throws {
        try await withAttackedBroker { port in
            let client = try RawClient(port: port)
            client.send("CONNECT {\"verbose\":false,\"headers\":true}\r\n" + frame)
            try client.readToEnd()
        }
    }

    @Test("a line without an end is cut off")
    func endlessLine() async throws {
        try await withAttackedBroker { port in
            let client = try RawClient(port: port)
            client.send("CONNECT {\"verbose\":false}\r\nSUB ")
            for _ in 0..<100 where !client.isClosed { client.send([UInt8](repeating: 0x61, count: 4_096)) }
            try client.readToEnd()
        }
    }

    @Test("a document that is nested beyond all measure is refused")
    func deepNesting() async throws {
        try await withAttackedBroker { port in
            let client = try RawClient(port: port)
            client.send("CONNECT " + String(repeating: "[", count: 4_000) + "\r\n")
            try client.readToEnd()
        }
    }

    #if os(Linux)
    @Test("a thousand clients may wait to be accepted, also after the first was")
    func backlog() async throws {
        try await withBroker { broker in
            let port = broker.clientPort
            try await onThread { try Self.checkService(port) }
            #expect(Self.backlog(ofListenerOn: port) == 1_024)
        }
    }

    /// How many connections the system lets wait at the socket of this process that listens on a port; nil where there is none.
    private static func backlog(ofListenerOn port: Int) -> UInt32? {
        for descriptor in 3..<Int32(1_024) {
            var name = sockaddr_in()
            var length = socklen_t(MemoryLayout<sockaddr_in>.size)
            let isNamed = withUnsafeMutablePointer(to: &name) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &length) == 0 }
            }
            guard isNamed, Int(UInt16(bigEndian: name.sin_port)) == port else { continue }
            var state = tcp_info()
            length = socklen_t(MemoryLayout<tcp_info>.size)
            guard getsockopt(descriptor, Int32(IPPROTO_TCP), TCP_INFO, &state, &length) == 0,
                Int(state.tcpi_state) == TCP_LISTEN
            else { continue }
            return state.tcpi_sacked
        }
        return nil
    }
    #endif

    @Test("subscriptions beyond the limit are refused one by one")
    func tooManySubscriptions() async throws {
        try await withAttackedBroker(config: "max_subscriptions: 100\n") { port in
            let client = try RawClient(port: port)
            client.send("CONNECT {\"verbose\":false}\r\n")
            for index in 0..<1_000 { client.send("SUB s.\(index) \(index)\r\n") }
            try client.synchronize()
            let refusals =
                String(decoding: client.received, as: UTF8.self).components(
                    separatedBy: "-ERR 'maximum subscriptions exceeded'"
                ).count - 1
            #expect(refusals == 900)
        }
    }

    @Test("many clients that connect and say nothing do not keep others out")
    func silentCrowd() async throws {
        try await withAttackedBroker { port in
            let crowd = try (0..<300).map { _ in try RawClient(port: port) }
            try Self.checkService(port)
            for client in crowd { client.shutDown() }
            for client in crowd { try client.readToEnd() }
        }
    }

    @Test(
        "whoever begins and does not go on holds up nobody, at any listener",
        arguments: [
            ("", "CONNECT {\"verb"), ("", "\u{16}\u{03}\u{01}"), ("websocket", "GET / HTTP/1.1\r\nHo"),
            ("http", "GET /varz HTTP/1.1\r\nHo"),
        ]
    )
    func slowBeginnings(listener: String, beginning: String) async throws {
        try await withBroker(
            config: "websocket { listen: \"127.0.0.1:-1\", no_tls: true, handshake_timeout: \"200ms\" }\n"
        ) { broker in
            let port = broker.clientPort
            let slow =
                switch listener {
                case "websocket": try #require(broker.webSocketPort)
                case "http": try #require(broker.httpPort)
                default: port
                }
            let before = residentMemory()
            let httpPort = broker.httpPort ?? 0
            try await onThread {
                let crowd = try (0..<500).map { _ in try RawClient(port: slow) }
                for client in crowd { client.send(beginning) }
                try Self.checkService(port)
                #expect(try fetch("/healthz", httpPort).status == 200)
                if listener == "websocket" { for client in crowd { try client.readToEnd() } }
                withExtendedLifetime(crowd) {}
            }
            #expect(residentMemory() - before < 50 << 20)
        }
    }

    @Test("monitoring refuses what is no request, and goes on", arguments: ["\u{0}\u{1}\u{2}\r\n\r\n", "GET\r\n\r\n"])
    func garbageForMonitoring(request: String) async throws {
        try await withBroker { broker in
            let port = try #require(broker.httpPort)
            try await onThread {
                let client = try RawClient(port: port)
                client.send(request)
                client.shutDown()
                try client.readToEnd()
                #expect(try fetch("/healthz", port).status == 200)
            }
        }
    }
}

/// Random numbers that are the same in every run.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed &* 0x9E37_79B9_7F4A_7C15
    }

    mutating func next() -> UInt64 {
        state ^= state >> 12
        state ^= state << 25
        state ^= state >> 27
        return state &* 0x2545_F491_4F6C_DD1D
    }
}
