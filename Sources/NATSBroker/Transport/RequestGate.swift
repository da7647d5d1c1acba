import NIOCore
import NIOHTTP1

/// Refuses what is no HTTP request, and requests that take too long to arrive: stands between the socket and the decoder, and
/// writes what a Go server does.
///
/// Belongs to its channel's event loop and is touched there alone, which is why it may call itself sendable.
final class RequestGate: ChannelInboundHandler, RemovableChannelHandler, @unchecked Sendable {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// How long a client that is refused may go on sending before it is cut off: sooner, it would see that and not the reason.
    private static let farewellTime = TimeAmount.milliseconds(500)

    /// How long the first request may be awaited, and how long a later one may take once it has begun; nil for ever.
    private let patience: TimeAmount?
    private var context: ChannelHandlerContext?
    private var timer: Scheduled<Void>?
    /// Whether the decoder has bytes that it has made nothing of.
    private var isWaiting = false
    private var hasRefused = false
    private var unanswered = 0
    /// What comes behind a request that is not answered. Much of it comes only when the client has ended: then everything that it sent is
    /// read at once, and nobody needs it.
    private var held = CircularBuffer<ByteBuffer>()

    init(patience: TimeAmount?) {
        self.patience = patience
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        hasGoneOn()
        self.context = nil
    }

    func channelActive(context: ChannelHandlerContext) {
        startTimer(context)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        hasGoneOn()
        held = []
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if unanswered > 0 { held.append(unwrapInboundIn(data)) } else { pass(data, context) }
    }

    private func pass(_ data: NIOAny, _ context: ChannelHandlerContext) {
        guard !hasRefused else { return }
        isWaiting = true
        context.fireChannelRead(data)
        if isWaiting { startTimer(context) }
    }

    /// To be called when a request is there that will be answered; no more are read meanwhile.
    func hasRequest() {
        unanswered += 1
    }

    /// To be called when the client has taken an answer.
    func hasAnswered() {
        unanswered -= 1
        while unanswered == 0, let context, let bytes = held.popFirst() { pass(wrapInboundOut(bytes), context) }
    }

    /// To be called when the decoder has made something of what was read.
    func hasGoneOn() {
        isWaiting = false
        timer?.cancel()
        timer = nil
    }

    /// Says what is wrong, and ends the connection.
    func refuse(_ error: HTTPParserError) {
        guard let context, !hasRefused else { return }
        hasRefused = true
        let status = error == .headerOverflow ? "431 Request Header Fields Too Large" : "400 Bad Request"
        let text =
            "HTTP/1.1 \(status)\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n\(status)"
        let channel = context.channel
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
        context.eventLoop.scheduleTask(in: Self.farewellTime) { channel.close(promise: nil) }
    }

    private func startTimer(_ context: ChannelHandlerContext) {
        guard let patience, timer == nil else { return }
        let channel = context.channel
        timer = context.eventLoop.scheduleTask(in: patience) { channel.close(promise: nil) }
    }
}
