import NATSAccounts
import NATSSubjects
import NATSWire
import NIOCore
import Synchronization

/// One client: the channel handler that reads its frames, and the outbox that others put its messages into.
///
/// Everything but the outbox belongs to the connection's event loop and is touched there alone; that is why the class may
/// call itself sendable. The outbox is reached from every loop, through ``accept(_:for:)`` and under its lock only. Nobody
/// holds two outbox locks at once, nor takes an account's lock while holding one.
final class Connection: ChannelInboundHandler, @unchecked Sendable {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

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

    // MARK: The channel's life

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    func channelActive(context: ChannelHandlerContext) {
        begin(context)
    }

    /// Greets the client and begins to serve it, or leaves that to the transport.
    func begin(_ context: ChannelHandlerContext) {
        if let address = context.remoteAddress {
            let host = address.ipAddress ?? ""
            // An IPv4 client of a listener for both families.
            remoteHost = host.hasPrefix("::ffff:") ? String(host.dropFirst(7)) : host
            remotePort = address.port ?? 0
        }
        let host = remoteHost.contains(":") ? "[\(remoteHost)]" : remoteHost
        label = transport?.label(host, remotePort, id) ?? "\(host):\(remotePort) - cid:\(id)"
        log.debug("\(label) - Client connection created")
        if transport?.holdsInfo != true { enqueue(info(isConnectInfo: false).frame()) }
        guard broker.register(self) else {
            refuseForTooMany()
            return
        }
        drain()
        if transport?.isSettled ?? true { startServing() }
    }

    /// Starts the timers of a client that the transport has let through.
    func startServing() {
        if isAwaitingConnect {
            startAuthTimer()
        } else {
            announcedAccount = account
            broker.move(self, from: nil, to: account)
        }
        startPingTimer(after: pingInterval)
    }

    /// Turns the client away because there are as many as may be.
    func refuseForTooMany() {
        guard closeReason == nil else { return }
        sendError("maximum connections exceeded")
        drain()
        // Of what may be logged very often, nats-server says whom it concerns once more.
        let account = announcedAccount.map { " - Account:\($0.name)" } ?? ""
        let user = options.user.isEmpty ? "" : " - user:\(options.user)"
        log.error("\(label) - maximum connections exceeded\(account)\(user)")
        close(.maxConnectionsExceeded)
    }

    func channelInactive(context: ChannelHandlerContext) {
        if let transport, transport.handshake == .pending { failHandshake("EOF", isProbe: false) }
        close(.clientClosed)
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        failTransport(error)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if transport?.handshake == .pending { transportEvent(event, context) }
        if case ChannelEvent.inputClosed? = event as? ChannelEvent { close(.clientClosed) }
        context.fireUserInboundEventTriggered(event)
    }

    func info(isConnectInfo: Bool) -> ServerInfo {
        var info = broker.info
        info.clientID = id
        info.clientIP = remoteHost
        info.nonce = nonce
        info.maxPayload = maxPayload
        if isConnectInfo {
            info.isConnectInfo = true
            info.nonce = ""
            // This one says what holds for everybody, a user for clients without credentials or not.
            info.authRequired = authenticator.isRequired
            info.remoteAccount = account.name
            info.isSystemAccount = account.name == settings.systemAccount
        }
        transport?.adjust(&info, authenticator, isRequired: settings.authenticator.isRequired)
        return info
    }

