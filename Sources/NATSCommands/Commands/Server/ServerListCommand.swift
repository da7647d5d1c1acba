import NATSClient
import NATSWire

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// `nats server list`: all servers, one line for each.
enum ServerListCommand {
    static let expect = Argument.integer("expect", "How many servers to wait for", default: 0)
    static let sort = Flag.text(
        "sort", "Order (name, cluster, conns, subs, routes, gws, mem, cpu, slow, uptime, rtt)", default: "rtt",
        kind: .choice([
            "name", "cluster", "conns", "conn", "subs", "sub", "routes", "route", "gw", "mem", "cpu", "slow", "uptime",
            "rtt",
        ]))
    static let reverse = Flag.toggle("reverse", short: "R", "The other way round")
    static let compact = Flag.toggle(
        "compact", "Leave out what all names have in common", isNegatable: true, default: true)

    static let spec = CommandSpec(
        name: "list",
        aliases: ["ls"],
        help: "List known servers",
        arguments: [expect.spec],
        flags: [ServerCommand.json.spec, sort.spec, reverse.spec, compact.spec],
        run: run
    )

    /// One server's answer.
    private struct Row {
        var document: JSONDocument
        var roundTrip: Duration

        var server: JSONDocument { document.document("server") }
        var stats: JSONDocument { document.document("statsz") }
        var name: String { server.text("name") }
        var cluster: String { server.text("cluster") }
        var routes: Int { stats.documents("routes").count }
        var gateways: Int { stats.documents("gateways").count }
        var uptime: Duration {
            let now: Date? = server["time"]
            let start: Date? = stats["start"]
            guard let now, let start else { return .zero }
            return .nanoseconds(Int64(max(0, now.timeIntervalSince(start)) * 1e9))
        }
    }

    @Sendable
    private static func run(_ invocation: Invocation) async throws {
        let connection = try await invocation.connect()
        defer { connection.close() }
        let found: [(answer: NATSMessage, time: Duration)]
        do {
            found = try await invocation.answers(
                connection, to: "$SYS.REQ.SERVER.PING", "{}", AnswerLimit(invocation[expect]))
        } catch let error as NATSError where error.code == .noResponders {
            throw CommandError(Invocation.noSystemAnswers)
        }
        let rows = try found.map { Row(document: try Invocation.document(of: $0.answer), roundTrip: $0.time) }
        guard !rows.isEmpty else { throw CommandError(Invocation.noSystemAnswers) }
        guard !invocation[ServerCommand.json] else {
            invocation.print(json: .array(rows.map(\.document.json)))
            return
        }
        let sorted = sorted(rows, by: invocation[sort])
        invocation.print(
            table(invocation[reverse] ? sorted.reversed() : sorted, isCompact: invocation[compact]), isSpaced: false)
        let clusters = Dictionary(grouping: rows.filter { !$0.cluster.isEmpty }, by: \.cluster)
        if !clusters.isEmpty {
            invocation.console.print()
            invocation.print(overview(clusters), isSpaced: false)
        }
    }

    /// The largest first; names and clusters in their alphabetical order, and the fastest last.
    private static func sorted(_ rows: [Row], by key: String) -> [Row] {
        func descending<Key: Comparable>(_ key: (Row) -> Key) -> [Row] {
            rows.sorted { (key($0), $1.name) > (key($1), $0.name) }
        }
        switch key {
        case "name": return rows.sorted { $0.name < $1.name }
        case "cluster": return rows.sorted { ($0.cluster, $0.name) < ($1.cluster, $1.name) }
        case "conns", "conn": return descending { $0.stats.count("connections") }
        case "subs", "sub": return descending { $0.stats.count("subscriptions") }
        case "routes", "route": return descending(\.routes)
        case "gw": return descending(\.gateways)
        case "mem": return descending { $0.stats.count("mem") }
        case "cpu": return descending { $0.stats.number("cpu") }
        case "slow": return descending { $0.stats.count("slow_consumers") }
        case "uptime": return rows.sorted { ($0.uptime, $0.name) < ($1.uptime, $1.name) }
        default: return rows.sorted { ($0.roundTrip, $0.name) < ($1.roundTrip, $1.name) }
        }
    }

