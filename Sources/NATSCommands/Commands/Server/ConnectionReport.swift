import NATSClient
import NATSWire

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// `nats server report connections` and `accounts`: who is connected, and how much each sent and got.
enum ConnectionReport {
    static let account = Flag.text("account", "Only this account")
    static let accountName = Argument.optional("account", "Only this account")
    static let sort = Flag.text(
        "sort", "Order (in-bytes, out-bytes, in-msgs, out-msgs, uptime, cid, subs)", default: "subs",
        kind: .choice(["in-bytes", "out-bytes", "in-msgs", "out-msgs", "uptime", "cid", "subs"]))
    static let accountSort = Flag.text(
        "sort", "Order (in-bytes, out-bytes, in-msgs, out-msgs, conns, subs)", default: "subs",
        kind: .choice(["in-bytes", "out-bytes", "in-msgs", "out-msgs", "conns", "subs"]))
    static let top = Flag.integer("top", "How many to show", default: 1000)
    static let subject = Flag.text("subject", "Only connections that get the subject's messages")
    static let user = Flag.text("username", "Only connections of this user")
    static let state = Flag.text(
        "state", "Only connections in this state (open, closed, all)", default: "open",
        kind: .choice(["open", "closed", "all"]))
    static let reason = Flag.text("closed-reason", "Only connections closed for such a reason", placeholder: "REASON")
    static let filter = Flag.text("filter", "Expression that connections must meet (natscli only)")

    static let flags = [sort.spec, top.spec, subject.spec, user.spec, state.spec, reason.spec]

    static let spec = CommandSpec(
        name: "connections",
        aliases: ["conn", "connz", "conns"],
        help: "Report on connections",
        arguments: [ServerReportCommand.limit.spec],
        flags: [account.spec] + flags + [filter.spec] + ServerReportCommand.filters + [ServerCommand.json.spec],
        run: { invocation in
            try await ServerReportCommand.run(invocation) { connection in
                try await report(connection, account: invocation[account], invocation)
            }
        }
    )

    static let accountsSpec = CommandSpec(
        name: "accounts",
        aliases: ["acct"],
        help: "Report on account activity",
        arguments: [accountName.spec, ServerReportCommand.limit.spec],
        flags: [accountSort.spec, top.spec] + ServerReportCommand.filters + [ServerCommand.json.spec],
        run: { invocation in
            try await ServerReportCommand.run(invocation) { connection in
                try await reportAccounts(connection, invocation)
            }
        }
    )

    /// How many connections a server tells of at a time.
    private static let pageSize = 1024

    /// One connection, and the server that it is to.
    struct Row: Sendable {
        var connection: JSONDocument
        var server: JSONDocument

        var subscriptions: Int { connection.texts("subscriptions_list").count }
        var start: Date { connection["start"] ?? .distantPast }
    }

    /// Reports on the connections that the flags leave.
    static func report(_ connection: NATSConnection, account: String?, _ invocation: Invocation) async throws {
        guard invocation[filter] == nil else {
            throw CommandError("--filter is not built into this tool: use --account, --username, --subject or --state")
        }
        let rows = try await rows(connection, account: account, invocation)
        guard !invocation[ServerCommand.json] else {
            invocation.print(
                json: .array(rows.map { .object($0.connection.members + [.init("server", $0.server.json)]) }))
            return
        }
        let key = invocation[sort]
        let sorted =
            key == "uptime"
            ? rows.sorted { $0.start > $1.start }
            : ServerReportCommand.sorted(
                rows, invocation, by: { number(of: $0, key) }, tie: { $0.connection.count("cid") })
        show(key == "uptime" && invocation[ServerReportCommand.reverse] ? sorted.reversed() : sorted, invocation)
    }

    /// All connections of all servers, page by page.
    private static func rows(_ connection: NATSConnection, account: String?, _ invocation: Invocation) async throws
        -> [Row]
    {
        var request = JSONDocument()
        request["subscriptions"] = true
        request["auth"] = true
        request["limit"] = pageSize
        request["state"] = ServerRequestCommand.connectionState(invocation[state])
        request["user"] = invocation[user]
        request["acc"] = account
        request["filter_subject"] = invocation[subject]
        var rows: [Row] = []
        var offset = 0
        var hasMore = true
        while hasMore {
            request["offset"] = offset
            let answers = try await ServerReportCommand.answers(connection, ".CONNZ", request, invocation)
            guard offset > 0 || !answers.isEmpty else { throw CommandError("did not get results from any servers") }
            hasMore = false
            for answer in answers {
                let data = try answer.content()
                rows += data.documents("connections").map { Row(connection: $0, server: answer.server) }
                hasMore = hasMore || data.count("offset") + data.count("limit") < data.count("total")
            }
            offset += pageSize
        }
        guard let wanted = invocation[reason]?.lowercased() else { return rows }
        return rows.filter { $0.connection.text("reason").lowercased().contains(wanted) }
    }

    private static func number(of row: Row, _ key: String) -> Int {
        switch key {
        case "in-bytes": row.connection.count("in_bytes")
        case "out-bytes": row.connection.count("out_bytes")
        case "in-msgs": row.connection.count("in_msgs")
        case "out-msgs": row.connection.count("out_msgs")
        case "cid": row.connection.count("cid")
        default: row.subscriptions
        }
    }

