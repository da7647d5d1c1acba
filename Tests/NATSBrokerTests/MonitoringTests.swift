import Foundation
import Testing

@testable import NATSBroker

@Suite("Monitoring", .serialized)
struct MonitoringTests {
    /// Fields that only nats-server has: its build, its feature flags, statistics of its disk; and those that only the broker
    /// has.
    private static let different: [String] = [
        "/git_commit", "/feature_flags", "/disk_io_wait_stats", "/launchpad_version", "/http_req_stats",
        "/account_detail/imports",
    ]

    private static let busyClient =
        "CONNECT {\"verbose\":false,\"name\":\"n\",\"lang\":\"l\",\"version\":\"1\"}\r\nSUB foo 1\r\nSUB bar q 2\r\n"
        + "PUB foo 2\r\nhi\r\n"

    @Test(
        "documents have the fields of nats-server",
        .enabled(if: OracleServer.executable != nil, "no nats-server 2.15.1 on the path"),
        arguments: [
            "/varz", "/connz", "/connz?subs=1&auth=1", "/connz?subs=detail", "/connz?sort=bytes_to&limit=1", "/healthz",
            "/subsz",
            "/subsz?subs=1&acc=$G&test=foo", "/accountz", "/accountz?acc=$G", "/accstatz", "/routez", "/gatewayz",
            "/leafz",
            "/connz?state=closed",
        ]
    )
    func sameShape(path: String) async throws {
        let oracle = try OracleServer(flags: [], config: nil)
        let (oraclePort, oracleHTTP) = (oracle.port, oracle.httpPort)
        let expected = try await withBusyClient(oraclePort) { try await get(path, oracleHTTP) }
        let actual = try await withBroker { broker in
            let port = try #require(broker.httpPort)
            return try await withBusyClient(broker.clientPort) { try await get(path, port) }
        }
        let ignored = { (line: String) in Self.different.contains { line.hasPrefix($0) } }
        #expect(actual.shape.filter { !ignored($0) }.sorted() == expected.shape.filter { !ignored($0) }.sorted())
        #expect(actual.status == expected.status)
        #expect(actual.type == expected.type)
    }

    @Test(
        "bad queries are refused in the same words",
        .enabled(if: OracleServer.executable != nil, "no nats-server 2.15.1 on the path")
    )
    func badQueries() async throws {
        let oracle = try OracleServer(flags: [], config: nil)
        let oracleHTTP = oracle.httpPort
        try await withBroker { broker in
            let port = try #require(broker.httpPort)
            for path in [
                "/connz?sort=foo", "/connz?limit=x", "/connz?state=foo", "/connz?sort=stop", "/connz?subs=x",
                "/connz?auth=x",
                "/connz?cid=-1", "/subsz?limit=x", "/accountz?acc=zz", "/nothing", "/healthz?js-enabled-only=maybe",
            ] {
                let expected = try await get(path, oracleHTTP)
                let actual = try await get(path, port)
                #expect(actual.status == expected.status, "\(path)")
                #expect(String(decoding: actual.body, as: UTF8.self) == String(decoding: expected.body, as: UTF8.self))
                #expect(actual.type == expected.type, "\(path)")
            }
        }
    }

    @Test("varz counts messages and names Launchpad")
    func varzCounts() async throws {
        try await withBroker { broker in
            let port = try #require(broker.httpPort)
            let answer = try await withBusyClient(broker.clientPort) { try await get("/varz", port) }
            let document = try #require(try JSONSerialization.jsonObject(with: answer.body) as? [String: Any])
            #expect(document["in_msgs"] as? Int == 1)
            #expect(document["out_bytes"] as? Int == 2)
            #expect(document["connections"] as? Int == 1)
            #expect(document["version"] as? String == "2.15.1")
            #expect(document["launchpad_version"] as? String == BrokerSettings.launchpadVersion)
        }
    }

    @Test("connz remembers who has gone, and why")
    func closedConnections() async throws {
        try await withBroker { broker in
            let port = try #require(broker.httpPort)
            let clientPort = broker.clientPort
            try await onThread {
                let client = try RawClient(port: clientPort)
                client.send("CONNECT {\"verbose\":false}\r\nSUB foo 1\r\nNONSENSE\r\n")
                try client.readToEnd()
            }
            let answer = try await get("/connz?state=closed&subs=1", port)
            let document = try #require(try JSONSerialization.jsonObject(with: answer.body) as? [String: Any])
            let one = try #require((document["connections"] as? [[String: Any]])?.first)
            #expect(one["reason"] as? String == "Protocol Violation")
            #expect(one["subscriptions_list"] as? [String] == ["foo"])
            #expect(one["pending_bytes"] as? Int == 0)
        }
    }

    private func withBusyClient<Result: Sendable>(
        _ port: Int,
        _ body: () async throws -> Result
    ) async throws -> Result {
        let client = try RawClient(port: port)
        client.send(Self.busyClient)
        try client.synchronize()
        defer { client.shutDown() }
        return try await body()
    }
}
