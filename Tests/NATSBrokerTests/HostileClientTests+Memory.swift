import Foundation
import TestSupport
import Testing

@testable import NATSBroker

/// Clients that want more than there is: memory, or answers.
extension HostileClientTests {
    #if DEBUG
    /// Code without optimisation takes minutes for a million.
    private static let blocks = 100
    #else
    private static let blocks = 1_000
    #endif

    @Test("a client that subscribes a million times costs what its subscriptions cost, and gives it back")
    func millionSubscriptions() async throws {
        try await withBroker { broker in
            let port = broker.clientPort
            let before = residentMemory()
            try await onThread {
                let client = try RawClient(port: port)
                client.send("CONNECT {\"verbose\":false}\r\n")
                for block in 0..<Self.blocks {
                    let frames = (0..<1_000).map { "SUB s.\(block).\($0) \(block * 1_000 + $0)\r\n" }
                    client.send(frames.joined())
                }
                try client.synchronize()
                try Self.checkService(port)
            }
            #expect(broker.globalAccount.statistics.inserts >= Self.blocks * 1_000)
            // A bound, not a goal: no more than a kibibyte for each of them.
            #expect(residentMemory() - before < Self.blocks << 20)
            // The client has gone with its last reference; its subscriptions go with it.
            let services = broker.ownSubscriptions.filter { $0.account == "$G" }.count
            try await waitUntil { broker.globalAccount.statistics.subscriptions <= services }
        }
    }

    @Test("a client that never reads is cut off, and memory stays bounded")
    func neverReads() async throws {
        try await withBroker(config: "max_pending: 4MB\nmax_payload: 1MB\nwrite_deadline: \"2s\"\n") { broker in
            let port = broker.clientPort
            let before = residentMemory()
            try await onThread {
                let deaf = try RawClient(port: port)
                deaf.send("CONNECT {\"verbose\":false}\r\nSUB flood 1\r\nPING\r\n")
                try deaf.read(until: "PONG\r\n")
                let talker = try RawClient(port: port)
                talker.send("CONNECT {\"verbose\":false}\r\n")
                let frame =
                    Array("PUB flood 100000\r\n".utf8) + [UInt8](repeating: 0x78, count: 100_000) + [0x0D, 0x0A]
                for _ in 0..<300 { talker.send(frame) }
                try talker.synchronize()
                try Self.checkService(port)
                withExtendedLifetime(deaf) {}
            }
            #expect(residentMemory() - before < 200 << 20)
            #expect(broker.closedConnections.contains { $0.reason?.isSlowness == true })
        }
    }

    @Test("a client that asks and never reads the answers is cut off too")
    func neverReadsAnswers() async throws {
        try await withBroker(config: "max_pending: 1MB\nmax_payload: 1KB\nwrite_deadline: \"1s\"\n") { broker in
            let port = broker.clientPort
            try await onThread {
                let client = try RawClient(port: port)
                client.send("CONNECT {\"verbose\":false}\r\n")
                let pings = Array(String(repeating: "PING\r\n", count: 10_000).utf8)
                client.sendBlindly(pings, times: 1_000)
            }
            try await waitUntil { broker.connections.isEmpty }
            try await onThread { try Self.checkService(port) }
        }
    }

    @Test("a flood of requests to services keeps nobody from being served")
    func serviceFlood() async throws {
        try await withBroker(config: "max_pending: 4MB\n") { broker in
            let port = broker.clientPort
            let before = residentMemory()
            try await onThread {
                let crowd = try (0..<100).map { _ in try RawClient(port: port) }
                for client in crowd { client.send("CONNECT {\"verbose\":false}\r\n") }
                for client in crowd { try client.synchronize() }
                let asking = try RawClient(port: port)
                asking.send("CONNECT {\"verbose\":false}\r\nSUB r 1\r\n")
                let request = "PUB $SYS.REQ.ACCOUNT.PING.CONNZ r 0\r\n\r\n"
                asking.sendBlindly(Array(String(repeating: request, count: 1_000).utf8), times: 50)
                try Self.checkService(port)
                withExtendedLifetime(crowd) {}
            }
            #expect(residentMemory() - before < 200 << 20)
        }
    }

    @Test("a publisher with ever new and very long subjects fills no memory")
    func longSubjects() async throws {
        try await withBroker { broker in
            let port = broker.clientPort
            let before = residentMemory()
            try await onThread {
                let client = try RawClient(port: port)
                client.send("CONNECT {\"verbose\":false}\r\n")
                let tail = String(repeating: "x", count: 3_900)
                // 156 MB of them.
                for number in 0..<40_000 { client.send("PUB \(number).\(tail) 0\r\n\r\n") }
                try client.synchronize()
                try Self.checkService(port)
            }
            #expect(residentMemory() - before < 100 << 20)
        }
    }

    @Test("whoever asks monitoring for more than can be answered keeps nobody from being served")
    func monitoringFlood() async throws {
        try await withBroker { broker in
            let (port, httpPort) = (broker.clientPort, try #require(broker.httpPort))
            try await onThread {
                let crowd = try (0..<200).map { _ in try RawClient(port: port) }
                for client in crowd {
                    client.send("CONNECT {\"verbose\":false}\r\nSUB \(String(repeating: "x", count: 500)) 1\r\n")
                }
                for client in crowd { try client.synchronize() }
                let request = "GET /connz?subs=detail&auth=1 HTTP/1.1\r\nHost: x\r\n\r\n"
                let asking = try (0..<4).map { _ in try RawClient(port: httpPort) }
                for client in asking {
                    client.sendBlindly(Array(String(repeating: request, count: 500).utf8), times: 4)
                }
                let start = ContinuousClock.now
                for _ in 0..<5 { try Self.checkService(port) }
                // Answering all of it takes minutes.
                #expect(ContinuousClock.now - start < .seconds(20))
                withExtendedLifetime((crowd, asking)) {}
            }
        }
    }

    @Test("a crowd that never reads costs no more than what may wait for each of them")
    func deafCrowd() async throws {
        try await withBroker(config: "max_pending: 256KB\nmax_payload: 64KB\nwrite_deadline: \"1s\"\n") { broker in
            let port = broker.clientPort
            let before = residentMemory()
            try await onThread {
                let crowd = try (0..<200).map { _ in try RawClient(port: port) }
                for client in crowd { client.send("CONNECT {\"verbose\":false}\r\nSUB flood 1\r\n") }
                for client in crowd { try client.synchronize() }
                let talker = try RawClient(port: port)
                talker.send("CONNECT {\"verbose\":false}\r\n")
                let frame = Array("PUB flood 60000\r\n".utf8) + [UInt8](repeating: 0x78, count: 60_000) + [0x0D, 0x0A]
                for _ in 0..<200 { talker.send(frame) }
                try talker.synchronize()
                try Self.checkService(port)
                withExtendedLifetime(crowd) {}
            }
            #expect(residentMemory() - before < 200 << 20)
            #expect(broker.closedConnections.contains { $0.reason?.isSlowness == true })
        }
    }
}
