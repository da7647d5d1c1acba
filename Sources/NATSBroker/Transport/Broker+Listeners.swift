import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// The addresses that the broker listens on, and what becomes of those who connect to them.
extension Broker {
    /// Opens the listeners. Keeps the calling thread meanwhile, which must not be an event loop's.
    ///
    /// - Throws: ``ListenError`` when an address cannot be had, ``JetStreamEngine/Failure`` where nothing can be stored.
    package func start() throws {
        installServices()
        startStatistics()
        let settings = settings
        if let port = settings.httpPort { try listenForMonitoring(settings, port) }
        if let setup = settings.jetStream {
            let started = group.next().makePromise(of: Void.self)
            started.completeWithTask { try await self.startJetStream(setup) }
            try started.futureResult.wait()
        }
        if let webSocket = settings.webSocket { try listenForWebSockets(webSocket) }
        try listen(.clients, settings.host, settings.port) { channel in try self.accept(channel) }
        log.info("Listening for client connections on \(Self.join(settings.host ?? "0.0.0.0", clientPort))")
        if let tls = settings.tls { announce(tls, settings) }
    }

    private func announce(_ tls: TLSEndpoint, _ settings: BrokerSettings) {
        let isHandshakeFirst = tls.greeting == .handshakeFirst(fallback: nil)
        let isOptional = settings.allowsNonTLS && !isHandshakeFirst
        log.info("TLS \(isOptional ? "available" : "required") for client connections")
        if isHandshakeFirst {
            log.warning("Clients that are not using \"TLS Handshake First\" option will fail to connect")
        }
        guard tls.connectionRateLimit > 0 else { return }
        group.next().scheduleRepeatedTask(initialDelay: .seconds(1), delay: .seconds(1)) { _ in
            let refused = self.tlsRate.takeRefused()
            if refused > 0 { self.log.warning("Rejected \(refused) connections due to TLS rate limiting") }
        }
    }

    /// How long a request to monitoring may take to arrive.
    private static let monitoringPatience = TimeAmount.seconds(5)

    private func listenForMonitoring(_ settings: BrokerSettings, _ port: Int) throws(ListenError) {
        let host = settings.httpHost ?? settings.host
        let isSecure = settings.monitorsSecurely
        try listen(.monitoring, host, port) { channel in
            // All requests that are read at once are kept until their turn comes.
            try channel.syncOptions?.setOption(.maxMessagesPerRead, value: 1)
            try channel.syncOptions?.setOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 1_024))
            let pipeline = channel.pipeline.syncOperations
            if isSecure, let tls = self.settings.tls {
                try pipeline.addHandler(HTTPSGate())
                try pipeline.addHandler(NIOSSLServerHandler(context: tls.anonymousContext))
            }
            let requests = RequestGate(patience: Self.monitoringPatience)
            try pipeline.addHandler(requests)
            try pipeline.configureHTTPServerPipeline(withErrorHandling: false)
            try pipeline.addHandler(MonitoringHandler(broker: self, requests))
        }
        let scheme = isSecure ? "https" : "http"
        log.info("Starting \(scheme) monitor on \(Self.join(host ?? "0.0.0.0", httpPort ?? 0))")
    }

    private func listenForWebSockets(_ webSocket: WebSocketSettings) throws(ListenError) {
        try listen(.webSockets, webSocket.host, webSocket.port) { channel in try self.acceptWebSocket(channel) }
        let scheme = webSocket.tls == nil ? "ws" : "wss"
        log.info("Listening for websocket clients on \(scheme)://\(webSocket.host):\(webSocketPort ?? 0)")
        if webSocket.tls == nil { log.warning("Websocket not configured with TLS. DO NOT USE IN PRODUCTION!") }
    }

    // MARK: Those who connect

    private func accept(_ channel: any Channel) throws {
        let settings = settings
        let transport = settings.tls.map { ClientTransport($0) }
        guard let connection = makeConnection(channel, transport) else { return }
        try channel.pipeline.syncOperations.addHandler(ReadPace())
        if let transport, let tls = settings.tls {
            let gate = TLSGate(endpoint: tls, connection: connection, allowsPlain: settings.allowsNonTLS)
            transport.gate = gate
            try channel.pipeline.syncOperations.addHandler(gate)
        } else {
            // Without it the socket is closed first: whoever sees that might still meet the interest of the one who has gone.
            try channel.syncOptions?.setOption(.allowRemoteHalfClosure, value: true)
        }
        try channel.pipeline.syncOperations.addHandler(connection)
    }

    private func acceptWebSocket(_ channel: any Channel) throws {
        guard let webSocket = settings.webSocket else { return }
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandler(ReadPace())
        var gate: HTTPSGate?
        if let tls = webSocket.tls {
            let first = HTTPSGate()
            gate = first
            try pipeline.addHandler(first)
            try pipeline.addHandler(NIOSSLServerHandler(context: tls.context))
        }
        let requests = RequestGate(patience: nil)
        try pipeline.addHandler(requests)
        let decoder = ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .forwardBytes))
        try pipeline.addHandler(decoder)
        try pipeline.addHandler(WebSocketAcceptor(self, webSocket, decoder: decoder, requests: requests, gate: gate))
    }

    /// A connection for a client on `channel`, which is one of the broker's own.
    func makeConnection(_ channel: any Channel, _ transport: ClientTransport?) -> Connection? {
        guard let mailbox = mailboxes[ObjectIdentifier(channel.eventLoop)] else { return nil }
        return Connection(
            id: nextConnectionID(), broker: self, channel: channel, mailbox: mailbox, transport: transport)
    }

    /// Opens an address and accepts there.
    private func listen(
        _ purpose: ListenError.Purpose,
        _ host: String?,
        _ port: Int,
        _ initialize: @escaping @Sendable (any Channel) throws -> Void
    ) throws(ListenError) {
        let address = Self.join(host ?? "0.0.0.0", port)
        guard 0...Int(UInt16.max) ~= port else {
            throw ListenError(purpose: purpose, address: address, reason: "address \(port): invalid port")
        }
        let acceptor: Acceptor
        do throws(ListeningSocket.Failure) {
            let socket = try ListeningSocket(host: host, port: port)
            acceptor = try Acceptor(socket, Self.join(host ?? "[::]", socket.port), group, log) { channel in
                try Self.tune(channel)
                try initialize(channel)
            }
            // Before anybody is accepted, who is told the port.
            opened(Listener(purpose: purpose, address: socket.address, port: socket.port, acceptor: acceptor))
            try acceptor.start()
        } catch {
            let reason =
                switch error {
                case .system(let code): "\(address): bind: \(systemErrorText(code))"
                case .unknownHost(let host): "lookup \(host): no such host"
                case .other(let text): "\(address): \(text)"
                }
            throw ListenError(purpose: purpose, address: address, reason: reason)
        }
    }

    /// Sets how much is read and written at once. Set here and not through the bootstrap, options cost no futures.
    static func tune(_ channel: any Channel) throws {
        guard let options = channel.syncOptions else { return }
        try ReadPace.tune(options)
        try options.setOption(.writeBufferWaterMark, value: .init(low: 1, high: 2))
    }
}

/// An address that the server is reached at.
struct Listener: Sendable {
    let purpose: ListenError.Purpose
    /// What it is bound to, but for the port.
    let address: SocketAddress
    let port: Int
    let acceptor: Acceptor
}
