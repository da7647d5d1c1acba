import NATSWire
import NIOCore

// MARK: - What the user asks for

extension ConnectionStateMachine {
    /// Makes a message ready to be sent, or keeps it for the next connection.
    mutating func publish(_ message: NATSMessage) throws(NATSError) {
        try Subject.checkPublishing(message.subject)
        if let replyTo = message.replyTo {
            try Subject.checkPublishing(replyTo)
        }
        try checkOpen()
        guard !refusesPublishes else { throw .connectionDraining }
        let headers = try encoded(message.headers)
        if let info {
            guard message.payload.readableBytes + (headers?.readableBytes ?? 0) <= info.maximumPayload else {
                throw .maximumPayload
            }
        }
        if phase == .connected {
            output.writePublish(
                subject: message.subject,
                replyTo: message.replyTo,
                headers: headers,
                payload: message.payload
            )
            return
        }
        guard held.readableBytes < options.reconnectBufferSize else { throw .reconnectBufferExceeded }
        held.writePublish(
            subject: message.subject,
            replyTo: message.replyTo,
            headers: headers,
            payload: message.payload
        )
    }

    /// Begins a subscription, now or with the next connection, and returns its number.
    mutating func subscribe(to subject: String, queue: String?) throws(NATSError) -> Int {
        try Subject.check(subject)
        if let queue {
            try Subject.checkQueue(queue)
        }
        try checkOpen()
        guard !refusesSubscriptions else { throw .connectionDraining }
        let id = nextSubscription()
        subscriptions[id] = Subscription(subject: subject, queue: queue)
        if phase == .connected {
            output.writeSubscribe(subject: subject, queue: queue, subscription: id)
        }
        return id
    }

    /// Ends a subscription: at once, or when it has got `maximum` messages in all.
    mutating func unsubscribe(_ id: Int, after maximum: Int? = nil) -> [Action] {
        guard var subscription = subscriptions[id] else { return [] }
        if phase == .connected {
            output.writeUnsubscribe(subscription: id, after: maximum)
        }
        guard let maximum, maximum > subscription.delivered else {
            subscriptions[id] = nil
            return [.finish(subscription: id, nil)]
        }
        subscription.maximum = maximum
        subscriptions[id] = subscription
        return []
    }

    /// Stops new messages of a subscription; those that are under way still come.
    mutating func beginDraining(_ id: Int) {
        guard subscriptions[id]?.isDraining == false else { return }
        subscriptions[id]?.isDraining = true
        if phase == .connected {
            output.writeUnsubscribe(subscription: id, after: nil)
        }
    }

    /// Forgets a drained subscription.
    mutating func finishDraining(_ id: Int) -> [Action] {
        guard subscriptions.removeValue(forKey: id) != nil else { return [] }
        return [.finish(subscription: id, nil)]
    }

    /// Asks the server for a sign of life, which comes when it has dealt with everything sent before.
    mutating func flush(_ id: Int) throws(NATSError) {
        try checkOpen()
        guard phase == .connected else { throw .disconnected }
        expectedPongs.append(.flush(id))
        output.writeStaticString("PING\r\n")
    }

    /// Forgets a flush that nobody waits for any more. Its answer still comes and is counted.
    mutating func abandonFlush(_ id: Int) {
        guard let index = expectedPongs.firstIndex(of: .flush(id)) else { return }
        expectedPongs[index] = .keepAlive
    }

    private func checkOpen() throws(NATSError) {
        guard phase != .closed else { throw .connectionClosed }
    }

    private func encoded(_ headers: Headers) throws(NATSError) -> ByteBuffer? {
        guard !headers.isEmpty else { return nil }
        guard info?.supportsHeaders != false else { throw .headersUnsupported }
        do {
            return try headers.block.encoded()
        } catch {
            throw .badHeaders
        }
    }
}
