import NIOCore
import NIOHTTP1
import NIOSSL

/// Answers a client's request for a WebSocket, and hands the channel over to a connection when it is granted.
///
/// It writes the answer itself, byte for byte as nats-server does, so there is no encoder in its pipeline. Belongs to its
/// channel's event loop and is touched there alone, which is why it may call itself sendable.
final class WebSocketAcceptor: ChannelInboundHandler, RemovableChannelHandler, @unchecked Sendable {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = ByteBuffer

    private let broker: Broker
    private let settings: WebSocketSettings
    private var decoder: ByteToMessageHandler<HTTPRequestDecoder>
    private let requests: RequestGate
    private let gate: HTTPSGate?
    private var head: HTTPRequestHead?
    private var timer: Scheduled<Void>?
    private var isDone = false

    init(
        _ broker: Broker,
        _ settings: WebSocketSettings,
        decoder: ByteToMessageHandler<HTTPRequestDecoder>,
        requests: RequestGate,
        gate: HTTPSGate?
    ) {
        self.requests = requests
        self.gate = gate
        self.broker = broker
        self.settings = settings
        self.decoder = decoder
    }

    func channelActive(context: ChannelHandlerContext) {
        if let limit = settings.handshakeTimeout {
            let channel = context.channel
            timer = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(limit)) {
                channel.close(promise: nil)
            }
        }
        context.fireChannelActive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer?.cancel()
    }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.cancel()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        requests.hasGoneOn()
        switch unwrapInboundIn(data) {
        case .head(let head): self.head = head
        case .body: break
        case .end:
            guard let head, !isDone else { return }
            self.head = nil
            answer(head, context)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard !isDone else { return }
        isDone = true
        if let error = error as? HTTPParserError {
            requests.refuse(error)
            return
        }
        if settings.tls != nil {
            broker.log.error(
                "websocket: http: TLS handshake error from \(peer(context)): \(TLSFailure.sentence(error))")
        }
        context.close(promise: nil)
    }

    private func answer(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        if head.version == .http1_1, head.headers["host"].isEmpty {
            isDone = true
            write(
                "HTTP/1.1 400 Bad Request: missing required Host header\r\nContent-Type: text/plain; charset=utf-8\r\n"
                    + "Connection: close\r\n\r\n400 Bad Request: missing required Host header", context)
            context.close(promise: nil)
            return
        }
        let listener = WebSocketUpgrade.Listener(host: settings.host, port: broker.webSocketPort ?? settings.port)
        do throws(WebSocketUpgrade.Refusal) {
            let upgrade = try WebSocketUpgrade(head, settings, listener: listener)
            write(upgrade.response, context)
            isDone = true
            timer?.cancel()
            handOver(upgrade, context)
        } catch {
            broker.log.error("\(peer(context)) - websocket handshake error: \(error.reason)")
            refuse(error.status, head, context)
        }
    }

    private func refuse(_ status: HTTPResponseStatus, _ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        let body = head.method == .HEAD ? "" : "\(status.reasonPhrase)\n"
        var text = "HTTP/1.1 \(status.code) \(status.reasonPhrase)\r\nContent-Type: text/plain; charset=utf-8\r\n"
        text += "Sec-Websocket-Version: 13\r\nX-Content-Type-Options: nosniff\r\n"
        text += "Date: \(WallClock.now().httpDate)\r\nContent-Length: \(status.reasonPhrase.utf8.count + 1)\r\n"
        if !head.isKeepAlive { text += "Connection: close\r\n" }
        write(text + "\r\n" + body, context)
        if head.isKeepAlive { renewDecoder(context) } else { context.close(promise: nil) }
    }

    /// The decoder reads nothing behind a request for an upgrade, so the next request needs another one.
    private func renewDecoder(_ context: ChannelHandlerContext) {
        let pipeline = context.pipeline.syncOperations
        let next = ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .forwardBytes))
        do {
            try pipeline.addHandler(next, position: .after(decoder))
            pipeline.removeHandler(decoder, promise: nil)
            decoder = next
        } catch {
            context.close(promise: nil)
        }
    }

    /// Puts the WebSocket's framing and a connection in place of HTTP.
    private func handOver(_ upgrade: WebSocketUpgrade, _ context: ChannelHandlerContext) {
        let pipeline = context.pipeline.syncOperations
        let transport = ClientTransport(upgrade, endpoint: settings.tls)
        if settings.tls != nil {
            let certificate = try? pipeline.nioSSL_peerCertificate()
            transport.adopt(
                certificate ?? nil, version: (try? pipeline.nioSSL_tlsVersion()) ?? nil, suite: gate?.cipherSuite)
        }
        guard !upgrade.isLeafNode, let connection = broker.makeConnection(context.channel, transport) else {
            broker.log.error("Not configured to accept leaf node connections")
            context.close(promise: nil)
            return
        }
        let handler = WebSocketHandler(upgrade, connection: connection)
        transport.webSocket = handler
        do {
            try pipeline.addHandler(handler, position: .after(self))
            try pipeline.addHandler(connection, position: .after(handler))
        } catch {
            context.close(promise: nil)
            return
        }
        if let context = connection.context { connection.begin(context) }
        pipeline.removeHandler(context: context, promise: nil)
        pipeline.removeHandler(decoder, promise: nil)
        pipeline.removeHandler(requests, promise: nil)
        if let gate { pipeline.removeHandler(gate, promise: nil) }
    }

    private func peer(_ context: ChannelHandlerContext) -> String {
        guard let address = context.remoteAddress else { return "" }
        return Broker.join(address.ipAddress ?? "", address.port ?? 0)
    }

    private func write(_ text: String, _ context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
    }
}
