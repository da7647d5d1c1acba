import NATSClient
import NATSWire

/// `nats server report jetstream`: what JetStream holds on each server.
enum JetStreamReport {
    static let sort = Flag.text(
        "sort", "Order (name, cluster, streams, consumers, msgs, mbytes, mem, file, api, err)", default: "cluster",
        kind: .choice([
            "name", "cluster", "streams", "consumers", "msgs", "mbytes", "bytes", "mem", "file", "store", "api", "err",
        ]))
    static let leaders = Flag.toggle("leaders", short: "l", "Show which servers lead how many")

    static let spec = CommandSpec(
        name: "jetstream",
        aliases: ["jsz", "js"],
        help: "Report on JetStream activity",
        arguments: [ServerReportCommand.limit.spec],
        flags: [ConnectionReport.account.spec, sort.spec, ServerListCommand.compact.spec, leaders.spec]
            + ServerReportCommand.filters,
        run: { invocation in
            try await ServerReportCommand.run(invocation) { connection in
                try await report(connection, invocation)
            }
        }
    )

    /// What one server holds, of all accounts or of one.
    private struct Row {
        var name: String
        var cluster: String
        var domain: String
        var streams: Int
        var consumers: Int
        var messages: Int
        var bytes: Int
        var memory: Int
        var storage: Int
        var requests: Int
        var errors: Int
        var meta: JSONDocument?
        var streamLeaders: Int
        var consumerLeaders: Int

        init(_ answer: ServerAnswer, account: String?) throws {
            let data = try answer.content()
            name = answer.server.text("name")
            cluster = answer.server.text("cluster")
            domain = data.document("config").text("domain")
            meta = data["meta_cluster"]
            let own = account == nil ? nil : data.documents("account_details").first
            let totals = own ?? data
            memory = totals.count("memory")
            storage = totals.count("storage")
            requests = totals.document("api").count("total")
            errors = totals.document("api").count("errors")
            streamLeaders = data.count("streams_leader")
            consumerLeaders = data.count("consumers_leader")
            guard let own else {
                (streams, consumers) = (data.count("streams"), data.count("consumers"))
                (messages, bytes) = (data.count("messages"), data.count("bytes"))
                return
            }
            let states = own.documents("stream_detail").map { $0.document("state") }
            streams = states.count
            consumers = states.reduce(0) { $0 + $1.count("consumer_count") }
            messages = states.reduce(0) { $0 + $1.count("messages") }
            bytes = memory + storage
        }

        var pending: Int { meta?.count("pending") ?? 0 }
        var leadsAll: Bool { meta.map { $0.text("leader") == name } ?? false }

        func key(_ sort: String) -> Int {
            switch sort {
            case "streams": streams
            case "consumers": consumers
            case "msgs": messages
            case "mbytes", "bytes": bytes
            case "mem": memory
            case "store", "file": storage
            case "api": requests
            case "err": errors
            default: 0
            }
        }
    }

    private static func report(_ connection: NATSConnection, _ invocation: Invocation) async throws {
        let account = invocation[ConnectionReport.account]
        var request = JSONDocument()
        request["raft"] = true
        if let account {
            request["account"] = account
            request["streams"] = true
            request["consumer"] = true
            request["limit"] = 10_000
        }
        let answers = try await ServerReportCommand.answers(connection, ".JSZ", request, invocation)
        guard !answers.isEmpty else { throw CommandError(Invocation.noSystemAnswers) }
        let key = invocation[sort]
        let rows = ServerReportCommand.sorted(
            try answers.map { try Row($0, account: account) }, invocation, by: { $0.key(key) },
            tie: { (key == "cluster" ? $0.cluster : "") + "\n" + $0.name })
        invocation.print(table(rows, account: account, invocation))
        let isFiltered =
            invocation[ServerFilterFlags.host] != nil || invocation[ServerFilterFlags.cluster] != nil
            || !invocation[ServerFilterFlags.tags].isEmpty
        if !isFiltered { showMeta(rows, invocation) }
        if invocation[leaders] { showLeaders(rows, invocation) }
    }

