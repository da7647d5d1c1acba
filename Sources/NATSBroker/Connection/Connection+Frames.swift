import GoFormats
import NATSAccounts
import NATSSubjects
import NATSWire
import NIOCore
import Synchronization

extension Connection {
    func handle(_ frame: ClientFrame, _ bytes: UnsafeRawBufferPointer) {
        switch frame {
        case .publish(let frame): publish(frame, bytes)
        case .subscribe(let arguments): subscribe(bytes, arguments)
        case .unsubscribe(let arguments): unsubscribe(bytes, arguments)
        case .connect(let arguments): connect(bytes, arguments)
        case .ping:
            log.trace("\(label) - <<- [PING]")
            answerPing()
        case .pong:
            log.trace("\(label) - <<- [PONG]")
            pingsOut = 0
            roundTrip = max(.now() - (pingSentAt ?? startedAt), .nanoseconds(1))
        case .info(let arguments):
            if let error = Self.jsonError(bytes[arguments]) { fail(error) }
        case .error(let arguments):
            log.error("\(label) - Client Error \(String(decoding: bytes[arguments], as: UTF8.self))")
            close(.parseError)
        case .ok: break
        }
    }

    private static func jsonError(_ bytes: Slice<UnsafeRawBufferPointer>) -> JSONError? {
        do throws(JSONError) {
            _ = try JSONValue(parsing: UnsafeRawBufferPointer(rebasing: bytes))
            return nil
        } catch {
            return error
        }
    }

    private func answerPing() {
        log.trace("\(label) - ->> [PONG]")
        enqueue("PONG\r\n".utf8)
        lastInbound = .now()
        guard hasConnected, !hasSentFirstPong else { return }
        hasSentFirstPong = true
        // Clients that understand a later INFO learn here which account they are bound to.
        if options.protocolVersion >= 1 { enqueue(info(isConnectInfo: true).frame()) }
    }

    // MARK: Interest

    private func subscribe(_ bytes: UnsafeRawBufferPointer, _ arguments: Range<Int>) {
        trace("SUB", bytes, arguments)
        let fields = Self.fields(bytes, arguments)
        guard fields.count == 2 || fields.count == 3 else {
            failQuietly("processSub Parse Error: \(GoText.quoted(bytes[arguments]))")
            return
        }
        noteActivity()
        let subject = Array(bytes[fields[0]])
        let queue = fields.count == 3 ? Array(bytes[fields[1]]) : nil
        let sid = Array(bytes[fields[fields.count - 1]])
        guard mayHold(subject, queue, sid) else { return }
        if let existing = subscriptions[sid] {
            if !outbox.withLock({ _ in existing.isClosed }) {
                if verbose { sendOK() }
                return
            }
            remove(existing)
        }
        let subscription = Subscription(
            owner: self,
            account: account,
            subject: subject,
            queue: queue,
            sid: sid,
            deniedBy: permissions.flatMap { $0.needsDeliveryCheck(subject, queue: queue) ? $0 : nil },
            grantsReplies: permissions?.responses != nil)
        guard account.insert(subscription) else {
            sendError("Invalid Subject")
            return
        }
        subscriptions[sid] = subscription
        addShadows(of: subscription)
        if verbose { sendOK() }
    }

    /// Subscribes in the accounts that the subscription's own imports from.
    func addShadows(of subscription: Subscription) {
        for imported in subscription.account.streamImports {
            guard let shadow = subscription.shadow(through: imported) else { continue }
            log.debug(
                "\(label) - Creating import subscription on \(GoText.quoted(shadow.subject)) from account "
                    + GoText.quoted(imported.exporter.name))
            if imported.exporter.insert(shadow) { subscription.shadows.append(shadow) }
        }
    }

    /// Permissions and limits, in nats-server's order; says so to the client where one is in the way.
    private func mayHold(_ subject: [UInt8], _ queue: [UInt8]?, _ sid: [UInt8]) -> Bool {
        let isReservedQueue = queue.map { $0.elementsEqual("_sys_".utf8) } ?? false
        if isReservedQueue || permissions?.canSubscribe(to: subject, queue: queue) == false {
            let quoted = GoText.quoted(subject)
            let name = String(decoding: sid, as: UTF8.self)
            if let queue {
                let group = GoText.quoted(queue)
                sendError("Permissions Violation for Subscription to \(quoted) using queue \(group)")
                log.error("\(label) - Subscription Violation - Subject \(quoted), Queue: \(group), SID \(name)")
            } else {
                sendError("Permissions Violation for Subscription to \(quoted)")
                log.error("\(label) - Subscription Violation - Subject \(quoted), SID \(name)")
            }
            return false
        }
        if let limit = settings.maxSubscriptionTokens, subject.split(separator: 0x2E).count > limit {
            let quoted = GoText.quoted(subject)
            sendError("Permissions Violation for Subscription to \(quoted), too many tokens")
            let name = String(decoding: sid, as: UTF8.self)
            log.error("\(label) - Subscription Violation Too Many Tokens - Subject \(quoted), SID \(name)")
            return false
        }
        if let limit = maxSubscriptions, subscriptions.count >= limit {
            refuseSubscription()
            return false
        }
        return true
    }

