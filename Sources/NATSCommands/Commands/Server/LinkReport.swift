import NATSClient
import NATSWire

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// `nats server report routes`, `gateways` and `leafnodes`: how servers are connected with one another.
enum LinkReport {
    static let routesSpec = spec(
        "routes", ["route"], "Report on route (cluster) connections", flags: [routeOrder.spec], routes)
    static let leafNodesSpec = spec(
        "leafnodes", ["leaf", "leafz"], "Report on leafnode connections", flags: [account.spec, leafOrder.spec],
        leafNodes)
    static let gatewaysSpec = spec(
        "gateways", ["super", "gateway"], "Report on gateway (super cluster) connections",
        flags: [name.spec, gatewayOrder.spec], gateways)

    private static let routeOrder = order("server", "cluster", "name", "account", "subs", "in-bytes", "out-bytes")
    private static let leafOrder = order(
        "server", "name", "account", "subs", "in-bytes", "out-bytes", "in-msgs", "out-msgs")
    private static let gatewayOrder = order("server", "cluster")

    private static func order(_ keys: String...) -> Flag<String?> {
        .text("sort", "Sort by a property (\(keys.joined(separator: ",")))", kind: .choice(keys))
    }

    /// The values that the elements of a table are sorted by; equal ones keep their order.
    private static func sorted<Element>(
        _ elements: [Element], by key: String?, _ value: (Element) -> (server: JSONDocument, link: JSONDocument),
        _ invocation: Invocation
    ) -> [Element] {
        guard let key else { return elements }
        let counts = [
            "subs": "subscriptions", "in-bytes": "in_bytes", "out-bytes": "out_bytes", "in-msgs": "in_msgs",
            "out-msgs": "out_msgs",
        ]
        func text(_ element: Element) -> String {
            let (server, link) = value(element)
            return switch key {
            case "server": server.text("name")
            case "cluster": server.text("cluster")
            case "account": link.text("account")
            default: link.text("remote_name").isEmpty ? link.text("name") : link.text("remote_name")
            }
        }
        let sorted = elements.enumerated().sorted { left, right in
            if let count = counts[key] {
                let (first, second) = (value(left.element).link.count(count), value(right.element).link.count(count))
                return (first, left.offset) < (second, right.offset)
            }
            return (text(left.element), left.offset) < (text(right.element), right.offset)
        }.map(\.element)
        return invocation[ServerReportCommand.reverse] ? sorted.reversed() : sorted
    }

    private static let account = Flag.text("account", "Only this account")
    private static let name = Flag.text("filter-name", "Only the gateway of this name")

    private static func spec(
        _ name: String,
        _ aliases: [String],
        _ help: String,
        flags: [FlagSpec] = [],
        _ report: @escaping @Sendable (NATSConnection, Invocation) async throws -> Void
    ) -> CommandSpec {
        CommandSpec(
            name: name,
            aliases: aliases,
            help: help,
            arguments: [ServerReportCommand.limit.spec],
            flags: flags + ServerReportCommand.filters,
            run: { invocation in
                try await ServerReportCommand.run(invocation) { try await report($0, invocation) }
            }
        )
    }

    @Sendable
    private static func routes(_ connection: NATSConnection, _ invocation: Invocation) async throws {
        let answers = try await ServerReportCommand.answers(connection, ".ROUTEZ", JSONDocument(), invocation)
        var links: [(server: JSONDocument, route: JSONDocument)] = []
        for answer in answers {
            links += try answer.content().documents("routes").map { (answer.server, $0) }
        }
        var table = Table(
            "Cluster Report",
            header: [
                "Server", "Cluster", "Name", "Account", "Address", "ID", "Uptime", "RTT", "Subs", "Bytes In",
                "Bytes Out",
            ])
        var last = ("", "", "")
        let byName = ServerReportCommand.sorted(
            links, invocation, by: { $0.server.text("name") },
            tie: { $0.route.text("remote_name") + "\n" + $0.route.text("account") })
        for (server, route) in sorted(byName, by: invocation[routeOrder], { ($0.server, $0.route) }, invocation) {
            let (name, cluster, remote) = (server.text("name"), server.text("cluster"), route.text("remote_name"))
            if name != last.0 { last = (last.0, "", "") }
            table.add(
                [
                    name == last.0 ? "" : name, cluster == last.1 ? "" : cluster, remote == last.2 ? "" : remote,
                    ServerReportCommand.shortened(route.text("account")),
                    "\(route.text("ip")):\(route.count("port"))", "rid:\(route.count("rid"))",
                    Humanized.age(of: route["start"], at: server["time"]), route.text("rtt"),
                ] + [
                    Humanized.count(route.count("subscriptions")), Humanized.bytes(route.count("in_bytes")),
                    Humanized.bytes(route.count("out_bytes")),
                ])
            last = (name, cluster, remote)
        }
        func total(_ key: String) -> Int { links.reduce(0) { $0 + $1.route.count(key) } }
        table.footer =
            [
                Humanized.count(Set(links.map { $0.server.text("name") }).count),
                Humanized.count(Set(links.map { $0.server.text("cluster") }).count), "", "",
                Humanized.count(links.count), "", "", "",
            ] + [
                Humanized.count(total("subscriptions")), Humanized.bytes(total("in_bytes")),
                Humanized.bytes(total("out_bytes")),
            ]
        invocation.print(table)
    }

