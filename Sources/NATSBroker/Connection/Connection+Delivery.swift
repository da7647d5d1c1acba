import NATSWire
import NIOCore
import Synchronization

/// From a route to the outboxes of everybody who is on it.
extension Connection {
    @inline(__always)
    func deliver(_ frame: PublishFrame, _ bytes: UnsafeRawBufferPointer, _ route: Route) {
        let end = frame.body &+ frame.size &+ 2
        let sizes = frame.headerSize > 0 ? frame.headerSizeText.lowerBound : frame.sizeText.lowerBound
        let isPlain =
            frame.sizeText.upperBound &+ 2 == frame.body
            && (frame.reply.isEmpty || Self.isBlank(bytes, frame.reply.upperBound, sizes))
            && (frame.headerSize == 0
                || Self.isBlank(bytes, frame.headerSizeText.upperBound, frame.sizeText.lowerBound))
        guard isPlain else {
            deliverRewritten(frame, bytes, route)
            return
        }
        let start = frame.reply.isEmpty ? sizes : frame.reply.lowerBound
        deliver(
            OutgoingMessage(
                head: frame.headerSize > 0 ? route.head : UnsafeRawBufferPointer(rebasing: route.head[1...]),
                tail: UnsafeRawBufferPointer(rebasing: bytes[start..<end]),
                reply: UnsafeRawBufferPointer(rebasing: bytes[frame.reply]),
                headerSize: frame.headerSize,
                size: frame.size),
            route)
    }

    @inline(__always)
    private static func isBlank(_ bytes: UnsafeRawBufferPointer, _ from: Int, _ to: Int) -> Bool {
        from &+ 1 == to && bytes[from] == 0x20
    }

    /// A line with more white space than needed goes out without it.
    private func deliverRewritten(_ frame: PublishFrame, _ bytes: UnsafeRawBufferPointer, _ route: Route) {
        var tail: [UInt8] = []
        for part in [frame.reply, frame.headerSize > 0 ? frame.headerSizeText : 0..<0] where !part.isEmpty {
            tail += bytes[part]
            tail.append(0x20)
        }
        tail += bytes[frame.sizeText]
        tail += [0x0D, 0x0A]
        tail += bytes[frame.body..<frame.body + frame.size + 2]
        tail.withUnsafeBytes { tail in
            deliver(
                OutgoingMessage(
                    head: frame.headerSize > 0 ? route.head : UnsafeRawBufferPointer(rebasing: route.head[1...]),
                    tail: tail,
                    reply: UnsafeRawBufferPointer(rebasing: bytes[frame.reply]),
                    headerSize: frame.headerSize,
                    size: frame.size),
                route)
        }
    }

    @inline(__always)
    func deliver(_ message: OutgoingMessage, _ route: Route) {
        var wasDelivered = false
        for target in route.targets {
            let accepted = target._withUnsafeGuaranteedRef { offer(message, to: $0) }
            wasDelivered = wasDelivered || accepted
        }
        if route.hasMore, deliverMore(message, route) { wasDelivered = true }
        if !wasDelivered, noResponders, message.reply.count > 0 { answerNoResponders(message.reply, route.target) }
    }

    private func deliverMore(_ message: OutgoingMessage, _ route: Route) -> Bool {
        var wasDelivered = deliver(message, toGroups: route.groups)
        if let extras = route.extras, deliver(message, extras, route.target) { wasDelivered = true }
        return wasDelivered
    }

    /// Each group's message goes to one member, chosen at random; the next ones are tried where it cannot take it.
    func deliver(_ message: OutgoingMessage, toGroups groups: [[Subscription]]) -> Bool {
        var wasDelivered = false
        for group in groups {
            let first = Int(truncatingIfNeeded: nextRandom() % UInt64(group.count))
            for step in 0..<group.count {
                let index = first + step
                if offer(message, to: group[index < group.count ? index : index - group.count]) {
                    wasDelivered = true
                    break
                }
            }
        }
        return wasDelivered
    }

    @inline(__always)
    func offer(_ message: OutgoingMessage, to subscription: Subscription) -> Bool {
        let owner = subscription.owner
        if owner === self && !echo { return false }
        let result = owner.accept(message, for: subscription)
        if result == .accepted { return true }
        return finish(result, message, subscription)
    }

    /// What is left to do unless the message was simply taken in.
    private func finish(_ result: Acceptance, _ message: OutgoingMessage, _ subscription: Subscription) -> Bool {
        if let target = subscription.intake {
            hand(message, to: target, in: subscription.account)
            return true
        }
        if let handler = subscription.handler {
            handler(ServiceRequest(message, in: subscription.account, from: self))
            return true
        }
        let owner = subscription.owner
        if result.contains(.mustWake) { toWake.append(owner) }
        if result.contains(.isNearlyFull), !settings.noFastProducerStall { mustStall = true }
        if result.contains(.overflowed) {
            owner.cutOff(.slowConsumerPendingBytes, "MaxPending of \(settings.maxPending) Exceeded")
            return false
        }
        if result.contains(.isTraced) { owner.traceDelivery(message, for: subscription) }
        if result.contains(.isLast) { owner.end(subscription) }
        return result.contains(.accepted)
    }

    /// xorshift64*: fair enough to choose a member, and a few instructions.
    func nextRandom() -> UInt64 {
        randomState ^= randomState >> 12
        randomState ^= randomState << 25
        randomState ^= randomState >> 27
        return (randomState &* 0x2545_F491_4F6C_DD1D) >> 32
    }

    /// Tells a client that nobody will answer its request, on its own subscription for the reply.
    func answerNoResponders(_ reply: UnsafeRawBufferPointer, _ subject: UnsafeRawBufferPointer) {
        let own = account.match(reply).plain.first { $0.owner === self }
        guard let own else { return }
        let size = 32 + subject.count
        let line =
            Array("HMSG ".utf8) + Array(reply) + [0x20] + own.sid
            + Array(" \(size) \(size)\r\nNATS/1.0 503\r\nNats-Subject: ".utf8) + Array(subject)
            + Array("\r\n\r\n\r\n".utf8)
        enqueue(line)
    }

    // MARK: Falling behind

    /// How long a publisher waits for a consumer that is about to run over.
    private static let stallTime = TimeAmount.milliseconds(10)

    /// Stops reading for a moment, so that a consumer that has nearly run over can catch up.
    func pauseReading() {
        mustStall = false
        guard !isReadPaused, let context, closeReason == nil else { return }
        isReadPaused = true
        stalls += 1
        broker.counters.stalledClients.wrappingAdd(1, ordering: .relaxed)
        context.channel.setOption(.autoRead, value: false).whenFailure { _ in }
        eventLoop.assumeIsolated().scheduleTask(in: Self.stallTime) {
            self.isReadPaused = false
            self.context?.channel.setOption(.autoRead, value: true).whenFailure { _ in }
        }
    }
}
