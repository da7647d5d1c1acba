import GoFormats
import JetStream
import NATSAccounts
import NATSConfig
import NATSWire
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// A NATS server: its accounts, its listeners and its connections.
///
/// Life cycle: ``start()``, then it serves until ``stop()``. What connections share is either immutable, atomic, or in the
/// registry behind one lock, which is taken when a client comes or goes and never for a message.
package final class Broker: Sendable {
    package let serverID: String
    let log: ServerLog
    let started = WallClock.now()
    let counters = Counters()
    let globalAccount: Account
    let threadCount: Int
    /// What the server says and answers itself. Its lock is taken before an account's and never with the registry's.
    let system = Mutex(SystemState())
    /// Requests to services that concern every connection.
    let requests = ServiceQueue()
    let monitoringPace = MonitoringPace()
    let tlsRate = ConnectionRate()
    /// Nil while JetStream is off.
    let jetStream = Mutex<JetStreamEngine?>(nil)
    let group: MultiThreadedEventLoopGroup
    let mailboxes: [ObjectIdentifier: LoopMailbox]
    /// Nil in a process that has other things to do than to serve.
    let tidying: Tidying?
    private let registry: Mutex<Registry>

    /// Totals that monitoring shows.
    struct Counters: ~Copyable {
        let totalConnections = Atomic<Int>(0)
        let slowConsumers = Atomic<Int>(0)
        let staleConnections = Atomic<Int>(0)
        let stalledClients = Atomic<Int>(0)
    }

    private struct Registry {
        var settings: BrokerSettings
        var accounts: [String: Account]
        var connections: [UInt64: Connection] = [:]
        var lastID: UInt64 = 0
        var clientPort = 0
        var httpPort: Int?
        var webSocketPort: Int?
        var listeners: [Listener] = []
        var isLameDuck = false
        /// What connections that have gone leave to their accounts' totals.
        var gone: [String: GoneConnections] = [:]
        /// How many are connected, by account.
        var connectionCounts: [String: Int] = [:]
        /// When the settings were read.
        var configured = WallClock.now()
        var closed: ClosedConnections
        /// How often each monitoring document was asked for.
        var requests: [String: Int] = [:]

        /// Makes the accounts that the settings name and that are not there, and ties all of them together.
        ///
        /// - Returns: those that the settings do not name any more, which are forgotten.
        @discardableResult
        mutating func changeAccounts() -> [Account] {
            let names = (settings.hasSystemAccount ? [settings.systemAccount] : []) + settings.accounts
            for name in names where accounts[name] == nil {
                accounts[name] = Account(name: name)
            }
            let known = Set(names + [Authenticator.globalAccount])
            let removed = accounts.values.filter { !known.contains($0.name) }.sorted { $0.name < $1.name }
            for account in removed {
                account.configure(AccountLinks())
                accounts[account.name] = nil
            }
            let links = AccountLinks.all(in: settings, accounts)
            for (name, account) in accounts { account.configure(links[name] ?? AccountLinks()) }
            return removed
        }
    }

    /// Messages and bytes, in and out.
    struct Traffic: Sendable {
        var inMessages = 0
        var inBytes = 0
        var outMessages = 0
        var outBytes = 0

        static func += (one: inout Traffic, other: Traffic) {
            one.inMessages += other.inMessages
            one.inBytes += other.inBytes
            one.outMessages += other.outMessages
            one.outBytes += other.outBytes
        }
    }

    /// What is left of an account's connections that have gone.
    struct GoneConnections: Sendable {
        var traffic = Traffic()
        var slowConsumers = 0
    }

    /// - Parameters:
    ///   - loops: what serves clients, where that has been started already, in a process that is there for this server alone;
    ///     the server may then give its memory back.
    init(settings: BrokerSettings, log: ServerLog, loops: ServingLoops? = nil) {
        self.log = log
        var random = SystemRandomNumberGenerator()
        serverID = ServerIdentity.make(using: &random)
        let globalAccount = Account(name: Authenticator.globalAccount)
        self.globalAccount = globalAccount
        var registry = Registry(
            settings: settings, accounts: [globalAccount.name: globalAccount],
            closed: ClosedConnections(limit: settings.maxClosedClients))
        registry.changeAccounts()
        // As in nats-server, accounts and the system itself have the first numbers.
        registry.lastID = UInt64(registry.accounts.count + (settings.hasSystemAccount ? 2 : 0))
        self.registry = Mutex(registry)
        let ownsProcess = loops != nil
        let loops = loops ?? ServingLoops(count: settings.threads)
        threadCount = loops.count
        group = loops.group
        var mailboxes: [ObjectIdentifier: LoopMailbox] = [:]
        for loop in group.makeIterator() { mailboxes[ObjectIdentifier(loop)] = LoopMailbox(eventLoop: loop) }
        self.mailboxes = mailboxes
        tidying = ownsProcess ? Tidying(eventLoop: group.next()) : nil
    }

    /// What the broker is told now; a reload changes it.
    package var settings: BrokerSettings { registry.withLock { $0.settings } }
    package var serverName: String { settings.serverName ?? serverID }

    /// The port that clients are served on, once started.
    package var clientPort: Int { registry.withLock { $0.clientPort } }
    /// The port that monitoring is served on, once started.
    package var httpPort: Int? { registry.withLock { $0.httpPort } }
    /// The port that WebSockets are served on, once started.
    package var webSocketPort: Int? { registry.withLock { $0.webSocketPort } }

    /// What has been opened, in that order.
    var listeners: [Listener] { registry.withLock { $0.listeners } }

    /// Notes a listener that has been opened.
    func opened(_ listener: Listener) {
        registry.withLock { registry in
            registry.listeners.append(listener)
            switch listener.purpose {
            case .clients: registry.clientPort = listener.port
            case .monitoring: registry.httpPort = listener.port
            case .webSockets: registry.webSocketPort = listener.port
            }
        }
    }

    /// The next client's number. Counts it among the connections there ever were.
    func nextConnectionID() -> UInt64 {
        counters.totalConnections.wrappingAdd(1, ordering: .relaxed)
        return registry.withLock { registry in
            registry.lastID += 1
            return registry.lastID
        }
    }

    /// What every INFO says, before a connection adds its own.
    var info: ServerInfo {
        let settings = settings
        let advertised = settings.clientAdvertise.map { HostPort.split($0) ?? (host: $0, port: "") }
        let port = advertised.flatMap { Int($0.port) } ?? 0
        var info = ServerInfo(
            serverID: serverID, serverName: serverName, version: BrokerSettings.natsVersion,
            host: advertised?.host ?? settings.host ?? "0.0.0.0", port: port > 0 ? port : clientPort,
            maxPayload: settings.maxPayload)
        info.authRequired = settings.authenticator.asksForCredentials
        if let tls = settings.tls {
            info.tlsRequired = !settings.allowsNonTLS
            info.tlsAvailable = settings.allowsNonTLS
            info.tlsVerify = tls.verifies
        }
        info.hasJetStream = jetStream.withLock { $0 != nil }
        info.domain = info.hasJetStream ? settings.jetStream?.streams.domain ?? "" : ""
        info.lameDuckMode = registry.withLock { $0.isLameDuck }
        return info
    }

    func account(named name: String) -> Account? {
        registry.withLock { $0.accounts[name] }
    }

    /// All accounts, by name.
    var accounts: [Account] {
        registry.withLock { $0.accounts.values.sorted { $0.name < $1.name } }
    }

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

    // MARK: Starting and stopping

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
        try? await group.shutdownGracefully()
    }

    // MARK: Connections

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
        let snapshot = connection.snapshot(withSubscriptions: isModest)
        registry.withLock { registry in
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

    /// When the settings were read.
    var configured: WallClock { registry.withLock { $0.configured } }

    static func join(_ host: String, _ port: Int) -> String {
        host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }
}

/// An address that cannot be listened on.
package struct ListenError: StartFailure {
    enum Purpose {
        case clients, monitoring, webSockets
    }

    /// What the address was wanted for.
    var purpose: Purpose
    /// `host:port`, as nats-server's messages give it.
    package var address: String
    /// What could not be done, behind `listen tcp`.
    package var reason: String

    private var goReason: String {
        reason.hasPrefix("address") || reason.hasPrefix("lookup") ? "listen tcp: \(reason)" : "listen tcp \(reason)"
    }

    /// nats-server's line for it.
    package var message: String {
        switch purpose {
        case .clients: "Error listening on port: \(address), \(GoText.quoted(goReason))"
        case .webSockets: "Unable to listen for websocket connections: \(goReason)"
        case .monitoring: "Can't start monitoring: can't listen to the monitor port: \(goReason)"
        }
    }
}