    @Sendable
    private static func leafNodes(_ connection: NATSConnection, _ invocation: Invocation) async throws {
        var request = JSONDocument()
        request["account"] = invocation[account]
        let answers = try await ServerReportCommand.answers(connection, ".LEAFZ", request, invocation)
        var table = Table(
            "Leafnode Report",
            header: [
                "Server", "Name", "Account", "Address", "RTT", "Msgs In", "Msgs Out", "Bytes In", "Bytes Out", "Subs",
                "Compressed", "Spoke",
            ])
        let byName = try ServerReportCommand.byName(answers, invocation).flatMap { answer in
            try answer.content().documents("leafs").map { (server: answer.server, link: $0) }
        }
        for (server, leaf) in sorted(byName, by: invocation[leafOrder], { $0 }, invocation) {
            table.add([
                server.text("name"), leaf.text("name"),
                ServerReportCommand.shortened(leaf.text("account")), "\(leaf.text("ip")):\(leaf.count("port"))",
                leaf.text("rtt"), Humanized.count(leaf.count("in_msgs")), Humanized.count(leaf.count("out_msgs")),
                Humanized.bytes(leaf.count("in_bytes")), Humanized.bytes(leaf.count("out_bytes")),
                Humanized.count(leaf.count("subscriptions")), leaf.text("compression"),
                leaf.isTrue("is_spoke") ? "true" : "false",
            ])
        }
        invocation.print(table)
    }

    @Sendable
    private static func gateways(_ connection: NATSConnection, _ invocation: Invocation) async throws {
        var request = JSONDocument()
        request["name"] = invocation[name]
        request["accounts"] = true
        let answers = try await ServerReportCommand.answers(connection, ".GATEWAYZ", request, invocation)
        var table = Table(
            "Super Cluster Report",
            header: [
                "Server", "Name", "Port", "Kind", "Connection", "ID", "Uptime", "RTT", "Bytes", "Accounts",
            ])
        var (count, bytes) = (0, 0)
        let byName = ServerReportCommand.byName(answers, invocation)
        for answer in sorted(byName, by: invocation[gatewayOrder], { ($0.server, JSONDocument()) }, invocation) {
            let data = try answer.content()
            table.add(
                [answer.server.text("name"), answer.server.text("cluster"), String(data.count("port"))]
                    + Array(repeating: "", count: 7))
            for (kind, remote, link) in links(data) {
                let transport = link.document("connection")
                let amount = transport.count(kind == "Inbound" ? "in_bytes" : "out_bytes")
                count += 1
                bytes += amount
                table.add([
                    "", "", "", kind, "\(remote) \(transport.text("ip")):\(transport.count("port"))",
                    "gid:\(transport.count("cid"))", transport.text("uptime"), transport.text("rtt"),
                    Humanized.bytes(amount), Humanized.count(link.documents("accounts").count),
                ])
            }
        }
        let clusters = Set(answers.map { $0.server.text("cluster") })
        table.footer = [
            Humanized.count(answers.count), String(clusters.count), "", "", Humanized.count(count), "", "", "",
            Humanized.bytes(bytes), "",
        ]
        invocation.print(table)
    }

    private static func links(_ data: JSONDocument) -> [(kind: String, remote: String, link: JSONDocument)] {
        let inbound = data.document("inbound_gateways").members.flatMap { member in
            ([JSONDocument](json: member.value) ?? []).map { ("Inbound", member.key, $0) }
        }
        let outbound = data.document("outbound_gateways").members.compactMap { member in
            JSONDocument(json: member.value).map { ("Outbound", member.key, $0) }
        }
        return inbound + outbound
    }
}
