import GoFormats
import NATSWire

/// The numbers in an acknowledgement's subject.
struct AcknowledgementNumbers {
    /// How often the message was delivered.
    var count: UInt64
    /// The message's sequence in the stream.
    var stream: UInt64
    /// The delivery's number.
    var consumer: UInt64

    init(count: UInt64, stream: UInt64, consumer: UInt64) {
        self.count = count
        self.stream = stream
        self.consumer = consumer
    }

    /// - Parameter rest: what follows the consumer's name and its dot; five numbers and perhaps more.
    init?(_ rest: UnsafeRawBufferPointer) {
        var numbers: (UInt64, UInt64, UInt64) = (0, 0, 0)
        var index = 0
        var start = 0
        for position in 0...rest.count where position == rest.count || rest[position] == UInt8(ascii: ".") {
            if index < 3 {
                // What is no number is taken as a very large one, as nats-server takes it.
                let value = UnsafeRawBufferPointer(rebasing: rest[start..<position]).number ?? UInt64(Int64.max)
                switch index {
                case 0: numbers.0 = value
                case 1: numbers.1 = value
                default: numbers.2 = value
                }
            }
            index += 1
            start = position + 1
        }
        guard index >= 5, numbers.1 > 0 else { return nil }
        (count, stream, consumer) = numbers
    }
}

/// Acknowledgements.
extension Consumer {
    /// Takes an acknowledgement of whatever kind. The bytes are lent for the time of the call.
    func acknowledge(_ numbers: AcknowledgementNumbers, reply: UnsafeRawBufferPointer, body: UnsafeRawBufferPointer) {
        guard !isClosed else { return }
        var isConfirmed = true
        if body.isEmpty || body.matches("+ACK") || body.matches("+OK") {
            isConfirmed = acknowledge(numbers, isSampled: true)
        } else if body.starts(with: "+NXT".utf8) {
            _ = acknowledge(numbers, isSampled: true)
            pull(reply: Array(reply), body: UnsafeRawBufferPointer(rebasing: body[4...]))
            return
        } else if body.starts(with: "-NAK".utf8) {
            refuse(numbers, UnsafeRawBufferPointer(rebasing: body[4...]))
        } else if body.matches("+WPI") {
            postpone(numbers.stream)
        } else if body.starts(with: "+TERM".utf8) {
            isConfirmed = acknowledge(numbers, isSampled: false)
            let reason = String(decoding: body[5...], as: UTF8.self)
            terminatedAdvisory(
                numbers.stream, dseq: numbers.consumer, count: numbers.count, reason: trimmed(reason))
        }
        guard isConfirmed, !reply.isEmpty else { return }
        // Goes out when the store has it.
        stream.outgoing.add(subject: reply, body: UnsafeRawBufferPointer(start: nil, count: 0))
        stream.markDirty()
    }

