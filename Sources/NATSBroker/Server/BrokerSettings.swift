import GoFormats
import JetStream
package import NATSAccounts
package import NATSConfig

/// Everything that a running broker is told, defaults filled in. Immutable: a reload makes another one.
package struct BrokerSettings: Sendable {
    /// The version of nats-server whose behaviour is implemented.
    package static let natsVersion = "2.15.1"
    /// Launchpad's own version, which the log's first lines and `/varz` name.
    package static let launchpadVersion = "0.1.0"

    package var serverName: String?
    /// Nil for every address, IPv6 and IPv4.
    package var host: String?
    /// 0 for any free port.
    package var port = 4222
    package var httpHost: String?
    /// Nil where monitoring is off; 0 for any free port.
    package var httpPort: Int?
    package var httpBasePath = ""
    /// Whether monitoring is HTTPS, by the listener's certificate.
    package var monitorsSecurely = false
    /// Nil where clients have no TLS.
    var tls: TLSEndpoint?
    /// Whether clients without TLS are let in beside those with it.
    var allowsNonTLS = false
    /// Nil where there is no listener for WebSockets.
    var webSocket: WebSocketSettings?
    package var clientAdvertise: String?
    package var authenticator = Authenticator(rule: .open)
    /// The names of all accounts besides the global one and the system account.
    package var accounts: [String] = []
    /// What the configuration says about them, users aside.
    package var accountOptions: [AccountOptions] = []
    /// Nil where JetStream is off.
    var jetStream: JetStreamSetup?
    /// What the accounts that have JetStream may use of it.
    var jetStreamAccounts: [String: JetStream.AccountLimits] = [:]
    /// Mappings of the global account.
    package var mappings: [SubjectMapping] = []
    package var systemAccount = "$SYS"
    /// False where the server was told to have no system account.
    package var hasSystemAccount = true
    package var maxConnections: Int? = 65_536
    /// The number of subscriptions a connection may have; nil for any.
    package var maxSubscriptions: Int?
    package var maxSubscriptionTokens: Int?
    package var maxControlLine = 4_096
    /// -1 for any size.
    package var maxPayload = 1_048_576
    package var maxPending = 67_108_864
    package var pingInterval: Duration = .seconds(120)
    package var maxPingsOut = 2
    package var writeDeadline: Duration = .seconds(10)
    package var authTimeout: Duration = .seconds(2)
    package var lameDuckDuration: Duration = .seconds(120)
    package var lameDuckGracePeriod: Duration = .seconds(10)
    package var maxTracedMessageLength: Int?
    package var noHeaders = false
    /// Whether publishers go on at full speed while a consumer falls behind, which misses messages then.
    package var noFastProducerStall = false
    package var maxClosedClients = 10_000
    package var portsFileDirectory: String?
    package var pidFile: String?
    /// The configuration file, for the log's start lines and for reloads.
    package var configFile: String?
    /// `sha256:…` of the configuration file.
    package var configDigest: String?
    package var serverTags: [String] = []
    package var serverMetadata: [String: String] = [:]
    package var featureFlags: [String: Bool] = [:]
    package var log = LogSettings()
    /// The number of event loops; nil for what suits the machine.
    package var threads: Int?

    /// The largest payload that clients may send; nil for any.
    var payloadBound: Int? { maxPayload == -1 ? nil : maxPayload }

    /// Why clients cannot be told the advertised address, in Go's words; nil where they can.
    var adComplaint: String? { clientAdvertise.flatMap(Self.complaint) }

    /// The same for those who connect by WebSocket.
    var webSocketAdComplaint: String? { webSocket.map(\.advertise).flatMap(Self.complaint) }

    private static func complaint(about advertised: String) -> String? {
        guard let port = HostPort.split(advertised)?.port, Int(port) == nil else { return nil }
        return "strconv.Atoi: parsing \(GoText.quoted(port)): invalid syntax"
    }

    package struct LogSettings: Sendable, Hashable {
        package var file: String?
        /// Bytes after which the file is put away and begins anew; 0 for never.
        package var sizeLimit = 0
        /// How many files are kept, the current one included; 0 for all.
        package var maxFiles = 0
        package var usesSystemLog = false
        /// `udp://host:port`, `tcp://host:port` or `unix:///path` of a system log.
        package var remoteSystemLog: String?
        package var showsTime = true
        package var usesUTC = false
        package var debug = false
        package var trace = false
        /// Whether a trace shows what the server itself publishes.
        package var tracesServer = false
        /// Whether a trace shows of messages nothing but their headers.
        package var tracesHeadersOnly = false

        package init() {}
    }

    package init() {}
}