    // MARK: Reading

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard closeReason == nil else { return }
        var buffer = unwrapInboundIn(data)
        guard !isVerifying else {
            stash.writeBuffer(&buffer)
            return
        }
        consume(&buffer)
    }

    /// Acts on what has arrived.
    private func consume(_ buffer: inout ByteBuffer) {
        if stash.readableBytes > 0 { completeStash(&buffer) }
        if isVerifying {
            stash.writeBuffer(&buffer)
        } else if closeReason == nil, buffer.readableBytes > 0 {
            let (consumed, needs) = buffer.withUnsafeReadableBytes { read($0) }
            if consumed < buffer.readableBytes, closeReason == nil {
                buffer.moveReaderIndex(forwardBy: consumed)
                stashNeeds = needs
                stash.reserveCapacity(max(needs, buffer.readableBytes))
                stash.writeBuffer(&buffer)
            }
        }
        wakeReceivers()
        if mustStall { pauseReading() }
    }

    /// Goes on with what has arrived while a password was computed.
    func resumeAfterVerifying() {
        isVerifying = false
        context?.channel.setOption(.autoRead, value: true).whenFailure { _ in }
        guard closeReason == nil else { return }
        var waiting = stash
        stash = ByteBuffer()
        stashNeeds = 0
        consume(&waiting)
    }

    /// Moves just enough bytes to the stash to finish the frame in it, so that the rest can be read in place.
    private func completeStash(_ buffer: inout ByteBuffer) {
        while buffer.readableBytes > 0, stash.readableBytes > 0, closeReason == nil, !isVerifying {
            let wanted: Int
            if stashNeeds > stash.readableBytes {
                wanted = min(stashNeeds - stash.readableBytes, buffer.readableBytes)
            } else {
                let view = buffer.readableBytesView
                wanted = view.firstIndex(of: 0x0A).map { $0 - view.startIndex + 1 } ?? buffer.readableBytes
            }
            if var piece = buffer.readSlice(length: wanted) { stash.writeBuffer(&piece) }
            if stash.readableBytes < stashNeeds { return }
            // What is read may end the connection, which empties the stash: it must not be in use then.
            var frame = stash
            stash = ByteBuffer()
            let (consumed, needs) = frame.withUnsafeReadableBytes { read($0) }
            frame.moveReaderIndex(forwardBy: consumed)
            guard closeReason == nil, frame.readableBytes > 0 else { continue }
            stash = frame
            stashNeeds = needs
        }
    }

    /// Acts on every whole frame in `bytes`.
    ///
    /// - Returns: how many bytes were used, and how many the frame behind them takes, as far as that is known.
    func read(_ bytes: UnsafeRawBufferPointer) -> (consumed: Int, needs: Int) {
        var offset = 0
        var last = RepeatedPublish()
        while offset < bytes.count {
            if isAwaitingConnect, !admitsWithoutConnect(bytes[offset]) { return (bytes.count, 0) }
            if last.isRepeated(in: bytes, at: offset) {
                offset += publish(last, at: offset, bytes)
                if closeReason != nil { return (bytes.count, 0) }
                continue
            }
            if let (frame, next) = scanner.scanPlainPublish(bytes, from: offset) {
                publish(frame, bytes)
                last = RepeatedPublish(frame, from: offset)
                offset = next
                if closeReason != nil { return (bytes.count, 0) }
                continue
            }
            // Whatever else comes may change what is allowed.
            last = RepeatedPublish()
            switch scanner.scan(bytes, from: offset) {
            case .frame(.publish(let frame), let next):
                publish(frame, bytes)
                offset = next
            case .frame(let frame, let next):
                handle(frame, bytes)
                offset = next
                if isVerifying { return (offset, 0) }
            case .incomplete(let count):
                return (offset, count)
            case .failed(let error):
                fail(error, bytes)
                return (bytes.count, 0)
            }
            if closeReason != nil { return (bytes.count, 0) }
        }
        return (offset, 0)
    }

    /// The way in which the client came.
    var connectionKind: ConnectionKind { transport?.upgrade == nil ? .standard : .webSocket }

    /// The same, as services are told.
    var clientType: String { transport?.upgrade == nil ? "nats" : "websocket" }

    // MARK: Waking those who were given something

    func wakeReceivers() {
        if !workersToWake.isEmpty {
            let workers = workersToWake
            workersToWake = []
            for worker in workers { worker.wake() }
        }
        guard !toWake.isEmpty else { return }
        for connection in toWake {
            if connection.mailbox === mailbox {
                connection.drain()
            } else {
                connection.mailbox.post(CollectionOfOne(connection))
            }
        }
        toWake.removeAll(keepingCapacity: true)
    }
}
