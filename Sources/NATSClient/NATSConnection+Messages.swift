public import NIOCore
import Synchronization

extension NATSConnection {
    /// Publishes a message. It is on its way when the call returns, but may not have reached the server: ``flush(timeout:)``
    /// tells. Waits while too much waits to be sent.
    ///
    /// - Throws: ``NATSError/Code/badSubject``, ``NATSError/Code/maximumPayload``, ``NATSError/Code/headersUnsupported``,
    ///   ``NATSError/Code/connectionClosed``, ``NATSError/Code/reconnectBufferExceeded``. That the user may not publish to
    ///   the subject is no error of this call: the server says so later, as an event and in ``lastError``.
    public func publish(_ message: NATSMessage) async throws(NATSError) {
        var isFull = false
        try update { state throws(NATSError) in
            try state.machine.publish(message)
            isFull = state.machine.output.readableBytes > Self.outputLimit
            return []
        }
        if isFull {
            await waitForRoom()
        }
    }

    /// Publishes bytes to `subject`.
    public func publish(
        _ payload: ByteBuffer,
        to subject: String,
        replyTo: String? = nil,
        headers: Headers = [:]
    ) async throws(NATSError) {
        try await publish(NATSMessage(subject: subject, replyTo: replyTo, headers: headers, payload: payload))
    }

    /// Publishes text to `subject`.
    public func publish(
        _ text: String,
        to subject: String,
        replyTo: String? = nil,
        headers: Headers = [:]
    ) async throws(NATSError) {
        try await publish(ByteBuffer(string: text), to: subject, replyTo: replyTo, headers: headers)
    }

    /// Answers `message`.
    ///
    /// - Throws: ``NATSError/Code/badSubject`` if the message wants no answer, besides the errors of ``publish(_:)``.
    public func reply(
        to message: NATSMessage,
        with payload: ByteBuffer,
        headers: Headers = [:]
    ) async throws(NATSError) {
        guard let replyTo = message.replyTo else {
            throw NATSError(.badSubject, "nats: message does not have a reply")
        }
        try await publish(payload, to: replyTo, headers: headers)
    }

    /// Subscribes to `subject`, which may hold wildcards: `*` for one token, `>` at the end for any number.
    ///
    /// - Parameter queue: the name of a group whose members share the messages, each getting some.
    /// - Throws: ``NATSError/Code/badSubject``, ``NATSError/Code/badQueue``, ``NATSError/Code/connectionClosed``. A refusal
    ///   by the server comes later and ends the sequence with ``NATSError/Code/permissionsViolation``.
    public func subscribe(to subject: String, queue: String? = nil) throws(NATSError) -> NATSSubscription {
        try subscribe(to: subject, queue: queue, noticesReconnects: false)
    }

    /// - Parameter noticesReconnects: whether a wait for a message ends with ``NATSError/Code/disconnected``, once, when the
    ///   connection was lost and is back: what was asked of the server before it no longer knows.
    func subscribe(to subject: String, queue: String? = nil, noticesReconnects: Bool) throws(NATSError)
        -> NATSSubscription
    {
        let mailbox = SubscriptionMailbox(
            messageLimit: options.pendingMessageLimit,
            byteLimit: options.pendingByteLimit,
            noticesReconnects: noticesReconnects
        )
        var number = 0
        try update { state throws(NATSError) in
            number = try state.machine.subscribe(to: subject, queue: queue)
            state.mailboxes[number] = mailbox
            return []
        }
        return NATSSubscription(subject: subject, queue: queue, number: number, mailbox: mailbox, connection: self)
    }

    /// Waits until the server has dealt with everything sent before.
    ///
    /// - Throws: ``NATSError/Code/timeout``, ``NATSError/Code/disconnected``, ``NATSError/Code/connectionClosed``,
    ///   ``NATSError/Code/cancelled``.
    public func flush(timeout: Duration = .seconds(10)) async throws(NATSError) {
        let number = state.withLock { $0.nextNumber() }
        let timer = schedule(after: timeout) { [weak self] in
            self?.abandonFlush(number, .timeout)
        }
        defer { timer.cancel() }
        let error = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                update { state in
                    do {
                        guard !Task.isCancelled else { throw NATSError.cancelled }
                        try state.machine.flush(number)
                        state.flushes[number] = continuation
                    } catch {
                        continuation.resume(returning: error as? NATSError)
                    }
                    return []
                }
            }
        } onCancel: {
            abandonFlush(number, .cancelled)
        }
        if let error {
            throw error
        }
    }

    /// How long a question and its answer take between this client and the server.
    public func roundTripTime(timeout: Duration = .seconds(10)) async throws(NATSError) -> Duration {
        let start = ContinuousClock.now
        try await flush(timeout: timeout)
        return ContinuousClock.now - start
    }

    /// Ends all subscriptions once what is under way has been taken, sends what is still to be sent, and closes.
    ///
    /// - Throws: ``NATSError/Code/drainTimeout`` if consumers took too long. The connection is closed nevertheless.
    public func drain() async throws(NATSError) {
        var draining: [(number: Int, mailbox: SubscriptionMailbox)] = []
        update { state in
            state.machine.refusesSubscriptions = true
            draining = state.mailboxes.map { ($0.key, $0.value) }
            for (number, _) in draining {
                state.machine.beginDraining(number)
            }
            return []
        }
        defer { close() }
        try await flush(timeout: options.drainTimeout)
        update { state in
            draining.flatMap { state.machine.finishDraining($0.number) }
        }
        let isLate = await waitUntilEmpty(draining.map(\.mailbox))
        state.withLock { $0.machine.refusesPublishes = true }
        try await flush(timeout: options.drainTimeout)
        if isLate {
            throw .drainTimeout
        }
    }

    func unsubscribe(_ number: Int, after maximum: Int?) {
        update { $0.machine.unsubscribe(number, after: maximum) }
    }

    func drain(_ number: Int, mailbox: SubscriptionMailbox) async throws(NATSError) {
        update { state in
            state.machine.beginDraining(number)
            return []
        }
        try await flush(timeout: options.drainTimeout)
        update { $0.machine.finishDraining(number) }
        if await waitUntilEmpty([mailbox]) {
            throw .drainTimeout
        }
    }

    /// Waits for the consumers of finished mailboxes.
    ///
    /// - Returns: whether their time ran out.
    private func waitUntilEmpty(_ mailboxes: [SubscriptionMailbox]) async -> Bool {
        let isLate = ManagedFlag()
        let timer = schedule(after: options.drainTimeout) {
            isLate.raise()
            for mailbox in mailboxes {
                mailbox.discard()
            }
        }
        for mailbox in mailboxes {
            await mailbox.waitUntilEmpty()
        }
        timer.cancel()
        return isLate.isRaised
    }

    private func abandonFlush(_ number: Int, _ error: NATSError) {
        update { state in
            if let continuation = state.flushes.removeValue(forKey: number) {
                state.machine.abandonFlush(number)
                continuation.resume(returning: error)
            }
            return []
        }
    }

    /// Waits while too much waits to be sent.
    func waitForRoom() async {
        await withCheckedContinuation { continuation in
            state.withLock { state in
                if state.machine.output.readableBytes > Self.outputLimit, state.channel != nil {
                    state.waitingForRoom.append(continuation)
                } else {
                    continuation.resume()
                }
            }
        }
    }
}
