import NATSAccounts
import NATSWire
import NIOCore
import Synchronization

/// One client: the channel handler that reads its frames, and the outbox that others put its messages into.
///
/// Everything but the outbox belongs to the connection's event loop and is touched there alone; that is why the class may
/// call itself sendable. The outbox is reached from every loop, through ``accept(_:for:)`` and under its lock only. Nobody
/// holds two outbox locks at once, nor takes an account's lock while holding one.
final class Connection: @unchecked Sendable {
    let id: UInt64
    let broker: Broker
    /// What the broker was told last.
    var settings: BrokerSettings
    /// The settings' `maxPending`, for the hot path.
    let maxPending: Int
    let log: ServerLog
    let eventLoop: any EventLoop
    let mailbox: LoopMailbox
    let started = WallClock.now()
    let startedAt = NIODeadline.now()
    let outbox: Mutex<Outbox>
    /// Nil where the client has a plain socket.
    let transport: ClientTransport?

    // MARK: What the event loop owns

    var context: ChannelHandlerContext?
    var remoteHost = ""
    var remotePort = 0
    /// How the log names the connection: `127.0.0.1:4711 - cid:5`, and more once CONNECT has come.
    var label = ""

    var authenticator: Authenticator
    /// Read for every message, so that what the compiler cannot prove must not be checked for each: nothing that changes it
    /// comes back to it meanwhile.
    @exclusivity(unchecked) var options = ConnectOptions()
    var scanner: ClientFrameScanner
    /// The beginning of a frame whose end has not arrived.
    var stash = ByteBuffer()
    /// How many bytes the stashed frame takes in all; 0 while the end of its line is not known.
    var stashNeeds = 0
    /// Whether the stash began inside of a frame's arguments.
    var isLineSplit = false
    /// Whether the stash ends with a return that may be the first half of a line's end.
    var hasReturnAtEnd = false
    /// How many bytes have arrived behind what is read from the stash.
    var bytesBehindStash = 0
    /// Whether a pedantic client has been told of the subject of the message in the stash.
    var hasCheckedSubject = false

    var account: Account
    var permissions: Permissions?
    /// The account whose connection this was last announced to be.
    var announcedAccount: Account?
    /// What INFO asks the client to sign; empty where nobody has a key.
    let nonce: String
    /// The password that the client has shown, so that it need not be computed again after a reload.
    var provenPassword: PasswordProof?
    /// Whether a password is being computed, and what arrives meanwhile waits.
    var isVerifying = false
    /// Whether the client is counted in its account.
    var isInAccount = false
    /// The narrower of the server's bound and the account's, in bytes.
    var maxPayload: Int
    /// The narrower of the server's bound and the account's; nil for none.
    var maxSubscriptions: Int?
    var isAwaitingConnect: Bool
    var hasConnected = false
    var hasSentFirstPong = false
    var echo = true
    var verbose = true
    var noResponders = false

    var subscriptions: [[UInt8]: Subscription] = [:]
    /// Those that have ended together and are still to be taken out of their accounts.
    var leaving: [Subscription] = []
    /// Unchecked for the same reason as ``options``.
    @exclusivity(unchecked) var routes = RouteCache()
    var lastRoute: Unmanaged<Route>?
    /// Connections that were given something while the current bytes were read.
    var toWake: [Connection] = []
    /// Accounts' streams that were given something while the current bytes were read.
    var workersToWake: [StreamWorker] = []
    var randomState: UInt64

    var inMessages = 0
    var inBytes = 0
    var lastActivity = WallClock.now()
    var lastInbound = NIODeadline.now()
    var roundTrip: TimeAmount?
    /// Nil before the first one.
    var pingSentAt: NIODeadline?
    var pingsOut = 0
    var pingTimer: Scheduled<Void>?
    var authTimer: Scheduled<Void>?
    var writeTimer: Scheduled<Void>?

    /// True from the moment that nothing more is read from the client.
    var closeReason: CloseReason?
    /// True while the socket has not taken all that it was given.
    var isWriteBlocked = false
    /// A drained buffer that is used again.
    var spare = ByteBuffer()
    /// Set when a consumer of its messages falls far behind: reading pauses after the current bytes.
    var mustStall = false
    var isReadPaused = false
    /// How often reading has paused.
    var stalls = 0

    convenience init(
        id: UInt64,
        broker: Broker,
        channel: any Channel,
        mailbox: LoopMailbox,
        transport: ClientTransport? = nil
    ) {
        self.init(
            id: id, broker: broker, settings: broker.settings, allocator: channel.allocator, mailbox: mailbox,
            account: broker.globalAccount, transport: transport)
    }

    init(
        id: UInt64,
        broker: Broker,
        settings: BrokerSettings,
        allocator: ByteBufferAllocator,
        mailbox: LoopMailbox,
        account: Account,
        transport: ClientTransport? = nil
    ) {
        self.id = id
        self.broker = broker
        self.settings = settings
        self.transport = transport
        maxPending = settings.maxPending
        authenticator = settings.authenticator(for: transport)
        log = broker.log
        eventLoop = mailbox.eventLoop
        self.mailbox = mailbox
        outbox = Mutex(Outbox(allocator: allocator))
        scanner = ClientFrameScanner(
            maxControlLine: settings.maxControlLine,
            maxPayload: settings.payloadBound,
            takesHeaders: false)
        self.account = account
        isAwaitingConnect = authenticator.isRequired
        nonce = authenticator.needsNonce ? NKeySignature.makeNonce() : ""
        maxPayload = settings.maxPayload
        maxSubscriptions = settings.maxSubscriptions
        randomState = UInt64.random(in: 1 ... .max)
        outbox.withLock { outbox in
            if settings.log.trace { outbox.acceptance = [.accepted, .isTraced] }
            outbox.dropsWhenNearlyFull = settings.noFastProducerStall
        }
    }

    /// The way in which the client came.
    var connectionKind: ConnectionKind { transport?.upgrade == nil ? .standard : .webSocket }

    /// The same, as services are told.
    var clientType: String { transport?.upgrade == nil ? "nats" : "websocket" }
}
