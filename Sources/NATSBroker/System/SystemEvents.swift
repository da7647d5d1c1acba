import NATSWire
import NIOCore
import Synchronization

/// What the server announces in the system account when something happens.
///
/// Source: https://docs.nats.io/running-a-nats-service/configuration/sys_accounts#system-events.
extension Broker {
    private static let connectType = "io.nats.server.advisory.v1.client_connect"
    private static let disconnectType = "io.nats.server.advisory.v1.client_disconnect"
    private static let connectionsType = "io.nats.server.advisory.v1.account_connections"
    /// How often an account's connection count is announced while nothing changes.
    private static let heartbeat = TimeAmount.seconds(30)

    /// A client has been let in. To be called on its event loop.
    func announceConnect(_ connection: Connection) {
        let subject = "$SYS.ACCOUNT.\(connection.account.name).CONNECT"
        if isWanted(subject) {
            let client = connection.snapshot().clientDocument()
            announce(.object(event(Self.connectType) + [.init("client", client)]), on: subject)
        }
        announceConnections(connection.account)
    }

    /// A client has gone, whether it had been let in or not. To be called on its event loop.
    func announceDisconnect(_ connection: Connection) {
        let subject = "$SYS.ACCOUNT.\(connection.account.name).DISCONNECT"
        if isWanted(subject) {
            announce(disconnectDocument(connection, connection.closeReason), on: subject)
        }
        announceConnections(connection.account)
    }

    /// A client's credentials were not good enough. To be called on its event loop.
    func announceRefusal(_ connection: Connection, _ reason: CloseReason) {
        for (subject, account) in [
            ("$SYS.ACCOUNT.CLIENT.AUTH.ERR", connection.account),
            ("$SYS.SERVER.\(serverID).CLIENT.AUTH.ERR", systemAccount),
        ] where isWanted(subject, in: account) {
            announce(disconnectDocument(connection, reason), on: subject, in: account)
        }
    }

    private func event(_ type: String) -> [JSONValue.Member] {
        [
            .init("type", .string(type)),
            .init("id", .string(NUID.next())),
            .init("timestamp", .string(WallClock.now().rfc3339)),
            .init("server", serverDescription()),
        ]
    }

    private func disconnectDocument(_ connection: Connection, _ reason: CloseReason?) -> JSONValue {
        var snapshot = connection.snapshot()
        snapshot.stopped = snapshot.stopped ?? .now()
        let traffic = snapshot.traffic
        // Seen from the client: what it sent is what came in.
        return .object(
            event(Self.disconnectType) + [
                .init("client", snapshot.clientDocument()),
                .init("sent", Self.messagesAndBytes(traffic.inMessages, traffic.inBytes)),
                .init("received", Self.messagesAndBytes(traffic.outMessages, traffic.outBytes)),
                .init("reason", .string(reason?.rawValue ?? "")),
            ])
    }

    static func messagesAndBytes(_ messages: Int, _ bytes: Int) -> JSONValue {
        .object([.init("msgs", .int(Int64(messages))), .init("bytes", .int(Int64(bytes)))])
    }

    // MARK: Connections of an account

    /// The event that tells how many connections an account has.
    func connectionCount(_ name: String, _ open: [ConnectionSnapshot]) -> JSONValue {
        .object(event(Self.connectionsType) + accountStatistics(name, open))
    }

    /// Tells how many connections an account has now, and again from time to time for as long as it has any.
    private func announceConnections(_ account: Account) {
        guard account !== globalAccount else { return }
        let subjects = ["$SYS.SERVER.ACCOUNT.\(account.name).CONNS", "$SYS.ACCOUNT.\(account.name).SERVER.CONNS"]
        let wanted = subjects.filter { isWanted($0) }
        let loop = anyMailbox().eventLoop
        let hasAny = connectionCount(in: account.name) > 0
        system.withLock { state in
            guard !state.isStopped else { return }
            state.heartbeats[account.name]?.cancel()
            state.heartbeats[account.name] =
                hasAny
                ? loop.scheduleTask(in: Self.heartbeat) { [weak self] in self?.announceConnections(account) } : nil
        }
        guard !wanted.isEmpty else { return }
        snapshots(on: loop).whenSuccess { open in
            let document = self.connectionCount(account.name, open)
            for subject in wanted { self.announce(document, on: subject) }
        }
    }

    // MARK: The server

    /// Tells that the server takes no more clients.
    func announceLameDuckMode() {
        let subject = "$SYS.SERVER.\(serverID).LAMEDUCK"
        if isWanted(subject) { announce(serverDescription(), on: subject) }
    }

    /// Tells that the server is about to end.
    func announceShutdown() {
        let subject = "$SYS.SERVER.\(serverID).SHUTDOWN"
        if isWanted(subject) { announce(serverDescription(), on: subject) }
    }
}
