import NATSAccounts
import NATSWire
import NIOCore

/// The channel's life, from greeting to end.
extension Connection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

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

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard closeReason == nil else { return }
        var buffer = unwrapInboundIn(data)
        guard !isVerifying else {
            stash.writeBuffer(&buffer)
            return
        }
        consume(&buffer)
    }
}