    private static func show(_ rows: [Row], _ invocation: Invocation) {
        let limit = invocation[top] > 0 ? min(invocation[top], rows.count) : rows.count
        let showsReason = invocation[state] != "open"
        var table = Table(
            "Top \(limit) Connections out of \(Humanized.count(rows.count)) by \(invocation[sort])",
            header: [
                "CID", "Name", "Server", "Cluster", "IP", "Account", "Uptime", "In Msgs", "Out Msgs", "In Bytes",
                "Out Bytes", "Subs",
            ] + (showsReason ? ["Reason"] : []))
        for row in rows.prefix(limit) {
            table.add(cells(row) + (showsReason ? [row.connection.text("reason")] : []))
        }
        if rows.count > 1 {
            func total(_ key: String) -> Int { rows.reduce(0) { $0 + $1.connection.count(key) } }
            table.footer =
                ["", "Totals for \(Humanized.count(rows.count)) connections", "", "", "", "", ""] + [
                    Humanized.count(total("in_msgs")), Humanized.count(total("out_msgs")),
                    Humanized.bytes(total("in_bytes")), Humanized.bytes(total("out_bytes")),
                    Humanized.count(total("subscriptions")),
                ] + (showsReason ? [""] : [])
        }
        invocation.print(table, isSpaced: false)
        let servers = Dictionary(grouping: rows) { $0.server.text("name") }
        guard !servers.isEmpty else { return }
        invocation.console.print()
        var summary = Table(
            "Connections per server", header: ["Server", "Cluster", "Connections"], numericColumns: [2])
        for (name, rows) in servers.sorted(by: { ($0.value.count, $0.key) < ($1.value.count, $1.key) }) {
            summary.add([name, rows[0].server.text("cluster"), String(rows.count)])
        }
        invocation.print(summary, isSpaced: false)
    }

    private static func cells(_ row: Row) -> [String] {
        let connection = row.connection
        let own = connection.text("name")
        let name = own.isEmpty ? connection.text("mqtt_client") : own
        let account = connection.text("account")
        let kind = connection.text("kind")
        let number = String(connection.count("cid"))
        return [
            (kind.isEmpty || kind == "Client" ? "" : String(kind.prefix(1))) + number,
            name.count > 40 ? name.prefix(40) + " .." : name, row.server.text("name"), row.server.text("cluster"),
            "\(connection.text("ip")):\(connection.count("port"))",
            account.count > 46 ? account.prefix(12) + " .." : account, connection.text("uptime"),
            Humanized.count(connection.count("in_msgs")), Humanized.count(connection.count("out_msgs")),
            Humanized.bytes(connection.count("in_bytes")), Humanized.bytes(connection.count("out_bytes")),
            Humanized.count(row.subscriptions),
        ]
    }
}

// MARK: - Accounts

extension ConnectionReport {
    /// What all connections of an account did.
    private struct Account {
        var name: String
        var rows: [Row]

        /// What the accounts are sorted by.
        func number(_ sort: String) -> Int {
            switch sort {
            case "in-bytes": total("in_bytes")
            case "out-bytes": total("out_bytes")
            case "in-msgs": total("in_msgs")
            case "out-msgs": total("out_msgs")
            case "conns": rows.count
            default: subscriptions
            }
        }

        func total(_ key: String) -> Int { rows.reduce(0) { $0 + $1.connection.count(key) } }
        var subscriptions: Int { rows.reduce(0) { $0 + $1.subscriptions } }

        var document: JSONValue {
            var document = JSONDocument()
            document["account"] = name
            document["connections"] = rows.count
            document["connection_info"] = rows.map { row in
                JSONValue.object(row.connection.members + [.init("server", row.server.json)])
            }
            for key in ["in_msgs", "out_msgs", "in_bytes", "out_bytes"] { document[key] = total(key) }
            document["subscriptions"] = subscriptions
            let servers = Dictionary(grouping: rows.map(\.server)) { $0.text("id") }
            document["server"] = servers.sorted { $0.key < $1.key }.compactMap(\.value.first)
            return document.json
        }
    }

    private static func reportAccounts(_ connection: NATSConnection, _ invocation: Invocation) async throws {
        let wanted = invocation[accountName]
        let rows = try await rows(connection, account: wanted, invocation)
        var accounts = Dictionary(grouping: rows) { $0.connection.text("account") }
            .map { Account(name: $0.key, rows: $0.value) }
        if let wanted {
            guard let account = accounts.first(where: { $0.name == wanted }) else {
                throw CommandError("did not receive any results for account \(wanted)")
            }
            if invocation[ServerCommand.json] {
                invocation.print(json: account.document)
            } else {
                show(account.rows, invocation)
            }
            return
        }
        accounts = ServerReportCommand.sorted(
            accounts, invocation, by: { $0.number(invocation[accountSort]) }, tie: \.name)
        let limit = invocation[top]
        if limit > 0, limit < accounts.count {
            accounts = Array(
                invocation[ServerReportCommand.reverse] ? accounts.prefix(limit) : accounts.suffix(limit))
        }
        guard !invocation[ServerCommand.json] else {
            invocation.print(json: .array(accounts.map(\.document)))
            return
        }
        var table = Table(
            "\(accounts.count) Accounts Overview",
            header: ["Account", "Connections", "In Msgs", "Out Msgs", "In Bytes", "Out Bytes", "Subs"])
        for account in accounts {
            table.add([
                account.name, Humanized.count(account.rows.count), Humanized.count(account.total("in_msgs")),
                Humanized.count(account.total("out_msgs")), Humanized.bytes(account.total("in_bytes")),
                Humanized.bytes(account.total("out_bytes")), Humanized.count(account.subscriptions),
            ])
        }
        invocation.print(table, isSpaced: false)
    }
}
