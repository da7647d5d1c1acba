import NATSAccounts
import NATSWire
import NIOCore
import Synchronization

/// The documents of monitoring, field by field in nats-server's order.
extension Broker {
    /// Nanoseconds, as Go counts durations.
    private static func nanoseconds(_ duration: Duration) -> JSONValue {
        .int(TimeAmount(duration).nanoseconds)
    }

    private static let peers: [String] = ["clients", "routes", "gateways", "leafs"]

    private static func byPeer(_ clients: Int) -> JSONValue {
        .object(peers.map { .init($0, .int(Int64($0 == "clients" ? clients : 0))) })
    }

    func varz(_ open: [ConnectionSnapshot]) -> JSONValue {
        let settings = settings
        var traffic = goneTraffic
        for connection in open { traffic += connection.traffic }
        let now = WallClock.now()
        let slow = counters.slowConsumers.load(ordering: .relaxed)
        let stale = counters.staleConnections.load(ordering: .relaxed)
        var members: [JSONValue.Member] = [
            .init("server_id", .string(serverID)),
            .init("server_name", .string(serverName)),
            .init("version", .string(BrokerSettings.natsVersion)),
            .init("proto", 1),
            .init("go", .string(ServerInfo.language)),
            .init("launchpad_version", .string(BrokerSettings.launchpadVersion)),
            .init("host", .string(settings.host ?? "0.0.0.0")),
            .init("port", .int(Int64(clientPort))),
        ]
        if settings.authenticator.isRequired { members.append(.init("auth_required", true)) }
        members += settings.tlsMembers
        members += limits(settings)
        members += [
            .init("cluster", .object([])), .init("gateway", .object([])), .init("leaf", .object([])),
            .init("mqtt", .object([])), .init("websocket", settings.webSocketDocument(port: webSocketPort)),
            .init("jetstream", .object([])),
            .init("tls_timeout", settings.tlsTimeout),
            .init("write_deadline", Self.nanoseconds(settings.writeDeadline)),
            .init("start", .string(started.rfc3339)),
            .init("now", .string(now.rfc3339)),
            .init("uptime", .string(UptimeText.text(from: started, to: now))),
            .init("mem", .int(Int64(residentMemory()))),
            .init("cores", .int(Int64(System.coreCount))),
            .init("gomaxprocs", .int(Int64(threadCount))),
            .init("cpu", .double(processorShare(now))),
            .init("connections", .int(Int64(open.count))),
            .init("total_connections", .int(Int64(counters.totalConnections.load(ordering: .relaxed)))),
            .init("routes", 0), .init("remotes", 0), .init("leafnodes", 0),
        ]
        members += [
            ("in_msgs", traffic.inMessages), ("in_bytes", traffic.inBytes), ("in_client_msgs", traffic.inMessages),
            ("in_client_bytes", traffic.inBytes), ("out_msgs", traffic.outMessages), ("out_bytes", traffic.outBytes),
            ("out_client_msgs", traffic.outMessages), ("out_client_bytes", traffic.outBytes), ("slow_consumers", slow),
            ("stale_connections", stale), ("stalled_clients", counters.stalledClients.load(ordering: .relaxed)),
            ("subscriptions", accounts.reduce(0) { $0 + $1.statistics.subscriptions }),
        ].map { .init($0.0, .int(Int64($0.1))) }
        members += [
            .init("http_req_stats", .object(requestCounts.map { .init($0.key, .int(Int64($0.value))) })),
            .init("config_load_time", .string(started.rfc3339)),
            .init("config_digest", .string(settings.configDigest ?? "")),
        ]
        if !settings.serverTags.isEmpty {
            members.append(.init("tags", .array(settings.serverTags.map { .string($0) })))
        }
        members += [
            .init("system_account", .string(settings.systemAccount)),
            .init("slow_consumer_stats", Self.byPeer(slow)),
            .init("stale_connection_stats", Self.byPeer(stale)),
        ]
        members += settings.certificateMembers
        return .object(members)
    }

    private func limits(_ settings: BrokerSettings) -> [JSONValue.Member] {
        var members: [JSONValue.Member] = [.init("max_connections", .int(Int64(settings.maxConnections ?? -1)))]
        if let limit = settings.maxSubscriptions { members.append(.init("max_subscriptions", .int(Int64(limit)))) }
        members += [
            .init("ping_interval", Self.nanoseconds(settings.pingInterval)),
            .init("ping_max", .int(Int64(settings.maxPingsOut))),
            .init("http_host", .string(settings.httpHost ?? settings.host ?? "0.0.0.0")),
            .init("http_port", .int(Int64(settings.monitorsSecurely ? 0 : httpPort ?? 0))),
            .init("http_base_path", .string(settings.httpBasePath)),
            .init("https_port", .int(Int64(settings.monitorsSecurely ? httpPort ?? 0 : 0))),
            .init("auth_timeout", .double(Double(TimeAmount(settings.authTimeout).nanoseconds) / 1e9)),
            .init("max_control_line", .int(Int64(settings.maxControlLine))),
            .init("max_payload", .int(Int64(settings.maxPayload))),
            .init("max_pending", .int(Int64(settings.maxPending))),
        ]
        return members
    }

