/// How to connect, and how to behave once connected. The defaults are those of the other NATS clients.
public struct ConnectionOptions: Sendable {
    /// The servers to try, in order.
    public var servers: [ServerAddress]

    /// Credentials for servers whose address carries none.
    public var credentials: Credentials?

    /// Certificates and authorities for TLS.
    public var tls = TLSOptions()

    /// The name that the server's monitoring shows for this connection.
    public var name = ""

    /// Whether messages that this connection publishes reach its own subscriptions.
    public var echo = true

    /// Whether the server acknowledges every frame with `+OK`. Of use to nobody but testers.
    public var verbose = false

    /// Whether the server checks subjects more strictly.
    public var pedantic = false

    /// How long one attempt to connect may take, from the first packet to the server's welcome.
    public var connectTimeout = Duration.seconds(2)

    /// How often the connection is checked by a ping.
    public var pingInterval = Duration.seconds(120)

    /// How many pings may stay without an answer before the connection counts as dead.
    public var maximumPingsOutstanding = 2

    /// Whether a lost connection is made again, and how.
    public var reconnection: Reconnection? = Reconnection()

    /// How many bytes may be published while there is no connection. They are sent as soon as there is one.
    public var reconnectBufferSize = 8 << 20

    /// What inboxes begin with. A user who may subscribe to one prefix only needs it set to that.
    public var inboxPrefix = "_INBOX"

    /// How many messages a subscription holds for a consumer that is behind.
    public var pendingMessageLimit = 500_000

    /// How many bytes of payload a subscription holds for a consumer that is behind.
    public var pendingByteLimit = 64 << 20

    /// How long ``NATSConnection/drain()`` waits for consumers.
    public var drainTimeout = Duration.seconds(30)

    /// Options for the given servers.
    public init(servers: [ServerAddress] = [ServerAddress(host: "127.0.0.1")]) {
        self.servers = servers
    }
}

/// How a lost connection is made again.
public struct Reconnection: Sendable {
    /// How often a server is tried before it is given up; `nil` for ever.
    public var maximumAttempts: Int? = 60

    /// How long to wait before the given round of attempts, counted from 0, through all known servers.
    public var delay: @Sendable (_ round: Int) -> Duration

    /// Whether to go on after a server has refused the credentials twice.
    public var continuesAfterAuthorizationErrors = false

    /// A round of attempts every two seconds, with up to 100 ms more so that clients don't come back all at once.
    public init(
        maximumAttempts: Int? = 60,
        delay: @escaping @Sendable (_ round: Int) -> Duration = { _ in .milliseconds(2000 + Int.random(in: 0...100)) }
    ) {
        self.maximumAttempts = maximumAttempts
        self.delay = delay
    }
}
