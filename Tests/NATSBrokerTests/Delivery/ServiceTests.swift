import Foundation
import Synchronization
import Testing

@testable import NATSBroker

/// Requests and answers across accounts, from many event loops at once.
@Suite("Services of other accounts", .serialized)
struct ServiceTests {
    private static let config = """
        accounts {
          A { users = [ { user: a, password: a } ], exports = [ { service: "help" } ] }
          B { users = [ { user: b, password: b } ], imports = [ { service { account: A, subject: help } } ] }
        }
        """

    private static func lines(_ client: RawClient) -> [[Substring]] {
        String(decoding: client.received, as: UTF8.self).split(separator: "\r\n").map { $0.split(separator: " ") }
    }

    @Test("every answer finds whoever asked, and nothing is waited for afterwards")
    func manyRequests() async throws {
        let (askers, requests) = (4, 300)
        try await withBroker(config: Self.config) { broker in
            let port = broker.clientPort
            let answers = try await onThread {
                let service = try RawClient(port: port)
                service.send(
                    "CONNECT {\"user\":\"a\",\"pass\":\"a\",\"verbose\":false,\"headers\":true}\r\nSUB help 1\r\n")
                try service.synchronize()
                let clients = try (0..<askers).map { number in
                    let client = try RawClient(port: port)
                    client.send("CONNECT {\"user\":\"b\",\"pass\":\"b\",\"verbose\":false}\r\nSUB in.\(number).* 1\r\n")
                    try client.synchronize()
                    return client
                }
                for (number, client) in clients.enumerated() {
                    client.send((0..<requests).map { "PUB help in.\(number).\($0) 0\r\n\r\n" }.joined())
                }
                for client in clients { try client.synchronize() }
                // Every request was put into the service's outbox before its sender's PONG.
                try service.synchronize()
                let replies = Self.lines(service).filter { $0.first == "HMSG" }.map { $0[3] }
                service.send(replies.reversed().map { "PUB \($0) 0\r\n\r\n" }.joined())
                try service.synchronize()
                return try clients.map { client in
                    try client.synchronize()
                    return Self.lines(client).filter { $0.first == "MSG" }.map { String($0[1]) }
                }
            }
            for number in 0..<askers {
                #expect(Set(answers[number]) == Set((0..<requests).map { "in.\(number).\($0)" }))
                #expect(answers[number].count == requests)
            }
            for name in ["A", "B"] {
                let account = try #require(broker.account(named: name))
                let isEmpty = account.responses.isEmpty.load(ordering: .acquiring)
                #expect(isEmpty, "account \(name) still waits for answers")
            }
        }
    }

    @Test("nothing is waited for when those who asked have gone")
    func goneRequesters() async throws {
        try await withBroker(config: Self.config) { broker in
            let port = broker.clientPort
            try await onThread {
                let service = try RawClient(port: port)
                service.send(
                    "CONNECT {\"user\":\"a\",\"pass\":\"a\",\"verbose\":false,\"headers\":true}\r\nSUB help 1\r\n")
                try service.synchronize()
                let client = try RawClient(port: port)
                client.send("CONNECT {\"user\":\"b\",\"pass\":\"b\",\"verbose\":false}\r\nSUB in.> 1\r\n")
                client.send((0..<100).map { "PUB help in.\($0) 0\r\n\r\n" }.joined())
                try client.synchronize()
                client.shutDown()
                try client.readToEnd()
            }
            let account = try #require(broker.account(named: "A"))
            let limit = ContinuousClock.now + .seconds(10)
            while !account.responses.isEmpty.load(ordering: .acquiring), ContinuousClock.now < limit {
                try await Task.sleep(for: .milliseconds(5))
            }
            let isEmpty = account.responses.isEmpty.load(ordering: .acquiring)
            #expect(isEmpty)
        }
    }
}
