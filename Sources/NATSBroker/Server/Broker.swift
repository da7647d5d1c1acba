import DequeModule
import NATSAccounts
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
    private let group: MultiThreadedEventLoopGroup
    private let mailboxes: [ObjectIdentifier: LoopMailbox]
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
        // Accounts and the system itself have the first numbers.
        var lastID: UInt64 = 4
        var clientPort = 0
        var httpPort: Int?
        var listeners: [any Channel] = []
        var isLameDuck = false
        /// What connections that have gone leave to the totals.
        var gone = Traffic()
        /// Connections that have gone, oldest first, no more than `maxClosedClients`.
        var closed: Deque<ConnectionSnapshot> = []
        /// How often each monitoring document was asked for.
        var requests: [String: Int] = [:]

        /// Makes the accounts that the settings name and that are not there, and ties all of them together.
        mutating func addAccounts() {
            for name in [settings.systemAccount] + settings.accounts where accounts[name] == nil {
                accounts[name] = Account(name: name)
            }
            let links = AccountLinks.all(in: settings, accounts)
            for (name, account) in accounts { account.configure(links[name] ?? AccountLinks()) }
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

    init(settings: BrokerSettings, log: ServerLog) {
        self.log = log
        var random = SystemRandomNumberGenerator()
        serverID = ServerIdentity.make(using: &random)
        let globalAccount = Account(name: Authenticator.globalAccount)
        self.globalAccount = globalAccount
        var registry = Registry(settings: settings, accounts: [globalAccount.name: globalAccount])
        registry.addAccounts()
        self.registry = Mutex(registry)
        threadCount = settings.threads ?? System.coreCount
        group = MultiThreadedEventLoopGroup(numberOfThreads: threadCount)
        var mailboxes: [ObjectIdentifier: LoopMailbox] = [:]
        for loop in group.makeIterator() { mailboxes[ObjectIdentifier(loop)] = LoopMailbox(eventLoop: loop) }
        self.mailboxes = mailboxes
    }

    /// What the broker is told now; a reload changes it.
    package var settings: BrokerSettings { registry.withLock { $0.settings } }
    package var serverName: String { settings.serverName ?? serverID }

    /// The port that clients are served on, once started.
    package var clientPort: Int { registry.withLock { $0.clientPort } }
    /// The port that monitoring is served on, once started.
    package var httpPort: Int? { registry.withLock { $0.httpPort } }

    /// What every INFO says, before a connection adds its own.
    var info: ServerInfo {
        var info = ServerInfo(
            serverID: serverID, serverName: serverName, version: BrokerSettings.natsVersion,
            host: settings.host ?? "0.0.0.0", port: clientPort, maxPayload: settings.maxPayload)
        info.authRequired = settings.authenticator.asksForCredentials
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
    func reload(_ settings: BrokerSettings) {
        let connections = registry.withLock { registry in
            var next = settings
            next.host = registry.settings.host
            next.port = registry.settings.port
            next.httpHost = registry.settings.httpHost
            next.httpPort = registry.settings.httpPort
            next.serverName = registry.settings.serverName
            registry.settings = next
            registry.addAccounts()
            return Array(registry.connections.values)
        }
        for connection in connections {
            connection.eventLoop.execute { connection.adopt(settings) }
        }
    }

    // MARK: Starting and stopping

    /// Opens the listeners.
    ///
    /// - Throws: ``ListenError`` when an address cannot be had.
    package func start() async throws(ListenError) {
        if settings.httpPort != nil { try await startMonitoring() }
        let settings = settings
        let channel = try await listen(.clients, settings.host, settings.port) { channel in
            channel.eventLoop.makeCompletedFuture { try self.accept(channel) }
        }
        registry.withLock {
            $0.clientPort = channel.localAddress?.port ?? settings.port
            $0.listeners.append(channel)
        }
        log.info("Listening for client connections on \(Self.join(settings.host ?? "0.0.0.0", clientPort))")
    }

    private func startMonitoring() async throws(ListenError) {
        let settings = settings
        let host = settings.httpHost ?? settings.host
        let channel = try await listen(.monitoring, host, settings.httpPort ?? 0) { channel in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.configureHTTPServerPipeline(withErrorHandling: true)
                try channel.pipeline.syncOperations.addHandler(MonitoringHandler(broker: self))
            }
        }
        registry.withLock {
            $0.httpPort = channel.localAddress?.port
            $0.listeners.append(channel)
        }
        log.info("Starting http monitor on \(Self.join(host ?? "0.0.0.0", httpPort ?? 0))")
    }

    private func accept(_ channel: any Channel) throws {
        guard let mailbox = mailboxes[ObjectIdentifier(channel.eventLoop)] else { return }
        let id = registry.withLock { registry in
            registry.lastID += 1
            return registry.lastID
        }
        counters.totalConnections.wrappingAdd(1, ordering: .relaxed)
        let connection = Connection(id: id, broker: self, channel: channel, mailbox: mailbox)
        try channel.pipeline.syncOperations.addHandler(connection)
    }

    private func listen(
        _ purpose: ListenError.Purpose,
        _ host: String?,
        _ port: Int,
        _ initialize: @escaping @Sendable (any Channel) -> EventLoopFuture<Void>
    ) async throws(ListenError) -> any Channel {
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1_024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer(initialize)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.maxMessagesPerRead, value: 4)
            .childChannelOption(
                .recvAllocator, value: AdaptiveRecvByteBufferAllocator(minimum: 512, initial: 2_048, maximum: 131_072)
            )
            .childChannelOption(.writeBufferWaterMark, value: .init(low: 1, high: 2))
        do {
            // As in Go, every IPv4 address stands for every address at all.
            if let host, host != "0.0.0.0" { return try await bootstrap.bind(host: host, port: port).get() }
            do {
                return try await bootstrap.bind(host: "::", port: port).get()
            } catch let error as IOError where error.errnoCode == EAFNOSUPPORT || error.errnoCode == EADDRNOTAVAIL {
                return try await bootstrap.bind(host: "0.0.0.0", port: port).get()
            }
        } catch {
            let reason = (error as? IOError).map { systemErrorText($0.errnoCode) } ?? "\(error)"
            throw ListenError(purpose: purpose, address: Self.join(host ?? "0.0.0.0", port), reason: reason)
        }
    }

    /// The document of the ports file.
    var portsDocument: String {
        let clients = JSONValue.string("nats://" + Self.join(settings.host ?? "0.0.0.0", clientPort))
        var members = [JSONValue.Member("nats", .array([clients]))]
        if let httpPort {
            let host = settings.httpHost ?? settings.host ?? "0.0.0.0"
            members.append(.init("monitoring", .array([.string("http://" + Self.join(host, httpPort))])))
        }
        return String(decoding: JSONValue.object(members).encoded(), as: UTF8.self)
    }

    /// Takes no more clients, tells those that are there, and lets them go one by one.
    func retire() async {
        log.info("Entering lame duck mode, stop accepting new clients")
        let (listeners, connections) = registry.withLock { registry in
            registry.isLameDuck = true
            return (registry.listeners, Array(registry.connections.values))
        }
        for listener in listeners where listener.localAddress?.port == clientPort {
            try? await listener.close().get()
        }
        guard !connections.isEmpty else { return }
        for connection in connections { connection.announceLameDuck() }
        try? await Task.sleep(for: settings.lameDuckGracePeriod)
        log.info("Closing existing clients")
        let whole = max(settings.lameDuckDuration - settings.lameDuckGracePeriod, .seconds(1))
        let pause = min(whole / connections.count, .seconds(1))
        for connection in connections {
            connection.eventLoop.execute { connection.close(.serverShutdown) }
            try? await Task.sleep(for: pause)
        }
    }

    /// Stops serving: closes the listeners, then every connection, then the threads.
    package func stop() async {
        let (listeners, connections) = registry.withLock { ($0.listeners, Array($0.connections.values)) }
        for listener in listeners { try? await listener.close().get() }
        for connection in connections {
            try? await connection.eventLoop.submit { connection.close(.serverShutdown) }.get()
        }
        // Accounts that import from each other hold each other.
        for account in accounts { account.configure(AccountLinks()) }
        try? await group.shutdownGracefully()
    }

    // MARK: Connections

    /// - Returns: false when there are as many as may be.
    func register(_ connection: Connection) -> Bool {
        registry.withLock { registry in
            if let limit = registry.settings.maxConnections, registry.connections.count >= limit { return false }
            registry.connections[connection.id] = connection
            return true
        }
    }

    /// To be called on the connection's event loop, while it still has its subscriptions.
    func unregister(_ connection: Connection) {
        let snapshot = connection.snapshot()
        registry.withLock { registry in
            registry.gone += snapshot.traffic
            registry.connections[connection.id] = nil
            registry.closed.append(snapshot)
            if registry.closed.count > registry.settings.maxClosedClients { registry.closed.removeFirst() }
        }
    }

    /// Connections that have gone, oldest first.
    var closedConnections: [ConnectionSnapshot] { registry.withLock { Array($0.closed) } }

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
    ]

    /// Everybody who is connected, by number.
    var connections: [Connection] {
        registry.withLock { $0.connections.values.sorted { $0.id < $1.id } }
    }

    /// The traffic of connections that have gone.
    var goneTraffic: Traffic { registry.withLock { $0.gone } }

    static func join(_ host: String, _ port: Int) -> String {
        host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }
}

/// An address that cannot be listened on.
package struct ListenError: Error {
    enum Purpose {
        case clients, monitoring
    }

    /// What the address was wanted for.
    var purpose: Purpose
    /// `host:port`, as nats-server's messages give it.
    package var address: String
    /// The system's word for why.
    package var reason: String

    /// nats-server's line for it.
    package var message: String {
        switch purpose {
        case .clients: "Error listening on port: \(address), \"listen tcp \(address): bind: \(reason)\""
        case .monitoring: "Can't listen to the monitor port: listen tcp \(address): bind: \(reason)"
        }
    }
}
