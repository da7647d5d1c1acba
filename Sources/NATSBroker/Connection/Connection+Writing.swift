import NATSSubjects
import NIOCore
import Synchronization

extension Connection {
    /// What became of a message that was offered to a subscription.
    struct Acceptance: OptionSet {
        var rawValue: UInt8

        /// It is in the outbox.
        static let accepted = Acceptance(rawValue: 1)
        /// The outbox was empty before: whoever put the message in must see to it that it is drained.
        static let mustWake = Acceptance(rawValue: 2)
        /// That was the last message that the subscription wanted.
        static let isLast = Acceptance(rawValue: 4)
        /// The outbox ran over: the client is cut off.
        static let overflowed = Acceptance(rawValue: 8)
        /// The outbox is more than three quarters full: the publisher should slow down.
        static let isNearlyFull = Acceptance(rawValue: 16)
        /// The log is to show the message.
        static let isTraced = Acceptance(rawValue: 32)
    }

    /// Puts a message for `subscription`, which must be this connection's own, into the outbox. Safe from every event loop.
    @inline(__always)
    func accept(_ message: OutgoingMessage, for subscription: Subscription) -> Acceptance {
        let limit = maxPending
        return outbox.withLock { outbox in
            if outbox.isClosed || subscription.isClosed { return [] }
            if outbox.dropsWhenNearlyFull, outbox.pending > limit / 4 &* 3 { return [] }
            subscription.delivered &+= 1
            var result = outbox.acceptance
            if subscription.limit > 0, subscription.delivered >= subscription.limit {
                subscription.isClosed = true
                result.insert(.isLast)
            }
            if message.headerSize > 0, !outbox.takesHeaders {
                message.writeWithoutHeaders(to: &outbox, subscription.sidField)
                outbox.bytes &+= message.size &- message.headerSize
            } else {
                outbox.append(message.head, subscription.sidField, message.tail)
                outbox.bytes &+= message.size
            }
            outbox.messages &+= 1
            if subscription.grantsReplies, message.reply.count > 0 {
                outbox.grant(Array(message.reply))
            }
            let pending = outbox.pending
            if pending > limit {
                outbox.isClosed = true
                result.insert(.overflowed)
            } else if pending > limit / 4 &* 3 {
                result.insert(.isNearlyFull)
            }
            if !outbox.isDrainScheduled {
                outbox.isDrainScheduled = true
                result.insert(.mustWake)
            }
            return result
        }
    }

    /// Puts protocol bytes of the connection's own into the outbox. To be called on the event loop.
    func enqueue(_ bytes: some Sequence<UInt8>) {
        let bytes = Array(bytes)
        let (mustWake, isFull) = outbox.withLock { outbox in
            guard !outbox.isClosed else { return (false, false) }
            outbox.append(bytes)
            if outbox.pending > maxPending {
                outbox.isClosed = true
                return (false, true)
            }
            defer { outbox.isDrainScheduled = true }
            return (!outbox.isDrainScheduled, false)
        }
        if isFull { cutOff(.slowConsumerPendingBytes, "MaxPending of \(maxPending) Exceeded") }
        if mustWake { toWake.append(self) }
    }

    func sendError(_ text: String) {
        log.trace("\(label) - ->> [-ERR \(text)]")
        enqueue("-ERR '\(text)'\r\n".utf8)
    }

    func sendOK() {
        log.trace("\(label) - ->> [OK]")
        enqueue("+OK\r\n".utf8)
    }

    /// Hands everything in the outbox to the socket in one write, unless an earlier write is still under way: then it goes
    /// on from ``channelWritabilityChanged(context:)``. To be called on the event loop.
    func drain() {
        guard !isWriteBlocked, let context else { return }
        var next = spare
        spare = ByteBuffer()
        let taken = outbox.withLock { outbox -> ByteBuffer? in
            outbox.isDrainScheduled = false
            guard outbox.count > 0 else { return nil }
            outbox.exchange(&next)
            outbox.inFlight = next.readableBytes
            return next
        }
        next = ByteBuffer()
        guard var taken else { return }
        context.writeAndFlush(wrapOutboundOut(taken), promise: nil)
        if context.channel.isWritable {
            outbox.withLock { $0.inFlight = 0 }
            if taken.capacity <= 1 << 20 {
                taken.clear()
                spare = taken
            }
        } else {
            isWriteBlocked = true
            // Keeps the outbox from being scheduled again before the socket has room.
            outbox.withLock { $0.isDrainScheduled = true }
            startWriteTimer()
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if isWriteBlocked, context.channel.isWritable {
            isWriteBlocked = false
            writeTimer?.cancel()
            writeTimer = nil
            outbox.withLock { $0.inFlight = 0 }
            drain()
        }
        context.fireChannelWritabilityChanged()
    }

    /// Cuts off a client that does not take what it is sent. Safe from every event loop.
    func cutOff(_ reason: CloseReason, _ detail: String) {
        broker.counters.slowConsumers.wrappingAdd(1, ordering: .relaxed)
        eventLoop.execute {
            guard self.closeReason == nil else { return }
            self.log.info("\(self.label) - Slow Consumer Detected: \(detail)")
            self.close(reason)
        }
    }
}

/// A message on its way to many subscribers: pieces of the publisher's read buffer, put together anew for each.
struct OutgoingMessage {
    /// `MSG subject ` or `HMSG subject `.
    var head: UnsafeRawBufferPointer
    /// `[reply ][headersize ]size`, the line's end, headers, payload and the closing line end.
    var tail: UnsafeRawBufferPointer
    var reply: UnsafeRawBufferPointer
    var headerSize: Int
    var size: Int

    /// Writes the message for a client that does not take headers: payload alone, with its own size.
    func writeWithoutHeaders(to outbox: inout Outbox, _ sid: UnsafeRawBufferPointer) {
        var line: [UInt8] = []
        if reply.count > 0 {
            line += reply
            line.append(0x20)
        }
        line += "\(size - headerSize)\r\n".utf8
        line += tail.suffix(size - headerSize + 2)
        line.withUnsafeBytes { line in
            outbox.append(UnsafeRawBufferPointer(rebasing: head[1...]), sid, line)
        }
    }
}
