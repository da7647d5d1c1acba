import NIOCore
import NIOPosix
import Synchronization

/// What becomes of the listeners and of everybody who is connected, when settings change and when the server stops.
extension Broker {
    /// Takes over new settings, as far as a running server can: not addresses. Clients who would not be let in any more go.
    func reload(_ settings: BrokerSettings) async {
        let (connections, removed) = registry.withLock { registry in
            var next = settings
            next.host = registry.settings.host
            next.port = registry.settings.port
            next.httpHost = registry.settings.httpHost
            next.httpPort = registry.settings.httpPort
            next.serverName = registry.settings.serverName
            next.monitorsSecurely = registry.settings.monitorsSecurely
            next.webSocket?.host = registry.settings.webSocket?.host ?? ""
            next.webSocket?.port = registry.settings.webSocket?.port ?? 0
            registry.settings = next
            registry.configured = .now()
            let removed = registry.changeAccounts()
            return (registry.connections.values.sorted { $0.id < $1.id }, removed)
        }
        for account in removed { removeServices(from: account) }
        installServices()
        await reloadJetStream()
        for connection in connections {
            try? await connection.eventLoop.submit { connection.adopt(settings) }.get()
        }
    }

    /// Closes connections until there are no more than `limit`; which ones is as good as chance. Below zero there may be none.
    func limitConnections(to limit: Int?) async {
        let connections = connections
        let excess = limit.map { max(0, connections.count - max(0, $0)) } ?? 0
        guard excess > 0 else { return }
        for connection in connections.prefix(excess) {
            try? await connection.eventLoop.submit { connection.refuseForTooMany() }.get()
        }
        log.info("Closed \(excess) connections to fall within max_connections")
    }

    /// Takes no more clients, tells those that are there, and lets them go one by one.
    func retire() async {
        log.info("Entering lame duck mode, stop accepting new clients")
        announceLameDuckMode()
        let (listeners, connections) = registry.withLock { registry in
            registry.isLameDuck = true
            return (registry.listeners, Array(registry.connections.values))
        }
        for listener in listeners where listener.purpose != .monitoring { await close(listener) }
        guard !connections.isEmpty else { return }
        for connection in connections { connection.eventLoop.execute { connection.announceLameDuck() } }
        try? await Task.sleep(for: settings.lameDuckGracePeriod)
        log.info("Closing existing clients")
        let whole = max(settings.lameDuckDuration - settings.lameDuckGracePeriod, .seconds(1))
        let pause = min(whole / connections.count, .seconds(1))
        for (index, connection) in connections.enumerated() {
            if index > 0 { try? await Task.sleep(for: pause) }
            connection.eventLoop.execute { connection.close(.serverShutdown) }
        }
    }

    /// What of the server nobody can connect to, though configuration asks for it: before it is ready, and once it is a lame duck.
    var unreadyListeners: [String] {
        registry.withLock { registry in
            let wanted: [(String, ListenError.Purpose, Bool)] = [
                ("server", .clients, true), ("websocket", .webSockets, registry.settings.webSocket != nil),
            ]
            return wanted.filter { _, purpose, isWanted in
                isWanted && (registry.isLameDuck || !registry.listeners.contains { $0.purpose == purpose })
            }.map(\.0)
        }
    }

    private func close(_ listener: Listener) async {
        guard await listener.acceptor.close() else { return }
        let isLameDuck = registry.withLock { $0.isLameDuck }
        if listener.purpose == .clients, !isLameDuck { log.debug("Client accept loop exiting..") }
    }

    /// Stops serving: closes the listeners, then every connection, then the threads.
    package func stop() async {
        let (listeners, connections) = registry.withLock { ($0.listeners, Array($0.connections.values)) }
        announceShutdown()
        for listener in listeners { await close(listener) }
        for connection in connections {
            try? await connection.eventLoop.submit { connection.close(.serverShutdown) }.get()
        }
        await stopJetStream()
        stopSystem()
        if systemAccount != nil { log.debug("SYSTEM - System connection closed: Client Closed") }
        // Accounts that import from each other hold each other.
        for account in accounts { account.configure(AccountLinks()) }
        monitoringPace.stop()
        try? await group.shutdownGracefully()
    }
}
