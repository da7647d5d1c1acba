import NATSWire
import NIOCore
import Synchronization

/// What monitoring shows of one connection, taken at one moment on its event loop.
struct ConnectionSnapshot: Sendable {
    struct SubscriptionDetail: Sendable {
        /// The owner's account.
        var account: String
        /// The account in which messages are matched.
        var place: String
        var subject: String
        var queue: String?
        var sid: String
        var messages: Int
        var limit: Int
        var connection: UInt64
    }

    var id: UInt64
    var host: String
    var port: Int
    var started: WallClock
    var lastActivity: WallClock
    var roundTrip: TimeAmount?
    var pending: Int
    var traffic: Broker.Traffic
    /// How often it was paused because a consumer fell behind.
    var stalls: Int
    var name: String
    var language: String
    var version: String
    var user: String?
    var account: String
    var subscriptionCount: Int
    /// Empty where nobody asked for them, and for a connection that has gone with very many.
    var subscriptions: [SubscriptionDetail]
    /// What they reach in other accounts.
    var shadows: [SubscriptionDetail]
    /// Nil while it is open.
    var stopped: WallClock?
    var reason: CloseReason?
    /// Nil for a plain socket.
    var transport: TransportSnapshot?
}

extension ConnectionSnapshot {
    /// The client as events name it.
    func clientDocument() -> JSONValue {
        var members: [JSONValue.Member] = [
            .init("start", .string(started.rfc3339)),
            .init("host", .string(host)),
            .init("id", .int(Int64(id))),
            .init("acc", .string(account)),
        ]
        if let user { members.append(.init("user", .string(user))) }
        if !name.isEmpty { members.append(.init("name", .string(name))) }
        if !language.isEmpty { members.append(.init("lang", .string(language))) }
        if !version.isEmpty { members.append(.init("ver", .string(version))) }
        if stopped != nil, let roundTrip { members.append(.init("rtt", .int(roundTrip.nanoseconds))) }
        if let stopped { members.append(.init("stop", .string(stopped.rfc3339))) }
        members += [
            .init("name_tag", .string(account)), .init("kind", "Client"),
            .init("client_type", .string(transport?.isWebSocket == true ? "websocket" : "nats")),
        ]
        return .object(members)
    }
}

extension Connection {
    /// What went through the connection so far. To be called on its event loop.
    var traffic: Broker.Traffic {
        let out = outbox.withLock { ($0.messages, $0.bytes) }
        return Broker.Traffic(inMessages: inMessages, inBytes: inBytes, outMessages: out.0, outBytes: out.1)
    }

    /// Who the client says it is: its key, its name, or that it has a token; nil when it says nothing.
    var userName: String? {
        if !options.nkey.isEmpty { return options.nkey }
        if !options.user.isEmpty { return options.user }
        return options.token.isEmpty ? nil : "[REDACTED]"
    }

    /// To be called on the event loop.
    ///
    /// - Parameter withSubscriptions: whether subscriptions are described one by one, which takes its time where there are many.
    func snapshot(withSubscriptions: Bool = false) -> ConnectionSnapshot {
        let shown = withSubscriptions ? Array(subscriptions.values) : []
        let ordered = shown.sorted { ($0.sid.count, $0.sid[0]) < ($1.sid.count, $1.sid[0]) }
        let (pending, counts) = outbox.withLock { outbox in
            (outbox.pending, ordered.map { ($0.delivered, $0.limit) })
        }
        let describe = { (subscription: Subscription, count: (Int, Int)) in
            ConnectionSnapshot.SubscriptionDetail(
                account: self.account.name,
                place: subscription.account.name,
                subject: String(decoding: subscription.subject, as: UTF8.self),
                queue: subscription.queue.map { String(decoding: $0, as: UTF8.self) },
                sid: String(decoding: subscription.sid, as: UTF8.self),
                messages: count.0,
                limit: count.1,
                connection: self.id)
        }
        let details = zip(ordered, counts).map { describe($0, $1) }
        let shadows = ordered.flatMap(\.shadows).map { describe($0, (0, 0)) }
        return ConnectionSnapshot(
            id: id, host: remoteHost, port: remotePort, started: started, lastActivity: lastActivity,
            roundTrip: roundTrip, pending: pending, traffic: traffic, stalls: stalls, name: options.name,
            language: options.language,
            version: options.version, user: userName, account: account.name, subscriptionCount: subscriptions.count,
            subscriptions: details, shadows: shadows,
            stopped: closeReason == nil ? nil : .now(), reason: closeReason,
            transport: transport.map { TransportSnapshot($0) })
    }
}

extension Broker {
    /// Every connection as it is now, by number; each is asked on its own event loop.
    func snapshots(
        on loop: any EventLoop,
        withSubscriptions: Bool = false
    ) -> EventLoopFuture<[ConnectionSnapshot]> {
        let futures = connections.map { connection in
            connection.eventLoop.submit { connection.snapshot(withSubscriptions: withSubscriptions) }
        }
        return EventLoopFuture.whenAllSucceed(futures, on: loop)
    }
}
