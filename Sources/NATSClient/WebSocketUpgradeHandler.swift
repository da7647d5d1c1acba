import Crypto
import NATSWire
import NIOCore
import NIOWebSocket

/// Asks a server for a WebSocket once the socket is open, and puts the framing and the connection's handler in its own place
/// when that is granted.
///
/// Belongs to its channel's event loop. Source: RFC 6455, section 4.1.
final class WebSocketUpgradeHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// A server's answer is short; a longer one is no answer.
    private static let longestAnswer = 65_536
    private static let largestFrame = 1 << 30

    private let host: String
    private let connection: ConnectionHandler
    private let key: String
    private var answer = ByteBuffer()

    init(host: String, connection: ConnectionHandler) {
        self.host = host
        self.connection = connection
        key = Base64.encoded((0..<16).map { _ in UInt8.random(in: 0...255) })
    }

    func channelActive(context: ChannelHandlerContext) {
        let request = [
            "GET / HTTP/1.1", "Host: \(host)", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Key: \(key)",
            "Sec-WebSocket-Version: 13",
        ]
        let text = request.joined(separator: "\r\n") + "\r\n\r\n"
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        answer.writeBuffer(&bytes)
        let view = answer.readableBytesView
        guard let end = view.firstRange(of: Array("\r\n\r\n".utf8)) else {
            if view.count > Self.longestAnswer { refuse("its answer has no end", context) }
            return
        }
        let lines = String(decoding: view[..<end.lowerBound], as: UTF8.self).split(separator: "\r\n")
        answer.moveReaderIndex(to: end.upperBound)
        let status = lines.first.map { $0.drop { $0 != " " }.dropFirst() } ?? ""
        guard status.hasPrefix("101 ") else {
            refuse(String(status), context)
            return
        }
        guard value(of: "sec-websocket-accept", in: lines) == expectedProof else {
            refuse("its proof is not the one for the key that it was sent", context)
            return
        }
        handOver(context)
    }

    func channelInactive(context: ChannelHandlerContext) {
        connection.channelInactive(context: context)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        connection.errorCaught(context: context, error: error)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        connection.userInboundEventTriggered(context: context, event: event)
    }

    private func handOver(_ context: ChannelHandlerContext) {
        let pipeline = context.pipeline.syncOperations
        do {
            try pipeline.addHandlers([
                WebSocketFrameEncoder(),
                ByteToMessageHandler(WebSocketFrameDecoder(maxFrameSize: Self.largestFrame)),
                WebSocketBytes(),
                connection,
            ])
        } catch {
            refuse("\(error)", context)
            return
        }
        if answer.readableBytes > 0 { context.fireChannelRead(wrapInboundOut(answer)) }
        pipeline.removeHandler(context: context, promise: nil)
    }

    private func refuse(_ reason: String, _ context: ChannelHandlerContext) {
        connection.fail(NATSError(.network, "invalid websocket connection: \(reason)"))
        context.close(promise: nil)
    }

    private var expectedProof: String {
        let proof = Insecure.SHA1.hash(data: Array("\(key)258EAFA5-E914-47DA-95CA-C5AB0DC85B11".utf8))
        return Base64.encoded(Array(proof))
    }

    private func value(of name: String, in lines: [Substring]) -> String? {
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            if parts.count == 2, parts[0].lowercased() == name {
                return parts[1].filter { $0 != " " }
            }
        }
        return nil
    }
}

/// Turns a WebSocket's messages into bytes and bytes into messages, and answers pings and closes.
private final class WebSocketBytes: ChannelDuplexHandler {
    typealias InboundIn = WebSocketFrame
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = WebSocketFrame

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = unwrapInboundIn(data)
        switch frame.opcode {
        case .binary, .text, .continuation:
            context.fireChannelRead(wrapInboundOut(frame.unmaskedData))
        case .ping:
            let pong = WebSocketFrame(fin: true, opcode: .pong, maskKey: .random(), data: frame.unmaskedData)
            context.writeAndFlush(wrapOutboundOut(pong), promise: nil)
        case .connectionClose:
            let close = WebSocketFrame(
                fin: true, opcode: .connectionClose, maskKey: .random(), data: frame.unmaskedData)
            context.writeAndFlush(wrapOutboundOut(close), promise: nil)
            context.close(promise: nil)
        default: break
        }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let frame = WebSocketFrame(fin: true, opcode: .binary, maskKey: .random(), data: unwrapOutboundIn(data))
        context.write(wrapOutboundOut(frame), promise: promise)
    }
}
