import NATSWire
import NIOCore
import NIOTLS

/// Turns the bytes of one socket into frames, and hands each read's frames over together.
///
/// Belongs to its channel's event loop; only the connection it reports to is shared.
final class ConnectionHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let connection: NATSConnection
    private let attempt: Int
    private var parser = ServerFrameParser()
    private var pending = ByteBuffer()
    private var frames: [ServerFrame] = []
    private var failure: NATSError?
    /// Whether a TLS handshake is under way, so that an error is one of that.
    private var isSecuring = false

    init(connection: NATSConnection, attempt: Int) {
        self.connection = connection
        self.attempt = attempt
    }

    /// A TLS handshake begins on the socket.
    func beginSecuring() {
        isSecuring = true
    }

    /// Notes why the socket is about to be closed.
    func fail(_ error: NATSError) {
        failure = failure ?? error
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        if pending.readableBytes == 0 {
            pending = bytes
        } else {
            pending.writeBuffer(&bytes)
        }
        do {
            while let frame = try parser.next(in: &pending) {
                frames.append(frame)
            }
        } catch {
            hand(over: &frames)
            connection.receivedGarbage(error, attempt: attempt)
            return
        }
        hand(over: &frames)
        if pending.readableBytes == 0 {
            pending = ByteBuffer()
        } else {
            pending.discardReadBytes()
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        connection.socketClosed(attempt: attempt, error: failure)
        context.fireChannelInactive()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable {
            connection.sendOutput()
        }
        context.fireChannelWritabilityChanged()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted? = event as? TLSUserEvent {
            isSecuring = false
            connection.secured(attempt: attempt)
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        failure = failure ?? (isSecuring ? .handshake(error) : .network(error))
        context.close(promise: nil)
    }

    private func hand(over frames: inout [ServerFrame]) {
        guard !frames.isEmpty else { return }
        connection.received(frames, attempt: attempt)
        frames.removeAll(keepingCapacity: true)
    }
}
