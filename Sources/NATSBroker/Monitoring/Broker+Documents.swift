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

    static func byPeer(_ clients: Int) -> JSONValue {
        .object(peers.map { .init($0, .int(Int64($0 == "clients" ? clients : 0))) })
    }

    func varz(_ open: [ConnectionSnapshot], _ streams: JetStreamReport?) -> JSONValue {
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
            .init("jetstream", streams.map(Self.jetStreamDocument) ?? .object([])),
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
            .init("config_load_time", .string(configured.rfc3339)),
            .init("config_digest", .string(settings.configDigest ?? "")),
        ]
        if !settings.serverTags.isEmpty {
            members.append(.init("tags", .array(settings.serverTags.map { .string($0) })))
        }
        if !settings.serverMetadata.isEmpty { members.append(.init("metadata", settings.metadataDocument)) }
        members.append(.init("feature_flags", settings.featureFlagsDocument))
        if let systemAccount { members.append(.init("system_account", .string(systemAccount.name))) }
        members += [
            .init("slow_consumer_stats", Self.byPeer(slow)),
            .init("stale_connection_stats", Self.byPeer(stale)),
            .init(
                "disk_io_wait_stats",
                .object(["waiters", "waits", "wait_time", "max_wait_time"].map { .init($0, 0) })),
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
    func processorShare(_ now: WallClock) -> Double {
        let elapsed = max(1, now.nanoseconds - started.nanoseconds)
        return Double(processorTime() * 1_000 / elapsed) / 10
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

    /// JetStream, switched off.
    var jszWithoutStreams: JSONValue {
        let counts = ["memory", "storage", "reserved_memory", "reserved_storage", "accounts", "ha_assets"]
        let totals = ["streams", "consumers", "messages", "bytes", "total"]
        return .object(
            counts.map { .init($0, 0) } + [
                .init("api", .object([.init("level", 0), .init("total", 0), .init("errors", 0)])),
                .init("server_id", .string(serverID)),
                .init("now", .string(WallClock.now().rfc3339)),
                .init("disabled", true),
                .init("config", .object([.init("max_memory", 0), .init("max_storage", 0)])),
            ] + totals.map { .init($0, 0) })
    }

    /// JetStream as `/varz` shows it.
    static func jetStreamDocument(_ streams: JetStreamReport) -> JSONValue {
        jetStreamDocument(streams, withDirectory: true)
    }

    static func jetStreamDocument(_ streams: JetStreamReport, withDirectory: Bool) -> JSONValue {
        .object([
            .init("config", streams.setup.document(withDirectory: withDirectory)),
            .init("stats", .object(streams.statistics)),
            .init("limits", streams.setup.limitsDocument),
        ])
    }

    // MARK: The process

    /// The part of `/debug/vars` that means something without Go's runtime: what is in use, under the names that collectors read.
    var memoryStatistics: JSONValue {
        let resident = JSONValue.int(Int64(residentMemory()))
        return .object(["Alloc", "Sys", "HeapAlloc", "HeapSys", "HeapInuse"].map { .init($0, resident) })
    }

    var commandLine: JSONValue { .array(CommandLine.arguments.map { .string($0) }) }
}
