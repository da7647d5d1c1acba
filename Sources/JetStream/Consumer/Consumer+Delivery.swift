import NATSWire

/// Delivering.
extension Consumer {
    var isPaused: Bool {
        configuration.pauseUntil.map { $0 != .zero && $0.nanoseconds > now } ?? false
    }

    /// Delivers as much as may be delivered.
    func work() {
        isReady = false
        guard !isClosed else { return }
        // Who goes is told of later than what the same client acknowledged after it went.
        if isActive { checkInterest() }
        var isStalled = false
        if !isPaused {
            moment = now
            unsent = 0
            stream.report { () throws(StoreError) in isStalled = try self.deliverAll() }
        }
        // Those who wait only for what is there got it, unless acknowledgements are missing.
        if waiting.impatient > 0 && !isStalled { sweepWaiting(atEnd: true) }
        stream.report { () throws(StoreError) in try self.store.flush(sync: false) }
        setAlarm()
    }

    /// - Returns: whether it stopped because too much is unacknowledged.
    private func deliverAll() throws(StoreError) -> Bool {
        while !redeliveries.isEmpty {
            guard canSend, try redeliverNext() else { return false }
        }
        guard canSend else { return false }
        let limit =
            configuration.ackPolicy == .none || configuration.maxAckPending <= 0
            ? Int.max : configuration.maxAckPending
        var room = limit == .max ? limit : limit - pendingCount
        if room <= 0 { return true }
        while let sequence = lastPerSubject.last {
            guard canSend else { return false }
            guard room > 0 else { return true }
            if let message = try stream.store.message(sequence), !deliver(message, count: 1) { return false }
            next = sequence + 1
            lastPerSubject.removeLast()
            if lastPerSubject.isEmpty { next = max(next, resume + 1) }
            room -= 1
        }
        var unneeded: [UInt64] = []
        let keepsNothing = configuration.ackPolicy == .none && stream.configuration.retention != .limits
        // A message that was skipped by the filters is not looked at again.
        var isAtEnd = true
        try stream.store.visit(from: next, matching: filters) { view in
            guard canSend, room > 0 else {
                isAtEnd = false
                return false
            }
            guard deliver(view, count: 1) else {
                isAtEnd = false
                return false
            }
            next = view.sequence + 1
            room -= 1
            if keepsNothing { unneeded.append(view.sequence) }
            if unsent >= Self.enoughToSend { sendNow() }
            return true
        }
        if isAtEnd {
            next = max(next, stream.lastSequence + 1)
            numPending = 0
            countedThrough = stream.lastSequence
        }
        for sequence in unneeded { stream.acknowledged(sequence) }
        return room <= 0
    }

    /// So many bytes are worth a write of their own.
    private static let enoughToSend = 1 << 16

    /// Lets what was delivered so far go out, with a note of it in the store as ever.
    private func sendNow() {
        moment = now
        unsent = 0
        stream.report { () throws(StoreError) in try self.store.flush(sync: false) }
        host.sendNow()
    }

    /// Whether somebody is there to send to.
    private var canSend: Bool {
        !host.isCongested && (configuration.isPull ? !waiting.isEmpty : isActive && !flow.isStalled)
    }

    /// - Returns: false where nobody takes it now.
    private func redeliverNext() throws(StoreError) -> Bool {
        guard let sequence = redeliveries.takeFirst() else { return false }
        guard let pending = ledger.state.pending[sequence] else { return true }
        let count = (ledger.state.redelivered[sequence] ?? 0) + 2
        if configuration.maxDeliver > 0, count > UInt64(configuration.maxDeliver) {
            exhaust(sequence, deliveries: count - 1)
            return true
        }
        guard let message = try stream.store.message(sequence) else {
            store.record(.acknowledged(stream: sequence))
            terminatedAdvisory(
                sequence, dseq: pending.consumer, count: count - 1, reason: Self.removedReason)
            return true
        }
        if deliver(message, count: count) { return true }
        redeliveries.addFirst(sequence)
        return false
    }

    private func deliver(_ message: StoredMessage, count: UInt64) -> Bool {
        message.subject.withUnsafeBytes { subject in
            message.header.withUnsafeBytes { header in
                message.body.withUnsafeBytes { body in
                    deliver(
                        MessageView(
                            sequence: message.sequence, timestamp: message.timestamp, expires: 0, subject: subject,
                            header: header, body: body),
                        count: count)
                }
            }
        }
    }

