import NIOCore

/// Keeps a client from having its event loop to itself: stands first in its pipeline, and reads less at once from a client whose
/// bytes take long to act upon.
///
/// Mostly a loop reads half a megabyte from a client before it turns to the next one, and is done with that in less than a
/// millisecond. But a megabyte may also be fifty thousand subscriptions, or messages that a hundred thousand subscribers get.
///
/// Belongs to its channel's event loop and is touched there alone, which is why it may call itself sendable.
final class ReadPace: ChannelInboundHandler, @unchecked Sendable {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    /// How long others have their turn. Not nothing: a loop that is given a task for now does that before it looks at its sockets.
    static let pause = TimeAmount.microseconds(100)
    /// After which time it is somebody else's turn.
    private static let longTurn = TimeAmount.milliseconds(2)
    /// After which time less is read for sure; after a shorter one, somebody else may have had the processor.
    private static let veryLongTurn = TimeAmount.milliseconds(8)
    /// After which time more may be read again.
    private static let shortTurn = TimeAmount.milliseconds(1)
    private static let leastRead = 256
    private static let mostRead = 131_072
    private static let mostReads: UInt = 4

    /// How many slow reads pass before it is tried again to read less than what was found too little.
    private static let restraint = 64

    private var limit = mostRead
    private var wasSlow = false
    /// The read because of which less is read now, until that has been judged.
    private var reason: (size: Int, time: TimeAmount)?
    private var restraint = 0
    /// Whether others have their turn.
    private var isResting = false
    /// What was read meanwhile. Much of it comes only when the client has ended: then everything that it sent is read at once.
    private var held = CircularBuffer<ByteBuffer>()
    /// What is to be told when all of that has been passed on.
    private var heldEvent: Any?

    /// How much is read at once from a client that takes little time.
    static func tune(_ options: any NIOSynchronousChannelOptions) throws {
        try options.setOption(.maxMessagesPerRead, value: mostReads)
        try options.setOption(
            .recvAllocator, value: AdaptiveRecvByteBufferAllocator(minimum: 512, initial: 2_048, maximum: mostRead))
    }

    // MARK: What comes

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        guard !isResting else {
            held.append(bytes)
            return
        }
        if pass(bytes, context) > Self.longTurn { rest(context) }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if held.isEmpty { context.fireUserInboundEventTriggered(event) } else { heldEvent = event }
    }

    func channelInactive(context: ChannelHandlerContext) {
        while let bytes = held.popFirst() { context.fireChannelRead(wrapInboundOut(bytes)) }
        tellHeldEvent(context)
        context.fireChannelInactive()
    }

    // MARK: Turns

    private func rest(_ context: ChannelHandlerContext) {
        isResting = true
        context.eventLoop.assumeIsolated().scheduleTask(in: Self.pause) { self.goOn(context) }
    }

    private func goOn(_ context: ChannelHandlerContext) {
        isResting = false
        guard !held.isEmpty else { return }
        let start = NIODeadline.now()
        while !isResting, let bytes = held.popFirst() {
            _ = pass(bytes, context)
            if .now() - start > Self.longTurn { rest(context) }
        }
        context.fireChannelReadComplete()
        if held.isEmpty { tellHeldEvent(context) }
    }

    private func tellHeldEvent(_ context: ChannelHandlerContext) {
        guard let event = heldEvent else { return }
        heldEvent = nil
        context.fireUserInboundEventTriggered(event)
    }

    /// - Returns: how long it took to act upon `bytes`.
    private func pass(_ bytes: ByteBuffer, _ context: ChannelHandlerContext) -> TimeAmount {
        let start = NIODeadline.now()
        context.fireChannelRead(wrapInboundOut(bytes))
        let time = .now() - start
        adapt(to: bytes.readableBytes, time, context)
        return time
    }

    private func adapt(to size: Int, _ time: TimeAmount, _ context: ChannelHandlerContext) {
        if let reason, size == limit {
            self.reason = nil
            if Self.isDearer((size, time), than: reason) {
                restraint = Self.restraint
                read(min(Self.mostRead, limit * 2), context)
                return
            }
        }
        guard time > Self.longTurn else {
            wasSlow = false
            guard limit < Self.mostRead, size == limit, time < Self.shortTurn else { return }
            read(min(Self.mostRead, limit * 2), context)
            return
        }
        defer { wasSlow = true }
        guard wasSlow || time > Self.veryLongTurn else { return }
        guard restraint == 0 else {
            restraint -= 1
            return
        }
        reason = (size, time)
        read(max(Self.leastRead, size / 2), context)
    }

    /// Whether a byte took half as long again in a smaller read. Then it is not what is read that takes the time but what each read
    /// brings with it, such as writing to a thousand subscribers.
    private static func isDearer(
        _ small: (size: Int, time: TimeAmount),
        than large: (size: Int, time: TimeAmount)
    ) -> Bool {
        Double(small.time.nanoseconds) / Double(small.size) > 1.5 * Double(large.time.nanoseconds) / Double(large.size)
    }

    /// Reads `next` bytes at most from now on before others have their turn.
    private func read(_ next: Int, _ context: ChannelHandlerContext) {
        guard next != limit, let options = context.channel.syncOptions else { return }
        limit = next
        if next == Self.mostRead {
            try? Self.tune(options)
        } else {
            try? options.setOption(.maxMessagesPerRead, value: 1)
            try? options.setOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: next))
        }
    }
}
