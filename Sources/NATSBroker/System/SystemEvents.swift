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
        guard isWanted(subject) else { return announceConnections(connection.account) {} }
        let client = connection.snapshot().clientDocument()
        announceConnections(connection.account) {
            self.announce(.object(self.event(Self.connectType) + [.init("client", client)]), on: subject)
        }
    }

    /// A client has gone, whether it had been let in or not. To be called on its event loop.
    func announceDisconnect(_ connection: Connection) {
        let subject = "$SYS.ACCOUNT.\(connection.account.name).DISCONNECT"
        // The account's number is the same as before where the client was turned away.
        let account = connection.announcedAccount
        guard isWanted(subject) else {
            if let account { announceConnections(account) {} }
            return
        }
        let end = disconnection(connection, connection.closeReason)
        let announceEnd = { @Sendable in
            self.announce(.object(self.event(Self.disconnectType) + end), on: subject)
        }
        if let account { announceConnections(account, then: announceEnd) } else { announceEnd() }
    }

    /// A client's credentials were not good enough. To be called on its event loop.
    func announceRefusal(_ connection: Connection, _ reason: CloseReason) {
        for (subject, account) in [
            ("$SYS.ACCOUNT.CLIENT.AUTH.ERR", connection.account),
            ("$SYS.SERVER.\(serverID).CLIENT.AUTH.ERR", systemAccount),
        ] where isWanted(subject, in: account) {
            let document = JSONValue.object(event(Self.disconnectType) + disconnection(connection, reason))
            announce(document, on: subject, in: account)
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

    /// What is told of a connection that ends.
    private func disconnection(_ connection: Connection, _ reason: CloseReason?) -> [JSONValue.Member] {
        var snapshot = connection.snapshot()
        snapshot.stopped = snapshot.stopped ?? .now()
        let traffic = snapshot.traffic
        // Seen from the client: what it sent is what came in.
        return [
            .init("client", snapshot.clientDocument()),
            .init("sent", Self.messagesAndBytes(traffic.inMessages, traffic.inBytes)),
            .init("received", Self.messagesAndBytes(traffic.outMessages, traffic.outBytes)),
            .init("reason", .string(reason?.rawValue ?? "")),
        ]
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
    ///
    /// - Parameter announceClient: tells of the client that made the difference, which comes after that.
    private func announceConnections(_ account: Account, then announceClient: @escaping @Sendable () -> Void) {
        guard account !== globalAccount else { return announceClient() }
        let subjects = ["$SYS.SERVER.ACCOUNT.\(account.name).CONNS", "$SYS.ACCOUNT.\(account.name).SERVER.CONNS"]
        let wanted = subjects.filter { isWanted($0) }
        let loop = anyMailbox().eventLoop
        let hasAny = connectionCount(in: account.name) > 0
        system.withLock { state in
            guard !state.isStopped else { return }
            state.heartbeats[account.name]?.cancel()
            state.heartbeats[account.name] =
                hasAny
                ? loop.scheduleTask(in: Self.heartbeat) { [weak self] in self?.announceConnections(account) {} } : nil
        }
        guard !wanted.isEmpty else { return announceClient() }
        snapshots(on: loop).whenSuccess { open in
            let document = self.connectionCount(account.name, open)
            for subject in wanted { self.announce(document, on: subject) }
            announceClient()
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
