import GoFormats
import NATSSubjects
import NATSWire
import NIOCore

/// `/connz`: who is connected, and who was.
struct ConnzDocument {
    enum State {
        case open, closed, any
        /// A number that means nothing: nobody is shown.
        case none
    }

    var sort = "cid"
    var showsUsers = false
    var showsSubscriptions = false
    var showsSubscriptionDetails = false
    var offset = 0
    var limit = 1_024
    var connection: UInt64 = 0
    var state = State.open
    var user = ""
    var account = ""
    /// Only open connections with a subscription that shares a subject with this pattern are shown.
    var filterSubject = ""
    /// An MQTT client's identifier. There are no such clients here, so that naming one leaves nobody.
    var mqttClient = ""

    private static let sorts: Set<String> = [
        "cid", "start", "subs", "pending", "msgs_to", "msgs_from", "bytes_to", "bytes_from", "last", "idle", "uptime",
        "stop", "reason", "rtt",
    ]

    init(_ query: MonitoringQuery) throws(MonitoringQuery.Failure) {
        showsUsers = try query.bool("auth")
        showsSubscriptionDetails = query["subs"].lowercased() == "detail"
        showsSubscriptions = showsSubscriptionDetails ? false : try query.bool("subs")
        offset = try query.int("offset")
        let limit = try query.int("limit")
        if limit > 0 { self.limit = limit }
        connection = try query.uint64("cid")
        switch query["state"].lowercased() {
        case "", "open": state = .open
        case "closed": state = .closed
        case "any", "all": state = .any
        default: throw MonitoringQuery.Failure(description: "Error decoding state for \(query["state"])")
        }
        if !query["sort"].isEmpty { sort = query["sort"] }
        user = query["user"]
        account = query["acc"]
        mqttClient = query["mqtt_client"]
    }

    /// Reads the options of a request to the system account's service.
    init(_ options: ServiceOptions) throws {
        let sort = try options.string("sort", as: "server.SortOpt")
        if !sort.isEmpty { self.sort = sort }
        showsUsers = try options.bool("auth")
        showsSubscriptions = try options.bool("subscriptions")
        showsSubscriptionDetails = try options.bool("subscriptions_detail")
        offset = try options.int("offset")
        let limit = try options.int("limit")
        if limit > 0 { self.limit = limit }
        connection = UInt64(try options.int("cid", as: "uint64"))
        mqttClient = try options.string("mqtt_client")
        switch try options.int("state", as: "server.ConnState") {
        case 0: state = .open
        case 1: state = .closed
        case 2: state = .any
        default: state = .none
        }
        user = try options.string("user")
        account = try options.string("acc")
        let filter = try options.string("filter_subject")
        if filter != ">" { filterSubject = filter }
    }

    private func check() throws(MonitoringQuery.Failure) {
        guard Self.sorts.contains(sort) else {
            throw MonitoringQuery.Failure(description: "invalid sorting option: \(sort)")
        }
        if (sort == "stop" || sort == "reason") && state != .closed {
            throw MonitoringQuery.Failure(description: "sort by \(sort) only valid on closed connections")
        }
        if !filterSubject.isEmpty && account.isEmpty {
            throw MonitoringQuery.Failure(description: "filter by subject only valid with account filtering")
        }
    }

    /// - Throws: what is wrong with options that could be read.
    func document(
        _ broker: Broker,
        open: [ConnectionSnapshot]
    ) throws(MonitoringQuery.Failure) -> JSONValue {
        try check()
        let now = WallClock.now()
        guard account.isEmpty || broker.account(named: account) != nil else {
            return page("", now, total: 0, .null, count: 0)
        }
        var all: [ConnectionSnapshot] = []
        if state == .open || state == .any { all += open }
        if state == .closed || state == .any { all += broker.closedConnections }
        if !account.isEmpty {
            // nats-server does not remember the global account of those who have gone.
            all = all.filter { $0.account == account && ($0.stopped == nil || account != "$G") }
        }
        // As in nats-server, the total knows nothing of the filters but the account.
        let total = all.count
        all = all.filter { one in
            (connection == 0 || one.id == connection) && (user.isEmpty || one.user == user) && mqttClient.isEmpty
        }
        if !filterSubject.isEmpty { all = all.filter { $0.stopped != nil || isInterested($0) } }
        let shown = sorted(all, now).dropFirst(max(0, offset)).prefix(connection == 0 ? limit : 1)
        return page(broker.serverID, now, total: total, .array(shown.map { describe($0, now) }), count: shown.count)
    }

    private func isInterested(_ one: ConnectionSnapshot) -> Bool {
        one.subscriptions.contains { Subject.collide(Array(filterSubject.utf8), Array($0.subject.utf8)) }
    }

    private func page(
        _ serverID: String,
        _ now: WallClock,
        total: Int,
        _ connections: JSONValue,
        count: Int
    ) -> JSONValue {
        .object([
            .init("server_id", .string(serverID)),
            .init("now", .string(now.rfc3339)),
            .init("num_connections", .int(Int64(count))),
            .init("total", .int(Int64(total))),
            .init("offset", .int(Int64(max(0, offset)))),
            .init("limit", .int(Int64(connection == 0 ? limit : 1))),
            .init("connections", connections),
        ])
    }

