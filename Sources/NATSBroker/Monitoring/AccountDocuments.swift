import NATSAccounts
import NATSConfig
import NATSWire
import Synchronization

/// `/accountz` and `/accstatz`: what is known of accounts.
extension Broker {
    /// One account in detail, or, where `name` is empty, the names of all.
    func accountz(_ name: String, _ open: [ConnectionSnapshot]) throws(MonitoringQuery.Failure) -> JSONValue {
        var members: [JSONValue.Member] = [
            .init("server_id", .string(serverID)),
            .init("now", .string(WallClock.now().rfc3339)),
        ]
        if let systemAccount { members.append(.init("system_account", .string(systemAccount.name))) }
        if name.isEmpty {
            members.append(.init("accounts", .array(accounts.map { .string($0.name) })))
        } else {
            members.append(.init("account_detail", try accountDetail(name, open)))
        }
        return .object(members)
    }

    func accountDetail(_ name: String, _ open: [ConnectionSnapshot]) throws(MonitoringQuery.Failure) -> JSONValue {
        guard let account = account(named: name) else {
            throw MonitoringQuery.Failure(description: "Account \(name) does not exist")
        }
        let statistics = account.statistics
        let count = { (value: Int) in JSONValue.int(Int64(value)) }
        var members: [JSONValue.Member] = [
            .init("account_name", .string(name)),
            .init("update_time", .string(account.created.rfc3339)),
        ]
        if name == systemAccount?.name { members.append(.init("is_system", true)) }
        members += [
            .init("expired", false),
            .init("complete", true),
            .init("jetstream_enabled", .bool(jetStream.withLock { $0 }?.worker(of: name) != nil)),
            .init("leafnode_connections", 0),
            .init("client_connections", count(open.filter { $0.account == name }.count)),
            .init("subscriptions", count(statistics.subscriptions)),
        ]
        let settings = settings
        let options = settings.accountOptions.map { ($0.name, $0) }
        let byName = Dictionary(options, uniquingKeysWith: { _, last in last })
        members +=
            AccountExchange(
                account: account, options: byName[name], others: byName, systemAccount: systemAccount?.name,
                hasJetStream: jetStream.withLock { $0 } != nil
            ).members
        members += [
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
        ]
        return .object(members)
    }

    /// - Parameters:
    ///   - names: the accounts to show; none for all of them.
    ///   - showsUnused: whether accounts that nobody is connected to are shown too.
    func accstatz(_ names: [String], showsUnused: Bool, _ open: [ConnectionSnapshot]) -> JSONValue {
        let rows = accounts.compactMap { account -> JSONValue? in
            let isUsed = open.contains { $0.account == account.name }
            guard names.isEmpty || names.contains(account.name), isUsed || showsUnused else { return nil }
            return .object(accountStatistics(account.name, open))
        }
        return .object([
            .init("server_id", .string(serverID)),
            .init("now", .string(WallClock.now().rfc3339)),
            .init("account_statz", .array(rows)),
        ])
    }

    /// What `/accstatz` shows of one account, and what its connection count is announced with.
    func accountStatistics(_ name: String, _ open: [ConnectionSnapshot]) -> [JSONValue.Member] {
        let clients = open.filter { $0.account == name }
        let gone = goneAccount(name)
        var traffic = gone.traffic
        for client in clients { traffic += client.traffic }
        return [
            .init("acc", .string(name)),
            .init("name", .string(name)),
            .init("conns", .int(Int64(clients.count))),
            .init("leafnodes", 0),
            .init("total_conns", .int(Int64(clients.count))),
            .init("num_subscriptions", .int(Int64(account(named: name)?.statistics.subscriptions ?? 0))),
            .init("sent", Self.dataStatistics(traffic.outMessages, traffic.outBytes)),
            .init("received", Self.dataStatistics(traffic.inMessages, traffic.inBytes)),
            .init("slow_consumers", .int(Int64(gone.slowConsumers))),
        ]
    }

    private static func dataStatistics(_ messages: Int, _ bytes: Int) -> JSONValue {
        let nothing = messagesAndBytes(0, 0)
        return .object([
            .init("msgs", .int(Int64(messages))), .init("bytes", .int(Int64(bytes))),
            .init("gateways", nothing), .init("routes", nothing), .init("leafs", nothing),
        ])
    }
}

extension Permissions {
    /// As `$SYS.REQ.USER.INFO` shows them.
    var document: JSONValue {
        let texts = { (entries: [PermissionEntry]?) in
            JSONValue.array((entries ?? []).map { .string($0.text) }.sorted { "\($0)" < "\($1)" })
        }
        let lists = { (allow: [PermissionEntry]?, deny: [PermissionEntry]) in
            var members: [JSONValue.Member] = []
            if let allow, !allow.isEmpty { members.append(.init("allow", texts(allow))) }
            if !deny.isEmpty { members.append(.init("deny", texts(deny))) }
            return JSONValue.object(members)
        }
        var members: [JSONValue.Member] = [
            .init("publish", lists(publishAllow, publishDeny)),
            .init("subscribe", lists(subscribeAllow, subscribeDeny)),
        ]
        if let responses {
            members.append(
                .init(
                    "responses",
                    .object([
                        .init("max", .int(Int64(responses.maxMessages ?? -1))),
                        .init("ttl", .int(responses.expires.map { Int64($0 / .nanoseconds(1)) } ?? -1)),
                    ])))
        }
        return .object(members)
    }
}

extension PermissionEntry {
    fileprivate var text: String {
        let queue = queue.map { " " + String(decoding: $0, as: UTF8.self) } ?? ""
        return String(decoding: subject, as: UTF8.self) + queue
    }
}