    /// Sends one message.
    ///
    /// - Parameter count: 1 for the first time, 2 for the second …
    /// - Returns: false where nobody takes it now.
    private func deliver(_ view: MessageView, count: UInt64) -> Bool {
        let now = moment
        let left = count == 1 ? max(0, numPending - 1) : numPending
        writeAcknowledgementSubject(view, count: count, pending: left)
        var header: [UInt8]?
        if configuration.isHeadersOnly {
            var writer = HeaderWriter(view.header)
            writer.add("Nats-Msg-Size", view.body.count)
            header = writer.finished()
        }
        var size =
            view.subject.count + ackSubject.count + (header?.count ?? view.header.count)
            + (configuration.isHeadersOnly ? 0 : view.body.count)
        if !pace.isFree {
            guard pace.admits(sequence: view.sequence, timestamp: view.timestamp, size: size, now: now) else {
                return false
            }
            pace.sent(timestamp: view.timestamp, now: now)
        }
        var served: WaitingRequest?
        if configuration.isPull {
            served = nextWaiting(size: size, pending: numPending, now: now)
            guard let served else { return false }
            if configuration.priorityPolicy == .pinnedClient {
                var writer = HeaderWriter(header ?? Array(view.header))
                writer.add("Nats-Pin-Id", pin.id.utf8)
                header = writer.finished()
            }
            served.reply.withUnsafeBytes { send(view, to: $0, header: header) }
        } else {
            deliverSubject.withUnsafeBytes { send(view, to: $0, header: header) }
            size += deliverSubject.count
        }
        unsent += size
        numPending = left
        delivered(view.sequence, count: count, now: now)
        if let served { finish(served, now: now) } else if flow.sent(size) { askForFlow() }
        return true
    }

    private func send(_ view: MessageView, to target: UnsafeRawBufferPointer, header: [UInt8]?) {
        let body = configuration.isHeadersOnly ? UnsafeRawBufferPointer(start: nil, count: 0) : view.body
        let reply = ackSubject.bytes
        if let header {
            header.withUnsafeBytes {
                host.send(to: target, shownAs: view.subject, reply: reply, header: $0, body: body)
            }
        } else {
            host.send(to: target, shownAs: view.subject, reply: reply, header: view.header, body: body)
        }
    }

    /// `$JS.ACK.<stream>.<consumer>.<count>.<stream sequence>.<consumer sequence>.<time>.<pending>`
    private func writeAcknowledgementSubject(_ view: MessageView, count: UInt64, pending: Int) {
        Self.write(
            (count, view.sequence, nextDelivery, UInt64(view.timestamp), UInt64(pending)),
            behind: ackPrefix.count, to: &ackSubject)
    }

    private static func write(
        _ numbers: (UInt64, UInt64, UInt64, UInt64, UInt64), behind prefix: Int, to subject: inout LineBuffer
    ) {
        let dot = UInt8(ascii: ".")
        subject.truncate(to: prefix)
        subject.appendDecimal(numbers.0)
        subject.append(dot)
        subject.appendDecimal(numbers.1)
        subject.append(dot)
        subject.appendDecimal(numbers.2)
        subject.append(dot)
        subject.appendDecimal(numbers.3)
        subject.append(dot)
        subject.appendDecimal(numbers.4)
    }

    private func delivered(_ sequence: UInt64, count: UInt64, now: Int64) {
        let needsAck = configuration.ackPolicy != .none
        store.record(
            .delivered(consumer: nextDelivery, stream: sequence, timestamp: now, count: count, needsAck: needsAck))
        nextDelivery += 1
        if needsAck { watch(sequence, since: now) }
        lastDelivery = now
        if configuration.isPull { lastRequest = now } else { heartbeatAt = now + configuration.heartbeat }
    }

    private func finish(_ request: WaitingRequest, now: Int64) {
        if request.count <= 0 && request.bytes > 0 {
            status(
                request.reply,
                "409 Batch Completed\r\nNats-Pending-Messages: \(request.count)\r\nNats-Pending-Bytes: \(request.bytes)"
            )
        } else if request.count > 0 && request.heartbeat > 0 {
            request.heartbeatAt = now + request.heartbeat
        }
    }

    private func askForFlow() {
        let question = flow.ask(stream: stream.name, consumer: name)
        host.send(
            to: deliverSubject, reply: question, header: Array("NATS/1.0 100 FlowControl Request\r\n\r\n".utf8))
    }

    /// Sends a message that is nothing but a status.
    func status(_ reply: [UInt8], _ text: String) {
        host.send(to: reply, header: Array("NATS/1.0 \(text)\r\n\r\n".utf8))
    }

    func sendHeartbeat(to subject: [UInt8]) {
        var text =
            "100 Idle Heartbeat\r\nNats-Last-Consumer: \(nextDelivery - 1)\r\nNats-Last-Stream: \(max(1, next) - 1)"
        if !flow.question.isEmpty {
            text += "\r\nNats-Consumer-Stalled: \(String(decoding: flow.question, as: UTF8.self))"
        }
        status(subject, text)
    }

    /// Gives a message up that was delivered as often as it may be.
    func exhaust(_ sequence: UInt64, deliveries: UInt64) {
        exhausted.insert(sequence)
        account.advise(
            "CONSUMER.MAX_DELIVERIES.\(stream.name).\(name)", type: "max_deliver",
            [
                .init("stream", .string(stream.name)), .init("consumer", .string(name)),
                .init("stream_seq", .int(Int64(clamping: sequence))),
                .init("deliveries", .int(Int64(clamping: deliveries))),
            ])
    }
}
