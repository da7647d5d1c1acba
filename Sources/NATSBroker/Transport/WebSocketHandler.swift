import NIOCore
import NIOPosix

/// Frames the bytes of a connection as a WebSocket's messages. Belongs to its channel's event loop and is touched there alone,
/// which is why it may call itself sendable.
final class WebSocketHandler: ChannelDuplexHandler, @unchecked Sendable {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// Browsers are better off with small frames, nats-server found.
    private static let browserFrame = 4_096
    /// What is not larger is not worth compressing.
    private static let compressionThreshold = 64
    /// How much larger than a payload a compressed message may be, for several of them may be in one, and the end of that.
    private static let compressedMultiple = 8
    private static let largestCompressed = 64 << 20
    /// How long a client that is told why it goes may take to read it.
    private static let farewellTime = TimeAmount.seconds(1)

    private static let deflates = ThreadSpecificVariable<Deflate>()

    private let upgrade: WebSocketUpgrade
    private unowned let connection: Connection
    private var reader: WebSocketFrameReader
    private var stash = ByteBuffer()
    /// What has come of a compressed message.
    private var compressed = ByteBuffer()
    private var context: ChannelHandlerContext?
    private var hasSentClose = false
    /// A client that has broken a rule, or has said that it goes, is not read from any more.
    private var isDeaf = false

    init(_ upgrade: WebSocketUpgrade, connection: Connection) {
        self.upgrade = upgrade
        self.connection = connection
        reader = WebSocketFrameReader(expectsMask: upgrade.isMasked, allowsCompression: upgrade.isCompressed)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    // MARK: Reading

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        if stash.readableBytes > 0 {
            stash.writeBuffer(&bytes)
            bytes = stash
            stash = ByteBuffer()
        }
        while !isDeaf, connection.closeReason == nil, let event = reader.next(&bytes) { handle(event, context) }
        if !isDeaf, bytes.readableBytes > 0 { stash = bytes }
    }

    private func handle(_ event: WebSocketFrameReader.Event, _ context: ChannelHandlerContext) {
        switch event {
        case .data(let piece, false, _):
            if piece.readableBytes > 0 { context.fireChannelRead(wrapInboundOut(piece)) }
        case .data(var piece, true, let endsMessage):
            if compressed.readableBytes + piece.readableBytes > compressedLimit {
                fail("maximum payload exceeded")
                return
            }
            compressed.writeBuffer(&piece)
            if endsMessage { expand(context) }
        case .ping(var payload):
            var frame = ByteBuffer()
            WebSocketFrames.writeHeader(.pong, length: payload.readableBytes, to: &frame)
            frame.writeBuffer(&payload)
            context.writeAndFlush(wrapOutboundOut(frame), promise: nil)
        case .pong: break
        case .close(let payload): answerClose(payload, context)
        case .failure(let complaint): refuse(complaint, context)
        }
    }

    private var payloadBound: Int { connection.settings.payloadBound ?? .max }

    private var compressedLimit: Int {
        let (size, overflow) = payloadBound.multipliedReportingOverflow(by: Self.compressedMultiple)
        return overflow ? Self.largestCompressed : min(size, Self.largestCompressed)
    }

    private func expand(_ context: ChannelHandlerContext) {
        let message = compressed
        compressed = ByteBuffer()
        do throws(Deflate.Failure) {
            try deflate.expand(message, limit: payloadBound) { piece in
                context.fireChannelRead(wrapInboundOut(piece))
                return connection.closeReason == nil
            }
        } catch {
            switch error {
            case .corrupt: fail("flate: corrupt input before offset \(message.readableBytes)")
            case .tooLarge: fail("maximum payload exceeded")
            }
        }
    }

    private func answerClose(_ payload: ByteBuffer, _ context: ChannelHandlerContext) {
        switch WebSocketFrames.answer(toClose: payload) {
        case .success(let frame):
            isDeaf = true
            connection.wakeReceivers()
            sendClose(frame, context)
            connection.close(.clientClosed)
        case .failure(let error): refuse(error.description, context)
        }
    }

    /// Tells the client which rule it broke, and ends the connection.
    private func refuse(_ complaint: String, _ context: ChannelHandlerContext) {
        sendClose(WebSocketFrames.close(1002, complaint), context)
        fail(complaint)
    }