    /// The log hears of an account's clients that want too much only now and then.
    private func refuseSubscription() {
        if account.mayReportTooManySubscriptions() { log.error("\(label) - maximum subscriptions exceeded") }
        sendError("maximum subscriptions exceeded")
    }

    /// Sends a client away that holds as many subscriptions as it may, which nats-server does when it applies the bounds of an
    /// account, be it for the first time or by a reload.
    func endAtSubscriptionLimit() {
        guard let limit = maxSubscriptions, subscriptions.count >= limit else { return }
        eventLoop.scheduleTask(in: .milliseconds(20)) {
            guard self.closeReason == nil else { return }
            self.refuseSubscription()
            self.close(.maxSubscriptionsExceeded)
        }
    }

    private func unsubscribe(_ bytes: UnsafeRawBufferPointer, _ arguments: Range<Int>) {
        trace("UNSUB", bytes, arguments)
        let fields = Self.fields(bytes, arguments)
        guard fields.count == 1 || fields.count == 2 else {
            failQuietly("processUnsub Parse Error: \(GoText.quoted(bytes[arguments]))")
            return
        }
        noteActivity()
        let limit = fields.count == 2 ? ClientFrameScanner.number(bytes, fields[1]) : -1
        if verbose { sendOK() }
        if let subscription = subscriptions[Array(bytes[fields[0]])] {
            let endsNow = outbox.withLock { _ in
                if limit > 0 && limit > subscription.delivered {
                    subscription.limit = limit
                    return false
                }
                subscription.isClosed = true
                return true
            }
            if endsNow { remove(subscription) }
        }
    }

    /// Ends a subscription that has had all the messages it wanted. Safe from every event loop.
    func end(_ subscription: Subscription) {
        log.debug(
            "\(label) - Auto-unsubscribe limit of \(subscription.limit) reached for sid "
                + "'\(String(decoding: subscription.sid, as: UTF8.self))'")
        if eventLoop.inEventLoop {
            remove(subscription)
        } else {
            subscription.account.remove(subscription)
            eventLoop.execute { self.remove(subscription) }
        }
    }

    private func remove(_ subscription: Subscription) {
        log.trace("\(label) - <-> [DELSUB \(String(decoding: subscription.sid, as: UTF8.self))]")
        if subscriptions[subscription.sid] === subscription { subscriptions[subscription.sid] = nil }
        subscription.account.remove(subscription)
        removeShadows(of: subscription)
        forgetAnswers(to: subscription)
    }

    func removeShadows(of subscription: Subscription) {
        guard !subscription.shadows.isEmpty else { return }
        outbox.withLock { _ in
            for shadow in subscription.shadows { shadow.isClosed = true }
        }
        for shadow in subscription.shadows { shadow.account.remove(shadow) }
        subscription.shadows = []
    }

    /// How many subscriptions are taken out of their accounts before others get their turn.
    private static let removedAtOnce = 1_000

    /// Ends all subscriptions. Where there are very many, some stay in their accounts for a while, but take nothing any more.
    func removeAllSubscriptions() {
        let all = Array(subscriptions.values)
        subscriptions = [:]
        outbox.withLock { outbox in
            guard !outbox.isClosed else { return }
            for subscription in all { subscription.isClosed = true }
        }
        let isUnderWay = !leaving.isEmpty
        leaving += all
        if !isUnderWay { removeLeaving() }
    }

    private func removeLeaving() {
        let some = Array(leaving.suffix(Self.removedAtOnce))
        leaving.removeLast(some.count)
        for subscription in some {
            log.trace("\(label) - <-> [DELSUB \(String(decoding: subscription.sid, as: UTF8.self))]")
            subscription.account.remove(subscription)
            removeShadows(of: subscription)
        }
        for subscription in some { forgetAnswers(to: subscription) }
        if !leaving.isEmpty { eventLoop.scheduleTask(in: ReadPace.pause) { self.removeLeaving() } }
    }

    // MARK: Helpers

    func traceMapping(_ subject: UnsafeRawBufferPointer, _ target: UnsafeRawBufferPointer) {
        let (from, to) = (String(decoding: subject, as: UTF8.self), String(decoding: target, as: UTF8.self))
        log.trace("\(label) - <<- [MAPPING \(from) -> \(to)]")
    }

    func noteActivity() {
        lastActivity = .now()
        lastInbound = .now()
    }

    /// Where the fields between white space lie.
    private static func fields(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> [Range<Int>] {
        var fields: [Range<Int>] = []
        var start: Int?
        for index in range {
            switch bytes[index] {
            case 0x20, 0x09, 0x0D, 0x0A:
                if let begun = start { fields.append(begun..<index) }
                start = nil
            default:
                start = start ?? index
            }
        }
        if let start { fields.append(start..<range.upperBound) }
        return fields
    }
}
