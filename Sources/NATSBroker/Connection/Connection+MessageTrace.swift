import GoFormats
import NATSSubjects
import NATSWire
import NIOCore
import Synchronization

/// Messages whose headers ask what becomes of them. They go another way than all others, which pay nothing for it but a look
/// at the first letters of their headers.
extension Connection {
    /// The name by which traces show the connection.
    var traceName: String { options.name }

    static func mayAskForTrace(_ frame: PublishFrame, _ bytes: UnsafeRawBufferPointer) -> Bool {
        TraceHeaders.mayAsk(headers(frame, bytes))
    }

    private static func headers(_ frame: PublishFrame, _ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: bytes[frame.body..<frame.body + frame.headerSize])
    }

    /// What becomes of a message whose headers may ask for a trace.
    private enum Tracing {
        /// It is published as any other.
        case none
        /// It is published with headers that end its trace.
        case ended
        /// It is not published.
        case dropped
        case traced(MessageTrace)
    }

    /// Publishes a message that may have asked for a trace.
    ///
    /// - Returns: false for one that is to be published as any other.
    func publishTraced(
        _ frame: PublishFrame,
        _ bytes: UnsafeRawBufferPointer,
        _ subject: UnsafeRawBufferPointer,
        _ generation: UInt64
    ) -> Bool {
        switch tracing(frame, bytes, subject) {
        case .none: return false
        case .dropped: return true
        case .ended:
            let body = UnsafeRawBufferPointer(rebasing: bytes[frame.body..<frame.body + frame.size + 2])
            let headers = Self.headers(Self.headers(frame, bytes), tracedTo: TraceHeaders.disabled)
            let changed = headers + body[frame.headerSize...]
            changed.withUnsafeBytes { body in
                publish(frame, bytes, subject, generation, body, headers.count, nil)
            }
        case .traced(let trace):
            let body = UnsafeRawBufferPointer(rebasing: bytes[frame.body..<frame.body + frame.size + 2])
            publish(frame, bytes, subject, generation, body, frame.headerSize, trace)
            let document = trace.document(server: broker.serverDescription()).encoded()
            let headers = trace.namesEncoding ? HeaderLines.notCompressed : []
            broker.client(inside: trace.account).publish(document, to: trace.destination, headers: headers)
        }
        return true
    }

    private func tracing(
        _ frame: PublishFrame,
        _ bytes: UnsafeRawBufferPointer,
        _ subject: UnsafeRawBufferPointer
    ) -> Tracing {
        guard let headers = TraceHeaders(Self.headers(frame, bytes)) else { return .none }
        let without: Tracing = headers.isTraceOnly ? .dropped : .none
        var destination = headers[TraceHeaders.destination] ?? ""
        if let origin = headers["Nats-Trace-Origin-Account"] {
            log.error(
                "\(label) - Message tracing disabled because of header \"Nats-Trace-Origin-Account\" with value="
                    + GoText.quoted(origin))
            return headers.isTraceOnly ? .dropped : .ended
        }
        if headers.isExternal {
            guard let goal = account.traceGoal else { return .none }
            guard goal.isSampled else { return .ended }
            destination = goal.destination
        }
        guard Subject.isLiteral(destination.utf8) else {
            log.error(
                "\(label) - Destination \(GoText.quoted(destination)) is not valid, won't be able to trace events")
            return without
        }
        let goal = Array(destination.utf8)
        guard goal.withUnsafeBytes({ mayPublish(to: $0) }) else {
            goal.withUnsafeBytes { refuse(publishTo: $0) }
            return .dropped
        }
        let name = String(decoding: subject, as: UTF8.self)
        return .traced(MessageTrace(headers, destination: goal, subject: name, size: frame.size, from: self))
    }

    /// Publishes a message with a body of its own: headers, payload and line end.
    private func publish(
        _ frame: PublishFrame,
        _ bytes: UnsafeRawBufferPointer,
        _ subject: UnsafeRawBufferPointer,
        _ generation: UInt64,
        _ body: UnsafeRawBufferPointer,
        _ headerSize: Int,
        _ trace: MessageTrace?
    ) {
        let route = findRoute(subject, generation)
        let target = String(decoding: route.target, as: UTF8.self)
        if !ByteHash.equal(route.target, subject) {
            trace?.add(mappedTo: target)
            traceMapping(subject, route.target)
        }
        guard route.mayPublish || mayReply(to: route.target) else {
            trace?.add(refusal: "Permissions Violation for Publish to \(GoText.quoted(target))")
            refuse(publishTo: route.target)
            return
        }
        let reply = UnsafeRawBufferPointer(rebasing: bytes[frame.reply])
        if !reply.isEmpty, Self.isReserved(reply: reply) {
            trace?.add(refusal: "Permissions Violation for Publish with Reply of \(GoText.quoted(reply))")
            refuse(reply: reply)
            return
        }
        if verbose { sendOK() }
        let message = PassedMessage(
            subject: Array(route.target), reply: Array(reply), body: body, headerSize: headerSize)
        let wasDelivered = deliver(message, in: account, Passage(), trace, isOwn: true)
        if !wasDelivered, noResponders, !reply.isEmpty { answerNoResponders(reply, route.target) }
    }

    // MARK: Delivering

    /// Delivers a message that may be traced to everybody who is interested in it in `account`.
    ///
    /// - Parameter isOwn: whether the message was published in the account, so that others may import it.
    func deliver(
        _ message: PassedMessage,
        in account: Account,
        _ passage: Passage,
        _ trace: MessageTrace?,
        isOwn: Bool
    ) -> Bool {
        message.subject.withUnsafeBytes { subject in
            let match = account.match(subject, withDenied: trace != nil)
            let isTaken = { (subscription: Subscription) in isOwn || subscription.streamImport == nil }
            var wasDelivered = false
            for subscription in match.plain where isTaken(subscription) {
                if deliver(message, to: subscription, trace) { wasDelivered = true }
            }
            for group in match.groups {
                let members = group.filter(isTaken)
                guard !members.isEmpty else { continue }
                let first = Int(truncatingIfNeeded: nextRandom() % UInt64(members.count))
                let wasTaken = members.indices.contains { step in
                    deliver(message, to: members[(first + step) % members.count], trace)
                }
                if wasTaken { wasDelivered = true }
            }
            for service in match.services where ask(service, message, passage, trace) { wasDelivered = true }
            if account.responses.covers(subject) {
                wasDelivered = true
                if let response = account.responses.owed(on: subject) { answer(response, message, passage) }
            }
            return wasDelivered
        }
    }

    private func deliver(_ message: PassedMessage, to subscription: Subscription, _ trace: MessageTrace?) -> Bool {
        var trace = trace
        var seen = message
        if let imported = subscription.streamImport {
            seen.subject = imported.delivered(message.subject)
            if let ending = trace, !imported.allowsTrace {
                ending.add(
                    streamExportTo: subscription.owner.account.name, as: String(decoding: seen.subject, as: UTF8.self))
                if ending.isTraceOnly { return true }
                trace = nil
            } else {
                trace?.add(
                    streamExportTo: subscription.owner.account.name, as: String(decoding: seen.subject, as: UTF8.self))
            }
        }
        let isAllowed = message.subject.withUnsafeBytes(subscription.mayReceive)
        guard let trace else { return isAllowed && offer(seen, to: subscription) }
        guard subscription.handler == nil else {
            // What streams would keep is not theirs; services of the server itself answer all the same.
            let isForServer = message.subject.starts(with: "$SYS.".utf8)
            return (isForServer || !trace.isTraceOnly) && offer(seen, to: subscription)
        }
        if let loss = loss(for: subscription, isAllowed: isAllowed) {
            trace.add(subscription, loss)
            return false
        }
        if trace.isTraceOnly {
            trace.add(subscription, nil)
            return true
        }
        let wasTaken = offer(seen, to: subscription)
        trace.add(subscription, wasTaken ? nil : .closedClient)
        return wasTaken
    }

    private func loss(for subscription: Subscription, isAllowed: Bool) -> MessageTrace.Loss? {
        if subscription.owner === self, !echo { return .noEcho }
        guard isAllowed else { return .denied }
        return subscription.owner.outbox.withLock { outbox in
            if subscription.isClosed { return .closedSubscription }
            if outbox.isClosed { return .closedClient }
            let isSlow = outbox.dropsWhenNearlyFull && outbox.pending > maxPending / 4 * 3
            return isSlow ? .slowConsumer : nil
        }
    }

    private func offer(_ message: PassedMessage, to subscription: Subscription) -> Bool {
        message.withOutgoing(head: Array("HMSG ".utf8) + message.subject + [0x20]) { offer($0, to: subscription) }
    }

    /// A header block that says where the message's trace goes now.
    static func headers(_ headers: some Collection<UInt8>, tracedTo destination: String) -> [UInt8] {
        let block = Array(headers)
        let lines = block.withUnsafeBytes { HeaderLines.removing(TraceHeaders.destination, from: $0) }
        return lines + "\(TraceHeaders.destination): \(destination)\r\n\r\n".utf8
    }
}