    /// The share of a processor that the process has used since it started, in percent.
    private func processorShare(_ now: WallClock) -> Double {
        let elapsed = max(1, now.nanoseconds - started.nanoseconds)
        return Double(processorTime() * 1_000 / elapsed) / 10
    }

    // MARK: Accounts

    func accountz(_ query: MonitoringQuery, _ open: [ConnectionSnapshot]) throws(MonitoringQuery.Failure) -> JSONValue {
        var members: [JSONValue.Member] = [
            .init("server_id", .string(serverID)),
            .init("now", .string(WallClock.now().rfc3339)),
            .init("system_account", .string(settings.systemAccount)),
        ]
        let name = query["acc"]
        if name.isEmpty {
            members.append(.init("accounts", .array(accounts.map { .string($0.name) })))
            return .object(members)
        }
        guard let account = account(named: name) else {
            throw MonitoringQuery.Failure(description: "Account \(name) does not exist")
        }
        let statistics = account.statistics
        let count = { (value: Int) in JSONValue.int(Int64(value)) }
        members.append(
            .init(
                "account_detail",
                .object([
                    .init("account_name", .string(name)),
                    .init("update_time", .string(account.created.rfc3339)),
                    .init("expired", false),
                    .init("complete", true),
                    .init("jetstream_enabled", false),
                    .init("leafnode_connections", 0),
                    .init("client_connections", count(open.filter { $0.account == name }.count)),
                    .init("subscriptions", count(statistics.subscriptions)),
                    .init("name_tag", .string(name)),
                    .init(
                        "sublist_stats",
                        .object([
                            .init("num_subscriptions", count(statistics.subscriptions)),
                            .init("num_cache", 0),
                            .init("num_inserts", count(statistics.inserts)),
                            .init("num_removes", count(statistics.removes)),
                            .init("num_matches", count(statistics.matches)),
                            .init("cache_hit_rate", 0), .init("max_fanout", 0), .init("avg_fanout", 0),
                        ])),
                ])))
        return .object(members)
    }

    func accstatz(_ query: MonitoringQuery, _ open: [ConnectionSnapshot]) throws(MonitoringQuery.Failure) -> JSONValue {
        let showsUnused = try query.bool("unused")
        let rows = accounts.compactMap { account -> JSONValue? in
            let clients = open.filter { $0.account == account.name }
            if clients.isEmpty && !showsUnused { return nil }
            var traffic = Traffic()
            for client in clients { traffic += client.traffic }
            return .object([
                .init("acc", .string(account.name)),
                .init("name", .string(account.name)),
                .init("conns", .int(Int64(clients.count))),
                .init("leafnodes", 0),
                .init("total_conns", .int(Int64(clients.count))),
                .init("num_subscriptions", .int(Int64(account.statistics.subscriptions))),
                .init("sent", Self.dataStatistics(traffic.outMessages, traffic.outBytes)),
                .init("received", Self.dataStatistics(traffic.inMessages, traffic.inBytes)),
                .init("slow_consumers", 0),
            ])
        }
        return .object([
            .init("server_id", .string(serverID)),
            .init("now", .string(WallClock.now().rfc3339)),
            .init("account_statz", .array(rows)),
        ])
    }

    private static func dataStatistics(_ messages: Int, _ bytes: Int) -> JSONValue {
        let nothing = JSONValue.object([.init("msgs", 0), .init("bytes", 0)])
        return .object([
            .init("msgs", .int(Int64(messages))), .init("bytes", .int(Int64(bytes))),
            .init("gateways", nothing), .init("routes", nothing), .init("leafs", nothing),
        ])
    }

    // MARK: What a single node has none of

    var routez: JSONValue {
        .object([
            .init("server_id", .string(serverID)),
            .init("server_name", .string(serverName)),
            .init("now", .string(WallClock.now().rfc3339)),
            .init("num_routes", 0),
            .init("routes", .array([])),
        ])
    }

    var gatewayz: JSONValue {
        .object([
            .init("server_id", .string(serverID)),
            .init("now", .string(WallClock.now().rfc3339)),
            .init("outbound_gateways", .object([])),
            .init("inbound_gateways", .object([])),
        ])
    }

    var leafz: JSONValue {
        .object([
            .init("server_id", .string(serverID)),
            .init("now", .string(WallClock.now().rfc3339)),
            .init("leafnodes", 0),
            .init("leafs", .array([])),
        ])
    }
}