    private static func table(_ rows: [Row], isCompact: Bool) -> Table {
        var table = Table(
            "Server Overview",
            header: [
                "Name", "Cluster", "Host", "Version", "JS", "Conns", "Subs", "Routes", "GWs", "Mem", "CPU %", "Cores",
                "Slow", "Uptime", "RTT",
            ],
            numericColumns: [7, 8, 11])
        let (names, hosts) = (rows.map(\.name), rows.map { $0.server.text("host") })
        let shownNames = isCompact ? CompactNames.of(names) : names
        let shownHosts = isCompact ? CompactNames.of(hosts) : hosts
        for (index, row) in rows.enumerated() {
            let (server, stats) = (row.server, row.stats)
            let domain = server.text("domain")
            table.add([
                shownNames[index], row.cluster, shownHosts[index], server.text("ver"),
                server.isTrue("jetstream") ? (domain.isEmpty ? "yes" : domain) : "no",
                Humanized.count(stats.count("connections")), Humanized.count(stats.count("subscriptions")),
                String(row.routes), String(row.gateways), Humanized.bytes(stats.count("mem")),
                Humanized.fixed(stats.number("cpu"), 0), String(stats.count("cores")), slowConsumers(stats),
                CommandDuration.humanized(row.uptime),
                CommandDuration.humanized(.milliseconds((row.roundTrip.nanoseconds + 500_000) / 1_000_000)),
            ])
        }
        func total(_ key: String) -> Int { rows.reduce(0) { $0 + $1.stats.count(key) } }
        func differs<Value: Equatable>(_ value: (Row) -> Value) -> String {
            rows.allSatisfy { value($0) == value(rows[0]) } ? "" : "X"
        }
        let clusters = Dictionary(grouping: rows.filter { !$0.cluster.isEmpty }, by: \.cluster)
        let sameRoutes = clusters.values.allSatisfy { Set($0.map(\.routes)).count == 1 }
        table.footer = [
            "", String(clusters.count), String(rows.count), differs { $0.server.text("ver") },
            String(rows.count { $0.server.isTrue("jetstream") }), Humanized.count(total("connections")),
            Humanized.count(total("subscriptions")), sameRoutes ? "" : "X", differs(\.gateways),
            Humanized.bytes(total("mem")), "", "", Humanized.count(total("slow_consumers")), "", "",
        ]
        return table
    }

    /// How many there are, and of which kinds if not all of them are clients.
    private static func slowConsumers(_ stats: JSONDocument) -> String {
        let count = Humanized.count(stats.count("slow_consumers"))
        let kinds = stats.document("slow_consumer_stats")
        let parts = [("c", "clients"), ("r", "routes"), ("g", "gateways"), ("l", "leafs")].filter {
            kinds.count($0.1) > 0
        }
        guard !parts.isEmpty, parts.count > 1 || parts[0].0 != "c" else { return count }
        return "\(count) (\(parts.map { "\($0.0): \(Humanized.count(kinds.count($0.1)))" }.joined(separator: " ")))"
    }

    private static func overview(_ clusters: [String: [Row]]) -> Table {
        var table = Table(
            "Cluster Overview",
            header: ["Cluster", "Node Count", "Outgoing Gateways", "Incoming Gateways", "Connections"],
            numericColumns: [1, 2, 3, 4])
        func connections(_ rows: [Row]) -> Int { rows.reduce(0) { $0 + $1.stats.count("connections") } }
        func inbound(_ rows: [Row]) -> Int {
            rows.flatMap { $0.stats.documents("gateways") }.reduce(0) { $0 + $1.count("inbound_connections") }
        }
        func cells(_ name: String, _ rows: [Row]) -> [String] {
            let outbound = rows.reduce(0) { $0 + $1.gateways }
            return [name] + [rows.count, outbound, inbound(rows), connections(rows)].map { String($0) }
        }
        for (name, rows) in clusters.sorted(by: { (connections($0.value), $0.key) < (connections($1.value), $1.key) }) {
            table.add(cells(name, rows))
        }
        table.footer = cells("", clusters.values.flatMap { $0 })
        return table
    }
}

/// Names without the part of their domain that all of them share.
enum CompactNames {
    static func of(_ names: [String]) -> [String] {
        let parts = names.map { $0.split(separator: ".", omittingEmptySubsequences: false) }
        let shortest = parts.map(\.count).min() ?? 0
        var kept = shortest
        while kept > 1, parts.allSatisfy({ $0[kept - 1] == parts[0][kept - 1] }) {
            kept -= 1
        }
        let suffix = parts.first.map { $0[kept..<shortest].map { "." + $0 }.joined() } ?? ""
        return names.map { $0.hasSuffix(suffix) ? String($0.dropLast(suffix.count)) : $0 }
    }
}