    /// Counts come largest first, everything else smallest first, as in nats-server.
    private func sorted(_ all: [ConnectionSnapshot], _ now: WallClock) -> [ConnectionSnapshot] {
        func ascending(_ key: (ConnectionSnapshot) -> Int64) -> [ConnectionSnapshot] {
            all.sorted { (key($0), $0.id) < (key($1), $1.id) }
        }
        switch sort {
        case "start": return ascending { $0.started.nanoseconds }
        case "subs": return ascending { -Int64($0.subscriptionCount) }
        case "pending": return ascending { -Int64($0.pending) }
        case "msgs_to": return ascending { -Int64($0.traffic.outMessages) }
        case "msgs_from": return ascending { -Int64($0.traffic.inMessages) }
        case "bytes_to": return ascending { -Int64($0.traffic.outBytes) }
        case "bytes_from": return ascending { -Int64($0.traffic.inBytes) }
        case "last": return ascending { -$0.lastActivity.nanoseconds }
        case "idle": return ascending { $0.lastActivity.nanoseconds }
        case "uptime": return ascending { one in (one.stopped ?? now).nanoseconds - one.started.nanoseconds }
        case "stop": return ascending { -($0.stopped?.nanoseconds ?? 0) }
        case "reason": return all.sorted { ($0.reason?.rawValue ?? "", $0.id) < ($1.reason?.rawValue ?? "", $1.id) }
        case "rtt": return ascending { -($0.roundTrip?.nanoseconds ?? 0) }
        default: return ascending { Int64($0.id) }
        }
    }

    /// Whole microseconds below a millisecond, as nats-server shows them.
    private static func roundTripText(_ nanoseconds: Int64) -> String {
        let isShort = nanoseconds > 1_000 && nanoseconds < 1_000_000
        return GoDuration.described(.nanoseconds(isShort ? nanoseconds / 1_000 * 1_000 : nanoseconds))
    }

    private func describe(_ one: ConnectionSnapshot, _ now: WallClock) -> JSONValue {
        var members: [JSONValue.Member] = [
            .init("cid", .int(Int64(one.id))),
            .init("kind", "Client"),
            .init("type", one.transport?.isWebSocket == true ? "websocket" : "nats"),
            .init("ip", .string(one.host)),
            .init("port", .int(Int64(one.port))),
            .init("start", .string(one.started.rfc3339)),
            .init("last_activity", .string(one.lastActivity.rfc3339)),
        ]
        if let stopped = one.stopped { members.append(.init("stop", .string(stopped.rfc3339))) }
        if let reason = one.reason { members.append(.init("reason", .string(reason.rawValue))) }
        members.append(.init("rtt", .string(Self.roundTripText(one.roundTrip?.nanoseconds ?? 0))))
        let end = one.stopped ?? now
        members += [
            .init("uptime", .string(UptimeText.text(from: one.started, to: end))),
            .init("idle", .string(UptimeText.text(from: one.lastActivity, to: end))),
            .init("pending_bytes", .int(Int64(one.pending))),
            .init("in_msgs", .int(Int64(one.traffic.inMessages))),
            .init("out_msgs", .int(Int64(one.traffic.outMessages))),
            .init("in_bytes", .int(Int64(one.traffic.inBytes))),
            .init("out_bytes", .int(Int64(one.traffic.outBytes))),
        ]
        if one.stalls > 0 { members.append(.init("stalls", .int(Int64(one.stalls)))) }
        members.append(.init("subscriptions", .int(Int64(one.subscriptionCount))))
        if !one.name.isEmpty { members.append(.init("name", .string(one.name))) }
        if !one.language.isEmpty { members.append(.init("lang", .string(one.language))) }
        if !one.version.isEmpty { members.append(.init("version", .string(one.version))) }
        if let transport = one.transport { members += transport.members(showsUsers: showsUsers) }
        if showsUsers {
            if let user = one.user { members.append(.init("authorized_user", .string(user))) }
            if one.account != "$G" { members.append(.init("account", .string(one.account))) }
        }
        if showsSubscriptions, !one.subscriptions.isEmpty {
            members.append(.init("subscriptions_list", .array(one.subscriptions.map { .string($0.subject) })))
        }
        if showsSubscriptionDetails, !one.subscriptions.isEmpty {
            let isGone = one.stopped != nil
            let list = one.subscriptions.map { SubszDocument.describe($0, withAccount: isGone) }
            members.append(.init("subscriptions_list_detail", .array(list)))
        }
        if showsUsers, one.stopped == nil || one.account != "$G" {
            members.append(.init("name_tag", .string(one.account)))
        }
        return .object(members)
    }
}

/// Times since, as monitoring prints them: whole seconds, and larger units from the largest that is not zero.
enum UptimeText {
    static func text(from start: WallClock, to end: WallClock) -> String {
        let seconds = max(0, (end.nanoseconds - start.nanoseconds) / 1_000_000_000)
        let (minutes, hours, days) = (seconds / 60, seconds / 3_600, seconds / 86_400)
        let years = days / 365
        if years > 0 { return "\(years)y\(days % 365)d\(hours % 24)h\(minutes % 60)m\(seconds % 60)s" }
        if days > 0 { return "\(days)d\(hours % 24)h\(minutes % 60)m\(seconds % 60)s" }
        if hours > 0 { return "\(hours)h\(minutes % 60)m\(seconds % 60)s" }
        if minutes > 0 { return "\(minutes)m\(seconds % 60)s" }
        return "\(seconds)s"
    }
}
