import JetStream
import NATSAccounts
import NATSConfig
import NATSWire
import NIOCore
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
    let registry: Mutex<Registry>

    /// Totals that monitoring shows.
    struct Counters: ~Copyable {
        let totalConnections = Atomic<Int>(0)
        let slowConsumers = Atomic<Int>(0)
        let staleConnections = Atomic<Int>(0)
        let stalledClients = Atomic<Int>(0)
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

    /// When the settings were read.
    var configured: WallClock { registry.withLock { $0.configured } }

    static func join(_ host: String, _ port: Int) -> String {
        host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }
}
