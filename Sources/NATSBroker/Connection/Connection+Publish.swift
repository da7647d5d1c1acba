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
        if options.pedantic, !hasCheckedSubject, !Subject.isLiteral(subject) { sendError("Invalid Publish Subject") }
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

    /// Whether a request that was delivered to this client allows it to answer on `subject`, once more.
    func mayReply(to subject: UnsafeRawBufferPointer) -> Bool {
        guard permissions?.responses != nil else { return false }
        let key = Array(subject)
        return outbox.withLock { $0.useGrant(key) }
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
    static func hasGatewayPrefix(_ subject: UnsafeRawBufferPointer) -> Bool {
        (subject.begins(with: "_GR_.") && subject.count > 5) || (subject.begins(with: "$GR.") && subject.count > 4)
    }
}
