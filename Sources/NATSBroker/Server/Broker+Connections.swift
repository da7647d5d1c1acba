import NIOCore
import NIOPosix
import Synchronization

/// Who is connected, who was, and what they asked monitoring for.
extension Broker {
    /// - Returns: false when there are as many as may be.
    func register(_ connection: Connection) -> Bool {
        tidying?.somethingChanged()
        return registry.withLock { registry in
            if let limit = registry.settings.maxConnections, registry.connections.count >= limit { return false }
            registry.connections[connection.id] = connection
            return true
        }
    }

    /// A client is bound to another account, or to its first one.
    func move(_ connection: Connection, from old: Account?, to new: Account?) {
        registry.withLock { registry in
            if let old { registry.connectionCounts[old.name, default: 0] -= 1 }
            if let new { registry.connectionCounts[new.name, default: 0] += 1 }
        }
    }

    /// How many clients are bound to an account.
    func connectionCount(in account: String) -> Int {
        registry.withLock { $0.connectionCounts[account] ?? 0 }
    }

    func connection(_ id: UInt64) -> Connection? {
        registry.withLock { $0.connections[id] }
    }

    /// The mailbox of some event loop.
    func anyMailbox() -> LoopMailbox {
        mailboxes[ObjectIdentifier(group.next())] ?? LoopMailbox(eventLoop: group.next())
    }

    /// To be called on the connection's event loop, while it still has its subscriptions.
    func unregister(_ connection: Connection) {
        tidying?.somethingChanged()
        let isModest = connection.subscriptions.count <= Self.mostRememberedSubscriptions
        var snapshot = connection.snapshot(withSubscriptions: isModest)
        // What waits is written on the way out.
        if snapshot.reason?.skipsFlush == false, !connection.isWriteBlocked { snapshot.pending = 0 }
        registry.withLock { [snapshot] registry in
            registry.gone[snapshot.account, default: .init()].traffic += snapshot.traffic
            if snapshot.reason?.isSlowness == true {
                registry.gone[snapshot.account, default: .init()].slowConsumers += 1
            }
            registry.connections[connection.id] = nil
            registry.closed.append(snapshot)
        }
    }

    /// How many subscriptions a connection that has gone may have had for them to be remembered one by one. nats-server has no
    /// such bound; with one, clients cannot fill the memory by coming and going.
    private static let mostRememberedSubscriptions = 1_000

    /// Connections that have gone, oldest first.
    var closedConnections: [ConnectionSnapshot] { registry.withLock { $0.closed.all } }

    func countRequest(_ path: String) {
        guard Self.documents.contains(path) else { return }
        registry.withLock { $0.requests[path, default: 0] += 1 }
    }

    /// How often each monitoring document was asked for, by path.
    var requestCounts: [(key: String, value: Int)] {
        registry.withLock { $0.requests.sorted { $0.key < $1.key } }
    }

    private static let documents: Set<String> = [
        "/", "/varz", "/connz", "/subsz", "/accountz", "/accstatz", "/routez", "/gatewayz", "/leafz", "/healthz",
        "/jsz",
    ]

    /// Everybody who is connected, by number.
    var connections: [Connection] {
        registry.withLock { $0.connections.values.sorted { $0.id < $1.id } }
    }

    /// The traffic of connections that have gone.
    var goneTraffic: Traffic {
        registry.withLock { $0.gone.values.reduce(into: Traffic()) { $0 += $1.traffic } }
    }

    /// What connections of one account that have gone leave to its totals.
    func goneAccount(_ name: String) -> GoneConnections { registry.withLock { $0.gone[name] ?? .init() } }
}
