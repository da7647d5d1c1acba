import NIOCore

/// Stands before the TLS of an HTTPS listener: tells a client that speaks plain HTTP so, and notes the cipher suite.
///
/// Belongs to its channel's event loop and is touched there alone, which is why it may call itself sendable.
final class HTTPSGate: ChannelDuplexHandler, RemovableChannelHandler, @unchecked Sendable {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private static let answer =
        "HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n"
    /// How requests begin, as far as Go looks.
    private static let beginnings = ["GET /", "HEAD ", "POST ", "PUT /", "OPTIO"].map { Array($0.utf8) }

    private var held = ByteBuffer()
    private var isOpen = false
    /// The number of the cipher suite that the handshake chose, once it has.
    private(set) var cipherSuite: UInt16?

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isOpen else {
            context.fireChannelRead(data)
            return
        }
        var bytes = unwrapInboundIn(data)
        held.writeBuffer(&bytes)
        let head = Array(held.readableBytesView.prefix(5))
        guard head.count == 5 || head.first == 22 else { return }
        if Self.beginnings.contains(head) {
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: Self.answer)), promise: nil)
            context.close(promise: nil)
            return
        }
        isOpen = true
        let first = held
        held = ByteBuffer()
        context.fireChannelRead(wrapInboundOut(first))
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if cipherSuite == nil, isOpen {
            cipherSuite = TLSAlgorithms.cipherSuite(inServerHello: unwrapOutboundIn(data).readableBytesView)
        }
        context.write(data, promise: promise)
    }
}
