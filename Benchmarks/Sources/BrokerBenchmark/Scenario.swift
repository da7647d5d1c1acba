/// One thing that is measured of both servers.
struct Scenario {
    /// What the bar says of ours, divided by the real server's.
    enum Bar {
        case atLeast(Double)
        case atMost(Double)
    }

    enum Kind {
        /// natsload runs against both servers with these arguments and prints the named values.
        case load(arguments: [String], values: [String])
        /// Both are started anew, and stopped.
        case start
        /// Resident memory with that many connections that do nothing.
        case memory(connections: Int)
    }

    var name: String
    var unit: String
    var configuration = "plain.conf"
    /// Whether the servers have JetStream.
    var usesStreams = false
    var kind: Kind
    /// One for each value.
    var bars: [Bar]

    static let all: [Scenario] = [
        rate("publish", "publish", count: 4_000_000, bar: 3),
        rate("1:1", "shared", count: 2_000_000, bar: 2.5),
        rate("1:8", "shared", count: 500_000, ["subscribers=8"], bar: 2.5),
        rate("4:4, 16 bytes", "paired", count: 1_000_000, ["publishers=4", "subscribers=4", "size=16"], bar: 3),
        Scenario(
            name: "request-reply", unit: "µs",
            kind: .load(arguments: ["request", "count=20000"], values: ["p50", "p99"]),
            bars: [.atMost(1), .atMost(1)]),
        rate("10,000 subjects", "subjects", count: 1_000_000, ["subjects=10000"], bar: 1.5),
        rate("wildcards, 1:4", "wildcard", count: 500_000, ["subjects=100", "subscribers=4"], bar: 1.5),
        rate("queue group of 4", "queue", count: 1_000_000, ["subscribers=4"], bar: 1.5),
        Scenario(
            name: "permissions, 1:1", unit: "msg/s", configuration: "permissions.conf",
            kind: .load(
                arguments: ["shared", "count=2000000", "user=load", "password=load"], values: ["rate"]),
            bars: [.atLeast(1.5)]),
        Scenario(
            name: "TLS, 1:1", unit: "msg/s", configuration: TLSConfiguration.name,
            kind: .load(arguments: ["shared", "count=1000000", "tls=1"], values: ["rate"]), bars: [.atLeast(1.5)]),
        Scenario(
            name: "TLS, publish", unit: "msg/s", configuration: TLSConfiguration.name,
            kind: .load(arguments: ["publish", "count=2000000", "tls=1"], values: ["rate"]), bars: [.atLeast(1.5)]),
        Scenario(name: "start to first PONG", unit: "ms", kind: .start, bars: [.atMost(0.5)]),
        Scenario(name: "memory, idle", unit: "MB", kind: .memory(connections: 0), bars: [.atMost(0.5)]),
        Scenario(
            name: "memory, 1,000 connections", unit: "MB", kind: .memory(connections: 1000), bars: [.atMost(0.5)]),
    ]

    static let streams: [Scenario] = [
        rate("publish to a file", "store", count: 400_000, bar: 2, usesStreams: true),
        rate("publish to memory", "store", count: 400_000, ["memory=1"], bar: 2, usesStreams: true),
        Scenario(
            name: "publish one by one", unit: "µs", usesStreams: true,
            kind: .load(arguments: ["store", "count=20000", "window=1"], values: ["p50", "p99"]),
            bars: [.atMost(1), .atMost(1)]),
        rate("pull from a file", "fetch", count: 400_000, ["keep=1"], bar: 2, usesStreams: true),
        rate("pull from memory", "fetch", count: 400_000, ["keep=1", "memory=1"], bar: 2, usesStreams: true),
        rate(
            "pull and acknowledge", "fetch", count: 200_000, ["keep=1", "acknowledge=1"], bar: 1.25, usesStreams: true),
        Scenario(
            name: "get by subject", unit: "µs", usesStreams: true,
            kind: .load(arguments: ["get", "count=20000", "subjects=1000"], values: ["p50", "p99"]),
            bars: [.atMost(1), .atMost(1)]),
    ]

    private static func rate(
        _ name: String, _ scenario: String, count: Int, _ arguments: [String] = [], bar: Double,
        usesStreams: Bool = false
    ) -> Scenario {
        Scenario(
            name: name, unit: "msg/s", usesStreams: usesStreams,
            kind: .load(arguments: [scenario, "count=\(count)"] + arguments, values: ["rate"]),
            bars: [.atLeast(bar)])
    }
}

extension Scenario.Bar {
    func holds(_ ratio: Double) -> Bool {
        switch self {
        case .atLeast(let bar): ratio >= bar
        case .atMost(let bar): ratio <= bar
        }
    }
}
