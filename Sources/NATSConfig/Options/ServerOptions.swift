/// Everything that one node's configuration file can say, typed.
///
/// A property is nil, false or empty when the file doesn't say; ``completed()`` fills in nats-server's defaults. Command-line
/// flags are laid over the file's options before that.
package struct ServerOptions: Sendable, Hashable {
    /// The file that the options came from; empty when there was none.
    package var configFile = ""

    // MARK: Where the server listens

    /// `host`, `net`, or the host part of `listen`. The default is every interface.
    package var host = ""
    /// `port`, or the port part of `listen`. 0 stands for the default, 4222; −1 for any free port.
    package var port = 0
    /// The host and port that `INFO` tells clients instead of its own.
    package var clientAdvertise = ""
    package var monitoring = MonitoringOptions()
    package var websocket: WebSocketOptions?
    package var tls: TLSOptions?
    /// Whether clients without TLS are let in beside those with it.
    package var allowNonTLS = false
    /// Whether the PROXY protocol is expected before a client's first byte.
    package var proxyProtocol = false

    // MARK: Who the server is

    package var serverName = ""
    /// In lower case and without duplicates, as nats-server keeps them.
    package var serverTags: [String] = []
    package var serverMetadata: [String: String] = [:]
    package var featureFlags: [String: Bool] = [:]

    // MARK: Who may do what

    package var accounts: [AccountOptions] = []
    /// The users of `authorization` and of all accounts.
    package var users: [UserOptions] = []
    /// The users who sign with a key, of `authorization` and of all accounts.
    package var nkeys: [NKeyUserOptions] = []
    package var authorization: AuthorizationOptions?
    /// The user whose rights a client without credentials has; empty for none.
    package var noAuthUser = ""
    /// `system_account`; empty for the default one, `$SYS`.
    package var systemAccount = ""
    /// `no_sys_acc`: the server has no system account.
    package var noSystemAccount = false
    package var defaultSentinel = ""
    package var trustedProxies: [String] = []
    /// `mappings` at the top level: those of the global account.
    package var mappings: [SubjectMapping] = []

    // MARK: Limits

    package var limits = LimitOptions()
    package var noHeaderSupport = false
    package var noSublistCache = false
    package var noFastProducerStall = false

    // MARK: Time

    /// How often a silent client is pinged.
    package var pingInterval: Duration?
    /// How many pings may go unanswered.
    package var maxPingsOut = 0
    /// How long a write to a client may take.
    package var writeDeadline: Duration?
    package var writeTimeout = WriteTimeoutPolicy.default
    package var lameDuckDuration: Duration?
    package var lameDuckGracePeriod: Duration?

    // MARK: Logs and files

    package var logging = LoggingOptions()
    package var pidFile = ""
    package var portsFileDirectory = ""
    package var profilingPort = 0
    package var profilingBlockRate = 0
    package var connectErrorReports = 0
    package var reconnectErrorReports = 0

    // MARK: JetStream

    package var jetStream = JetStreamOptions()
    /// Account to domain, from `default_js_domain`.
    package var defaultJetStreamDomains: [String: String] = [:]

    /// What the file asks for and the bundled broker does not have. Not nats-server's concern, so it is no refusal yet.
    package var unsupported: [ConfigProblem] = []

    package init() {}
}

/// What happens to a client whose write did not end in time.
package enum WriteTimeoutPolicy: String, Sendable, Hashable {
    case `default`, close, retry
}

/// Bounds on what clients may do. 0 stands for the default, see ``ServerOptions/completed()``.
package struct LimitOptions: Sendable, Hashable {
    /// −1 for none. The file's 0 is stored as −1, as nats-server does.
    package var maxConnections = 0
    /// Bytes; headers are part of a payload.
    package var maxPayload: Int32 = 0
    /// Bytes of a protocol line.
    package var maxControlLine: Int32 = 0
    /// Bytes that may wait for a slow client.
    package var maxPending: Int64 = 0
    /// Subscriptions of one connection; 0 for no limit.
    package var maxSubscriptions = 0
    /// Tokens of a subject that is subscribed to; 0 for no limit.
    package var maxSubscriptionTokens: UInt8 = 0
    /// How many closed connections `/connz` remembers.
    package var maxClosedClients = 0
}

/// What is logged, and where to.
package struct LoggingOptions: Sendable, Hashable {
    /// Nil where the file doesn't say, so that the command line's defaults hold.
    package var debug: Bool?
    package var trace: Bool?
    package var traceVerbose: Bool?
    package var traceHeaders: Bool?
    /// Whether lines begin with the time; true by default.
    package var time: Bool?
    package var timeInUTC: Bool?
    package var file = ""
    /// Bytes after which the file is rotated; 0 for never.
    package var fileSizeLimit: Int64 = 0
    /// How many rotated files are kept; 0 for all.
    package var fileMaxCount: Int64 = 0
    package var syslog: Bool?
    package var remoteSyslog = ""
    /// Bytes of a message that a trace shows; 0 for all.
    package var maxTracedMessageLength = 0

    package init() {}
}

/// The HTTP endpoints such as `/varz`.
package struct MonitoringOptions: Sendable, Hashable {
    /// Empty: the host that clients connect to.
    package var host = ""
    /// 0 for no endpoint, −1 for any free port.
    package var port = 0
    /// 0 for no endpoint, −1 for any free port. Needs `tls`.
    package var securePort = 0
    package var basePath = ""

    package init() {}
}
