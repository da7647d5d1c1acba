import NATSSubjects
import NATSWire

/// `/subsz`: interest, as numbers and, on request, one by one.
struct SubszDocument {
    var showsSubscriptions: Bool
    var offset: Int
    var limit = 1_024
    var account: String
    /// A subject; only subscriptions that a message on it would reach are shown.
    var test: String

    init(_ query: MonitoringQuery) throws(MonitoringQuery.Failure) {
        showsSubscriptions = try query.bool("subs")
        offset = try query.int("offset")
        let limit = try query.int("limit")
        if limit > 0 { self.limit = limit }
        account = query["acc"]
        test = query["test"]
        try check()
    }

    /// Reads the options of a request to the system account's service.
    init(_ options: ServiceOptions) throws {
        offset = try options.int("offset")
        let limit = try options.int("limit")
        if limit > 0 { self.limit = limit }
        showsSubscriptions = try options.bool("subscriptions")
        account = try options.string("account")
        test = try options.string("test")
        try check()
    }

    private func check() throws(MonitoringQuery.Failure) {
        guard test.isEmpty || Subject.isLiteral(test.utf8) else {
            throw MonitoringQuery.Failure(
                description: "invalid test subject, must be valid publish subject: \(test)")
        }
    }

    func document(_ broker: Broker, open connections: [ConnectionSnapshot]) -> JSONValue {
        let accounts = broker.accounts.filter { account.isEmpty || $0.name == account }.map(\.statistics)
        let sum = { (value: (Account.Statistics) -> Int) in
            JSONValue.int(Int64(accounts.reduce(0) { $0 + value($1) }))
        }
        var all = connections.flatMap { $0.subscriptions + $0.shadows } + broker.ownSubscriptions
        if !account.isEmpty { all = all.filter { $0.place == account } }
        if !test.isEmpty { all = all.filter { Subject.isMatched(test.utf8, by: $0.subject.utf8) } }
        let page = showsSubscriptions ? Array(all.dropFirst(max(0, offset)).prefix(limit)) : []
        var members: [JSONValue.Member] = [
            .init("server_id", .string(broker.serverID)),
            .init("now", .string(WallClock.now().rfc3339)),
            .init("num_subscriptions", sum(\.subscriptions)),
            .init("num_cache", 0),
            .init("num_inserts", sum(\.inserts)),
            .init("num_removes", sum(\.removes)),
            .init("num_matches", sum(\.matches)),
            .init("cache_hit_rate", 0),
            .init("max_fanout", 0),
            .init("avg_fanout", 0),
            .init("total", .int(Int64(showsSubscriptions ? all.count : 0))),
            .init("offset", .int(Int64(max(0, offset)))),
            .init("limit", .int(Int64(limit))),
        ]
        if !page.isEmpty {
            members.append(
                .init("subscriptions_list", .array(page.map { Self.describe($0, withAccount: true) })))
        }
        return .object(members)
    }

    static func describe(_ one: ConnectionSnapshot.SubscriptionDetail, withAccount: Bool) -> JSONValue {
        var members: [JSONValue.Member] = []
        if withAccount {
            members.append(.init("account", .string(one.account)))
            members.append(.init("account_tag", .string(one.account)))
        }
        members.append(.init("subject", .string(one.subject)))
        if let queue = one.queue { members.append(.init("qgroup", .string(queue))) }
        members.append(.init("sid", .string(one.sid)))
        members.append(.init("msgs", .int(Int64(one.messages))))
        if one.limit > 0 { members.append(.init("max", .int(Int64(one.limit)))) }
        members.append(.init("cid", .int(Int64(one.connection))))
        return .object(members)
    }
}
