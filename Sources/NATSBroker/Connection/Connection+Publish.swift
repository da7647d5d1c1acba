import GoFormats
import NATSAccounts
import NATSSubjects
import NATSWire
import NIOCore
import Synchronization

extension Connection {
    /// Delivers one message. This is the hot path: it allocates nothing and makes no `String` unless something is wrong.
    @inline(__always)
    func publish(_ frame: PublishFrame, _ bytes: UnsafeRawBufferPointer) {
        inMessages &+= 1
        inBytes &+= frame.size
        let subject = UnsafeRawBufferPointer(rebasing: bytes[frame.subject])
        let generation = account.generation.load(ordering: .acquiring)
        if let lastRoute, routes.generation == generation {
            let isSame = lastRoute._withUnsafeGuaranteedRef { ByteHash.equal($0.subject, subject) }
            if isSame, !hasPublishExtras, !Self.isReserved(reply: UnsafeRawBufferPointer(rebasing: bytes[frame.reply])),
                frame.headerSize == 0 || !Self.mayAskForTrace(frame, bytes)
            {
                lastRoute._withUnsafeGuaranteedRef { deliver(frame, bytes, $0) }
                return
            }
        }
        publishSlowly(frame, bytes, subject, generation)
    }

    /// Delivers a message on the same subject as the one before it. Where nobody is interested, this goes for all of its
    /// repetitions at once: whoever subscribes meanwhile has not been told yet that it did, and these have arrived before.
    ///
    /// - Returns: how many bytes that were.
    @inline(__always)
    func publish(_ last: RepeatedPublish, at offset: Int, _ bytes: UnsafeRawBufferPointer) -> Int {
        let generation = account.generation.load(ordering: .acquiring)
        let reply = UnsafeRawBufferPointer(rebasing: bytes[last.reply(at: offset)])
        guard let lastRoute, routes.generation == generation, !hasPublishExtras, !Self.isReserved(reply: reply) else {
            publish(last.frame(at: offset), bytes)
            return last.length
        }
        return lastRoute._withUnsafeGuaranteedRef { route in
            if route.endsHere, reply.isEmpty {
                let count = last.repetitions(in: bytes, at: offset)
                inMessages &+= count
                inBytes &+= count &* last.size
                return count &* last.length
            }
            inMessages &+= 1
            inBytes &+= last.size
            let message = OutgoingMessage(
                head: UnsafeRawBufferPointer(rebasing: route.head[1...]),
                tail: UnsafeRawBufferPointer(rebasing: bytes[last.tail(at: offset)]),
                reply: reply, headerSize: 0, size: last.size)
            deliver(message, route)
            return last.length
        }
    }

    /// Whether something is to be done for each message besides delivering it.
    var hasPublishExtras: Bool {
        verbose || options.pedantic || log.isTracing
    }

    private func publishSlowly(
        _ frame: PublishFrame,
        _ bytes: UnsafeRawBufferPointer,
        _ subject: UnsafeRawBufferPointer,
        _ generation: UInt64
    ) {
        // Whatever becomes of the message, no other subject's route is kept for one that repeats it.
        lastRoute = nil
        if handAcknowledgement(frame, bytes, subject, generation) { return }
        let isTraced = log.isTracing && (context != nil || log.tracesServer)
        if isTraced { trace(frame.isHeaderPublish ? "HPUB" : "PUB", bytes, frame.arguments) }
        if options.pedantic && !Subject.isLiteral(subject) { sendError("Invalid Publish Subject") }
        if frame.headerSize > 0, Self.mayAskForTrace(frame, bytes),
            publishTraced(frame, bytes, subject, generation)
        {
            if isTraced { tracePayload(frame, bytes) }
            return
        }
        let route = findRoute(subject, generation)
        if log.isTracing, !ByteHash.equal(route.target, subject) { traceMapping(subject, route.target) }
        if isTraced { tracePayload(frame, bytes) }
        guard route.mayPublish || mayReply(to: route.target) else {
            refuse(publishTo: route.target)
            return
        }
        let reply = UnsafeRawBufferPointer(rebasing: bytes[frame.reply])
        if !reply.isEmpty, Self.isReserved(reply: reply) {
            refuse(reply: reply)
            return
        }
        if verbose { sendOK() }
        deliver(frame, bytes, route)
        // Only a route that needs no second look is taken the short way next time.
        lastRoute = route.mayPublish && route.isSteady ? Unmanaged.passUnretained(route) : nil
    }

    func findRoute(_ subject: UnsafeRawBufferPointer, _ generation: UInt64) -> Route {
        if routes.generation != generation {
            lastRoute = nil
            routes.move(to: generation)
        }
        let hash = ByteHash.hash(subject)
        if let route = routes.route(for: subject, hash: hash) {
            return route.alternatives.isEmpty ? route : choose(route)
        }
        let route = makeRoute(subject, hash)
        lastRoute = nil
        if route.isSteady || !route.alternatives.isEmpty { routes.add(route) }
        return route.alternatives.isEmpty ? route : choose(route)
    }