    private static func table(_ rows: [Row], account: String?, _ invocation: Invocation) -> Table {
        let showsDomain = rows.contains { !$0.domain.isEmpty }
        let domain = showsDomain ? ["Domain"] : []
        var table = Table(
            "JetStream Summary" + (account.map { " for Account \($0)" } ?? ""),
            header: ["Server", "Cluster"] + domain + [
                "Streams", "Consumers", "Messages", "Bytes", "Memory", "File", "API Req", "Pending",
            ],
            numericColumns: [showsDomain ? 10 : 9])
        let names = rows.map(\.name)
        let shown = invocation[ServerListCommand.compact] ? CompactNames.of(names) : names
        for (name, row) in zip(shown, rows) {
            table.add(
                [name + (row.leadsAll ? "*" : ""), row.cluster] + (showsDomain ? [row.domain] : []) + [
                    Humanized.count(row.streams), Humanized.count(row.consumers), Humanized.count(row.messages),
                    Humanized.bytes(row.bytes), Humanized.bytes(row.memory), Humanized.bytes(row.storage),
                    Humanized.count(row.requests), String(row.pending),
                ])
        }
        func total(_ value: (Row) -> Int) -> Int { rows.reduce(0) { $0 + value($1) } }
        table.footer =
            ["", ""] + (showsDomain ? [""] : []) + [
                Humanized.count(total(\.streams)), Humanized.count(total(\.consumers)),
                Humanized.count(total(\.messages)), Humanized.bytes(total(\.bytes)), Humanized.bytes(total(\.memory)),
                Humanized.bytes(total(\.storage)), Humanized.count(total(\.requests)), String(total(\.pending)),
            ]
        return table
    }

    /// The group that leads the whole cluster, where there is one.
    private static func showMeta(_ rows: [Row], _ invocation: Invocation) {
        let expected = rows.compactMap { $0.meta?.count("cluster_size") }.max() ?? 0
        guard expected > 0 else { return }
        let groups = rows.filter(\.leadsAll).compactMap(\.meta)
        guard !groups.isEmpty else {
            invocation.console.print(
                "\nWARNING: No cluster meta leader found. The cluster expects \(expected) nodes but only \(rows.count) "
                    + "responded. JetStream operation requires at least \(expected / 2 + 1) up nodes.")
            return
        }
        for (index, meta) in groups.enumerated() {
            var own = JSONDocument()
            own["name"] = meta.text("leader")
            own["peer"] = meta.text("peer")
            own["current"] = true
            let peers = (meta.documents("replicas") + [own]).sorted { $0.text("name") < $1.text("name") }
            let names = peers.map { $0.text("name") }
            let shown = invocation[ServerListCommand.compact] ? CompactNames.of(names) : names
            var table = Table(
                "RAFT Meta Group Information - Lead cluster: \(meta.text("name"))",
                header: ["Connection Name", "ID", "Leader", "Current", "Online", "Active", "Lag"])
            for (name, peer) in zip(shown, peers) {
                let isLeader = peer.text("name") == meta.text("leader")
                table.add([
                    name, peer.text("peer"), isLeader ? "yes" : "", peer.isTrue("current") ? "true" : "false",
                    peer.isTrue("offline") ? "false" : "true",
                    CommandDuration.humanized(peer["active", default: Duration.zero]),
                    Humanized.count(peer.count("lag")),
                ])
            }
            if index > 0 { invocation.console.print() }
            invocation.print(table, isSpaced: false)
        }
    }

    private static func showLeaders(_ rows: [Row], _ invocation: Invocation) {
        invocation.console.print()
        guard rows.contains(where: { $0.streamLeaders > 0 || $0.consumerLeaders > 0 }) else {
            invocation.console.print("No JetStream asset leader data reported")
            return
        }
        let kinds: [(String, (Row) -> Int)] = [
            ("Stream Leaders", \.streamLeaders), ("Consumer Leaders", \.consumerLeaders),
        ]
        for (title, count) in kinds {
            let leading = rows.filter { $0.streamLeaders > 0 || $0.consumerLeaders > 0 }
            invocation.print(
                LeaderTable.table(leading.map { ($0.name, $0.cluster, count($0)) }, title: title))
        }
    }
}

/// How the lead of streams or consumers is spread over servers.
enum LeaderTable {
    static func table(_ leaders: [(name: String, cluster: String, count: Int)], title: String) -> Table {
        var table = Table("RAFT Leader Report", header: ["Server", "Cluster", title, "Distribution"])
        let totals = Dictionary(grouping: leaders, by: \.cluster).mapValues { $0.reduce(0) { $0 + $1.count } }
        for leader in leaders.sorted(by: { ($0.cluster, $0.count, $0.name) < ($1.cluster, $1.count, $1.name) }) {
            let share = Double(leader.count) / Double(max(1, totals[leader.cluster] ?? 1)) * 10
            let dots = leader.count > 0 ? max(1, Int(share.rounded(.toNearestOrAwayFromZero))) : 0
            table.add([
                leader.name, leader.cluster, Humanized.count(leader.count), String(repeating: "*", count: dots),
            ])
        }
        return table
    }
}
