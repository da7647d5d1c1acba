import Foundation
import NIOCore
import Synchronization
import TestSupport
import Testing

@testable import NATSBroker

@Suite("Delivery", .serialized)
struct DeliveryTests {
    @Test("shares a queue group's messages fairly among its members")
    func fairQueues() async throws {
        let counts = try await withBroker { broker in
            let port = broker.clientPort
            return try await onThread {
                let members = try (0..<4).map { _ in
                    let member = try RawClient(port: port)
                    member.send("CONNECT {\"verbose\":false}\r\nSUB work q 1\r\n")
                    try member.synchronize()
                    return member
                }
                let publisher = try RawClient(port: port)
                publisher.send("CONNECT {\"verbose\":false}\r\n")
                publisher.send(String(repeating: "PUB work 0\r\n\r\n", count: 4_000))
                try publisher.synchronize()
                return try members.map { member in
                    try member.synchronize()
                    return String(decoding: member.received, as: UTF8.self).components(separatedBy: "MSG work 1 0")
                        .count - 1
                }
            }
        }
        #expect(counts.reduce(0, +) == 4_000)
        #expect(counts.allSatisfy { (800...1_200).contains($0) }, "\(counts)")
    }

    @Test("keeps the order of a publisher's messages, across event loops")
    func order() async throws {
        try await withBroker { broker in
            let port = broker.clientPort
            let texts = try await onThread {
                let subscribers = try (0..<4).map { _ in
                    let subscriber = try RawClient(port: port)
                    subscriber.send("CONNECT {\"verbose\":false}\r\nSUB n 1\r\n")
                    try subscriber.synchronize()
                    return subscriber
                }
                let publisher = try RawClient(port: port)
                publisher.send("CONNECT {\"verbose\":false}\r\n")
                publisher.send((0..<5_000).map { "PUB n 6\r\n\(100_000 + $0)\r\n" }.joined())
                try publisher.synchronize()
                return try subscribers.map { subscriber in
                    try subscriber.synchronize()
                    return String(decoding: subscriber.received, as: UTF8.self)
                }
            }
            let expected = (0..<5_000).map { "MSG n 1 6\r\n\(100_000 + $0)\r\n" }.joined()
            for text in texts { #expect(text.contains(expected)) }
        }
    }

    @Test("cuts off a client that does not read, and serves the others")
    func slowConsumer() async throws {
        try await withBroker(change: { $0.maxPending = 1 << 20 }) { broker in
            let port = broker.clientPort
            try await onThread {
                let slow = try RawClient(port: port)
                slow.send("CONNECT {\"verbose\":false}\r\nSUB big 1\r\nPING\r\n")
                try slow.read(until: "PONG")
                let publisher = try RawClient(port: port)
                publisher.send("CONNECT {\"verbose\":false}\r\n")
                let message = "PUB big 100000\r\n" + String(repeating: "x", count: 100_000) + "\r\n"
                for _ in 0..<400 where broker.counters.slowConsumers.load(ordering: .relaxed) == 0 {
                    publisher.send(message)
                    try publisher.synchronize()
                }
            }
            #expect(broker.counters.slowConsumers.load(ordering: .relaxed) == 1)
            try await onThread {
                let other = try RawClient(port: port)
                other.send("CONNECT {\"verbose\":false}\r\n")
                try other.synchronize()
            }
        }
    }

    @Test("a client that goes takes its interest with it before its socket is closed")
    func interestLeavesFirst() async throws {
        let folder = try TemporaryDirectory()
        try await withBroker {
            $0.log.file = folder.path + "/log"
            $0.log.debug = true
        } _: { broker in
            try await onThread {
                let before = broker.globalAccount.statistics.subscriptions
                let client = try RawClient(port: broker.clientPort)
                client.send("CONNECT {\"verbose\":false}\r\nSUB service 1\r\n")
                try client.synchronize()
                #expect(broker.globalAccount.statistics.subscriptions == before + 1)
                let connection = try #require(broker.connections.first)
                // Whoever answered is done with the outbox.
                try connection.eventLoop.submit {}.wait()
                // Who ends the connection says so, and has to wait for the outbox before anything else becomes of it.
                connection.outbox.withLock { _ in
                    client.shutDown()
                    let limit = Date().addingTimeInterval(20)
                    var log = ""
                    while !log.contains("Client connection closed"), Date() < limit {
                        usleep(1_000)
                        log = (try? folder.read("log")) ?? ""
                    }
                    #expect(log.contains("Client connection closed: Client Closed"))
                    #expect(!client.isAtEnd)
                }
                try client.readToEnd()
                #expect(broker.globalAccount.statistics.subscriptions == before)
            }
        }
    }

    @Test("lets its port go when it stops, and says goodbye to clients")
    func stop() async throws {
        let client = try await withBroker { broker in
            let port = broker.clientPort
            return UncheckedBox(
                try await onThread {
                    let client = try RawClient(port: port)
                    try client.synchronize()
                    return UncheckedBox(client)
                }.value)
        }
        try client.value.readToEnd()
        #expect(client.value.isClosed)
    }

    @Test("a port that is taken is an error that names it")
    func portTaken() async throws {
        try await withBroker { broker in
            let port = broker.clientPort
            var settings = broker.settings
            settings.port = port
            settings.httpPort = nil
            let second = Broker(settings: settings, log: broker.log)
            #expect {
                try second.start()
            } throws: { error in
                (error as? ListenError)?.message
                    == "Error listening on port: 127.0.0.1:\(port), \"listen tcp 127.0.0.1:\(port): bind: address already in use\""
            }
            await second.stop()
        }
    }
}

/// Carries a client from one thread to the next; one of them uses it at a time.
private struct UncheckedBox: @unchecked Sendable {
    let value: RawClient

    init(_ value: RawClient) {
        self.value = value
    }
}