    private func fail(_ complaint: String) {
        isDeaf = true
        connection.log.error("\(connection.label) - read error: \(complaint)")
        connection.close(.readError)
    }

    private func sendClose(_ frame: ByteBuffer, _ context: ChannelHandlerContext) {
        guard !hasSentClose else { return }
        hasSentClose = true
        context.writeAndFlush(wrapOutboundOut(frame), promise: nil)
    }

    // MARK: Writing

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let bytes = unwrapOutboundIn(data)
        guard bytes.readableBytes > 0 else {
            promise?.succeed(())
            return
        }
        if upgrade.isCompressed, bytes.readableBytes > Self.compressionThreshold {
            writeCompressed(deflate.compress(bytes), context, promise)
        } else {
            writePlain(bytes, context, promise)
        }
    }

    /// A message of its own for each piece.
    private func writePlain(_ bytes: ByteBuffer, _ context: ChannelHandlerContext, _ promise: EventLoopPromise<Void>?) {
        var rest = bytes
        let limit = upgrade.limitsFrames ? Self.browserFrame : bytes.readableBytes
        while let piece = rest.readSlice(length: min(limit, rest.readableBytes)) {
            let isLast = rest.readableBytes == 0
            writeFrame(.binary, piece, context, promise: isLast ? promise : nil)
            if isLast { return }
        }
    }

    /// One message, in as many frames as it takes.
    private func writeCompressed(
        _ bytes: ByteBuffer,
        _ context: ChannelHandlerContext,
        _ promise: EventLoopPromise<Void>?
    ) {
        var rest = bytes
        let isCut = upgrade.limitsFrames && upgrade.mayFragmentCompressed
        let limit = isCut ? Self.browserFrame : bytes.readableBytes
        var isFirst = true
        while let piece = rest.readSlice(length: min(limit, rest.readableBytes)) {
            let isLast = rest.readableBytes == 0
            writeFrame(
                isFirst ? .binary : .continuation, piece, isFinal: isLast, isCompressed: isFirst, context,
                promise: isLast ? promise : nil)
            if isLast { return }
            isFirst = false
        }
    }

    private func writeFrame(
        _ opcode: WebSocketFrames.Opcode,
        _ payload: ByteBuffer,
        isFinal: Bool = true,
        isCompressed: Bool = false,
        _ context: ChannelHandlerContext,
        promise: EventLoopPromise<Void>?
    ) {
        let size = payload.readableBytes
        var payload = payload
        // A small frame goes in one piece; behind a header of its own, TLS would make two records of it.
        let isSmall = size <= Self.browserFrame
        var frame = context.channel.allocator.buffer(capacity: WebSocketFrames.longestHeader + (isSmall ? size : 0))
        WebSocketFrames.writeHeader(opcode, length: size, isFinal: isFinal, isCompressed: isCompressed, to: &frame)
        if isSmall {
            frame.writeBuffer(&payload)
            context.write(wrapOutboundOut(frame), promise: promise)
        } else {
            context.write(wrapOutboundOut(frame), promise: nil)
            context.write(wrapOutboundOut(payload), promise: promise)
        }
    }

    private var deflate: Deflate {
        if let deflate = Self.deflates.currentValue { return deflate }
        let deflate = Deflate()
        Self.deflates.currentValue = deflate
        return deflate
    }

    /// Writes what is left, then says why the connection ends, and ends it.
    func finish(_ rest: ByteBuffer, _ reason: CloseReason) {
        guard let context else { return }
        isDeaf = true
        let channel = context.channel
        guard let status = WebSocketFrames.status(for: reason) else {
            channel.close(promise: nil)
            return
        }
        if rest.readableBytes > 0, !hasSentClose {
            write(context: context, data: wrapOutboundOut(rest), promise: nil)
        }
        sendClose(WebSocketFrames.close(status, reason.rawValue), context)
        channel.writeAndFlush(ByteBuffer()).whenComplete { _ in channel.close(promise: nil) }
        channel.eventLoop.scheduleTask(in: Self.farewellTime) { channel.close(promise: nil) }
    }
}
