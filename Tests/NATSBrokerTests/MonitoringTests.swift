import Foundation
import Testing

@testable import NATSBroker

/// A monitoring document and how it was answered.
private struct Answer: Sendable {
    var status: Int
    var type: String
    var body: Data

    /// Every path of keys in the document with the kind of value at its end; the elements of a list
    /// are taken together, since their order may be any.
    var shape: Set<String> {
        guard let value = try? JSONSerialization.jsonObject(with: body) else { return [] }
        return Self.shape(of: value, at: "")
    }

    private static func shape(of value: Any, at path: String) -> Set<String> {
        switch value {
        case let object as [String: Any]:
            return object.reduce(into: [path + "{}"]) { $0.formUnion(shape(of: $1.value, at: "\(path)/\($1.key)")) }
        case let list as [Any]:
            return list.reduce(into: [path + "[]"]) { $0.formUnion(shape(of: $1, at: path + "[…]")) }
        case is String: return [path + " text"]
        default: return [path + " number"]
        }
    }
}

private func get(_ path: String, _ port: Int) async throws -> Answer {
    try await onThread {
        let client = try RawClient(port: port)
        client.send("GET \(path) HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        try client.readToEnd()
        let text = Data(client.received)
        guard let gap = text.range(of: Data("\r\n\r\n".utf8)) else { return Answer(status: 0, type: "", body: text) }
        let head = String(decoding: text[..<gap.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
        var body = text[gap.upperBound...]
        if head.contains("Transfer-Encoding: chunked") { body = dechunked(body) }
        let type = head.first { $0.hasPrefix("Content-Type: ") }?.dropFirst(14)
        let status = Int(head[0].split(separator: " ")[1])
        return Answer(status: status ?? 0, type: String(type ?? ""), body: Data(body))
    }
}

private func dechunked(_ data: Data) -> Data {
    var rest = data
    var result = Data()
    while let end = rest.range(of: Data("\r\n".utf8)),
        let size = Int(String(decoding: rest[..<end.lowerBound], as: UTF8.self), radix: 16), size > 0
    {
        result += rest[end.upperBound..<end.upperBound + size]
        rest = rest[(end.upperBound + size + 2)...]
    }
    return result
}

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