    private func trimmed(_ text: String) -> String {
        String(text.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
    }

    /// - Returns: whether the client may be told.
    func acknowledge(_ numbers: AcknowledgementNumbers, isSampled: Bool) -> Bool {
        let sequence = numbers.stream
        // What was not delivered yet can't be acknowledged.
        if sequence >= next && !configuration.hasFlowControl { return false }
        let isLimited = stream.configuration.retention == .limits
        let wasFull = configuration.maxAckPending > 0 && pendingCount >= configuration.maxAckPending
        switch configuration.ackPolicy {
        case .none: return !isLimited
        case .explicit:
            if let pending = ledger.state.pending[sequence] {
                if isSampled { sample(numbers, since: pending.timestamp) }
                store.record(.acknowledged(stream: sequence))
                lastAcknowledgement = now
            }
            if !exhausted.isEmpty { exhausted.remove(sequence) }
            redeliveries.remove(sequence)
            if !isLimited { stream.acknowledged(sequence) }
        case .all, .flowControl:
            let floor = ledger.state.acknowledged
            guard numbers.consumer > floor.consumer, sequence > floor.stream else { return true }
            let done = isLimited ? [] : ledger.state.pending.keys.filter { $0 < sequence } + [sequence]
            if !exhausted.isEmpty { exhausted = exhausted.filter { $0 > sequence } }
            redeliveries.removeAll(before: sequence + 1)
            store.record(.acknowledgedThrough(consumer: numbers.consumer, stream: sequence))
            lastAcknowledgement = now
            for sequence in done { stream.acknowledged(sequence) }
        }
        if !isUnsaved {
            isUnsaved = true
            account.dirtyConsumers.append(self)
        }
        stream.markDirty()
        if wasFull { markReady() }
        return true
    }

    /// Delivers a message again, at once or after a while.
    private func refuse(_ numbers: AcknowledgementNumbers, _ rest: UnsafeRawBufferPointer) {
        guard numbers.consumer > ledger.state.acknowledged.consumer, numbers.consumer < nextDelivery,
            let pending = ledger.state.pending[numbers.stream], !exhausted.contains(numbers.stream)
        else { return }
        account.advise("CONSUMER.MSG_NAKED.\(stream.name).\(name)", type: "nak", deliveryMembers(numbers))
        let argument = trimmed(String(decoding: rest, as: UTF8.self))
        if !argument.isEmpty, let delay = Self.delay(argument) {
            redeliveries.remove(numbers.stream)
            // A deadline is counted from the time of delivery, so that one is moved.
            let time = now - configuration.ackWait + delay
            store.record(
                .delivered(
                    consumer: pending.consumer, stream: numbers.stream, timestamp: time, count: 1, needsAck: true))
            watch(numbers.stream, since: time)
            setAlarm()
            return
        }
        redeliveries.add(numbers.stream)
        markReady()
    }

    /// `{"delay": nanoseconds}` or a duration; `nil` for anything else.
    private static func delay(_ text: String) -> Int64? {
        guard text.hasPrefix("{") else { return try? GoDuration.nanoseconds(of: GoDuration.parse(text)) }
        var delay: Int64 = 0
        do throws(RequestProblem) {
            try RequestDecoder.decode(Array(text.utf8), as: "ConsumerNakOptions", isStrict: false) {
                decoder, name, value throws(RequestProblem) in
                guard name == "delay" else { return false }
                decoder.duration(&delay, value)
                return true
            }
        } catch {
            return nil
        }
        return delay
    }

    /// The client works on it: the time that it has begins anew.
    private func postpone(_ sequence: UInt64) {
        guard let pending = ledger.state.pending[sequence] else { return }
        let now = now
        store.record(
            .delivered(consumer: pending.consumer, stream: sequence, timestamp: now, count: 1, needsAck: true))
        watch(sequence, since: now)
    }

    // MARK: Deadlines

    /// When a message that was delivered at `time` is due again.
    private func deadline(of sequence: UInt64, since time: Int64) -> Int64 {
        guard !configuration.backOff.isEmpty else { return time + configuration.ackWait }
        let index = min(Int(ledger.state.redelivered[sequence] ?? 0), configuration.backOff.count - 1)
        return time + configuration.backOff[index]
    }

    func watch(_ sequence: UInt64, since time: Int64) {
        guard configuration.ackWait > 0 else { return }
        ackTimers.add(sequence, deadline: deadline(of: sequence, since: time))
    }

    /// Watches everything that is pending, as after a start.
    func watchAll() {
        ackTimers.removeAll()
        for (sequence, pending) in ledger.state.pending where !exhausted.contains(sequence) {
            watch(sequence, since: pending.timestamp)
        }
    }

    /// Drops deadlines of what was acknowledged.
    func tidyTimers() {
        while let first = ackTimers.first, ledger.state.pending[first.sequence] == nil { ackTimers.removeFirst() }
        if ackTimers.count > 2 * ledger.state.pending.count + 1_024 { watchAll() }
    }

    /// Queues what was not acknowledged in time.
    func expirePending(now: Int64) {
        var due: [UInt64] = []
        while let first = ackTimers.first, first.deadline <= now {
            ackTimers.removeFirst()
            let sequence = first.sequence
            guard let pending = ledger.state.pending[sequence], !exhausted.contains(sequence),
                deadline(of: sequence, since: pending.timestamp) <= now
            else { continue }
            due.append(sequence)
        }
        for sequence in due.sorted() where !redeliveries.contains(sequence) {
            let count = max(1, ledger.state.redelivered[sequence] ?? 0)
            if configuration.maxDeliver > 0 && count >= UInt64(configuration.maxDeliver) {
                exhaust(sequence, deliveries: count)
            } else {
                redeliveries.add(sequence)
            }
        }
    }

    // MARK: Advisories

    private func deliveryMembers(_ numbers: AcknowledgementNumbers) -> [JSONValue.Member] {
        [
            .init("stream", .string(stream.name)), .init("consumer", .string(name)),
            .init("consumer_seq", .int(Int64(clamping: numbers.consumer))),
            .init("stream_seq", .int(Int64(clamping: numbers.stream))),
            .init("deliveries", .int(Int64(clamping: numbers.count))),
        ]
    }

    /// Why a message that was never acknowledged needs no more delivery.
    static let removedReason = "Unacknowledged message was deleted"

    func terminatedAdvisory(_ sequence: UInt64, dseq: UInt64, count: UInt64, reason: String) {
        var members: [JSONValue.Member] = [
            .init("stream", .string(stream.name)), .init("consumer", .string(name)),
            .init("consumer_seq", .int(Int64(clamping: dseq))), .init("stream_seq", .int(Int64(clamping: sequence))),
            .init("deliveries", .int(Int64(clamping: count))),
        ]
        members.addText("reason", reason)
        account.advise("CONSUMER.MSG_TERMINATED.\(stream.name).\(name)", type: "terminated", members)
    }

    /// Says how long an acknowledgement took, for as many in a hundred as the configuration asks for.
    private func sample(_ numbers: AcknowledgementNumbers, since time: Int64) {
        guard sampling > 0, sampling >= 100 || Int.random(in: 0..<100) <= sampling else { return }
        var members = deliveryMembers(numbers)
        members.insert(.init("ack_time", .int(now - time)), at: 4)
        account.measure("CONSUMER.ACK.\(stream.name).\(name)", type: "consumer_ack", members)
    }
}