    /// The route of one message, where they go different ways.
    private func choose(_ route: Route) -> Route {
        if let chosen = SubjectMappings.choose(route.alternatives) { return chosen }
        return makeRoute(route.subject, route.hash, to: [], isSteady: false)
    }

    private func makeRoute(_ subject: UnsafeRawBufferPointer, _ hash: UInt64) -> Route {
        switch account.outcome(for: subject) {
        case .unchanged: return makeRoute(subject, hash, to: nil)
        case .always(let target): return makeRoute(subject, hash, to: target)
        case .once(let target): return makeRoute(subject, hash, to: target, isSteady: false)
        case .weighted(let targets):
            let routes = targets.map { (limit: $0.limit, makeRoute(subject, hash, to: $0.subject, isSteady: false)) }
            return Route(subject: subject, hash: hash, mayPublish: false, alternatives: routes, isSteady: false)
        }
    }

    private func makeRoute(
        _ subject: UnsafeRawBufferPointer,
        _ hash: UInt64,
        to target: [UInt8]?,
        isSteady: Bool = true
    ) -> Route {
        guard let target else { return makeRoute(subject, hash, target, subject, isSteady) }
        return target.withUnsafeBytes { makeRoute(subject, hash, target, $0, isSteady) }
    }

    /// - Parameter seen: the subject under which the message goes on.
    private func makeRoute(
        _ subject: UnsafeRawBufferPointer,
        _ hash: UInt64,
        _ target: [UInt8]?,
        _ seen: UnsafeRawBufferPointer,
        _ isSteady: Bool
    ) -> Route {
        var match = account.match(seen)
        let extras = match.takeExtras(seen, account.responses)
        // An answer is expected once, and no generation tells when it is not expected any more.
        let isAnswer = seen.starts(with: ResponseRegistry.prefix)
        return Route(
            subject: subject, target: target, hash: hash, mayPublish: mayPublish(to: seen), plain: match.plain,
            groups: match.groups, extras: extras, isSteady: isSteady && !isAnswer)
    }

    func mayPublish(to subject: UnsafeRawBufferPointer) -> Bool {
        if Self.hasGatewayPrefix(subject) { return false }
        if subject.begins(with: "$NRG.") && account.name != settings.systemAccount { return false }
        return permissions?.canPublish(to: subject) ?? true
    }

    /// Whether a request that was delivered to this client allows it to answer on `subject`, once more.
    func mayReply(to subject: UnsafeRawBufferPointer) -> Bool {
        guard let leave = permissions?.responses else { return false }
        let key = Array(subject)
        return outbox.withLock { outbox in
            guard var grant = outbox.replies[key] else { return false }
            grant.used += 1
            let isSpent = leave.maxMessages.map { grant.used > $0 } ?? false
            let isLate = leave.expires.map { .now() - grant.granted > TimeAmount($0) } ?? false
            outbox.replies[key] = isSpent || isLate ? nil : grant
            return !isSpent && !isLate
        }
    }

    func refuse(publishTo subject: UnsafeRawBufferPointer) {
        let quoted = GoText.quoted(subject)
        sendError("Permissions Violation for Publish to \(quoted)")
        log.error("\(label) - Publish Violation - Subject \(quoted)")
    }

    func refuse(reply: UnsafeRawBufferPointer) {
        let quoted = GoText.quoted(reply)
        sendError("Permissions Violation for Publish with Reply of \(quoted)")
        log.error("\(label) - Publish Violation - Reply \(quoted)")
    }

    /// Reply subjects that servers use among themselves.
    @inline(__always)
    static func isReserved(reply: UnsafeRawBufferPointer) -> Bool {
        guard reply.count >= 4 else { return false }
        switch reply[1] {
        case UInt8(ascii: "R"): return reply.begins(with: "_R_.")
        case UInt8(ascii: "G"): return hasGatewayPrefix(reply)
        case UInt8(ascii: "J"): return reply.begins(with: Self.acknowledgements) && reply.count > 8
        default: return false
        }
    }

    /// Whether something follows a prefix that gateways give to subjects.
    private static func hasGatewayPrefix(_ subject: UnsafeRawBufferPointer) -> Bool {
        (subject.begins(with: "_GR_.") && subject.count > 5) || (subject.begins(with: "$GR.") && subject.count > 4)
    }

    // MARK: Delivering

    @inline(__always)
    private func deliver(_ frame: PublishFrame, _ bytes: UnsafeRawBufferPointer, _ route: Route) {
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
    private func deliver(_ message: OutgoingMessage, _ route: Route) {
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
