import NATSWire

/// Batches that are stored together or not at all.
extension Stream {
    /// Takes in one message of a batch, and stores the batch where that is its end.
    func stage(
        _ headers: MessageHeaders,
        subject: UnsafeRawBufferPointer,
        reply: UnsafeRawBufferPointer,
        header: UnsafeRawBufferPointer,
        body: UnsafeRawBufferPointer
    ) throws(JetStreamError) {
        guard configuration.allowsAtomicPublish else { throw JetStreamError(.atomicPublishDisabled) }
        let id = Array(headers.batch)
        guard id.count <= AtomicBatch.longestID else { throw JetStreamError(.atomicPublishInvalidBatchID) }
        guard let number = headers.batchSequence.number else { throw JetStreamError(.atomicPublishMissingSeq) }
        // The message that only says that the batch has ended is none of it.
        let isEnd = headers.batchCommit.matches("eob")
        let isTooLarge = number > AtomicBatch.largest + (isEnd ? 1 : 0)
        var batch = try takeBatch(id, number, isTooLarge: isTooLarge)
        guard headers.batchCommit.isEmpty || isEnd || headers.batchCommit.matches("1") else {
            throw JetStreamError(.atomicPublishInvalidBatchCommit)
        }
        if headers.needsHigherLevel {
            adviseAbandoned(id, because: "unsupported")
            throw JetStreamError(.requiredApiLevel)
        }
        guard number == UInt64(batch.messages.count) + 1, !isEnd || number > 1 else {
            adviseAbandoned(id, because: "incomplete")
            throw JetStreamError(.atomicPublishIncompleteBatch)
        }
        if isTooLarge {
            adviseAbandoned(id, because: "large")
            throw Self.tooLarge
        }
        if isEnd {
            batch.markCommitted()
        } else {
            let message = AtomicBatch.Message(subject: Array(subject), header: Array(header), body: Array(body))
            guard batch.hasRoom(for: message, beside: batches.values) else {
                adviseAbandoned(id, because: "large")
                throw JetStreamError(.atomicPublishTooManyInflight)
            }
            batch.append(message)
        }
        guard headers.batchCommit.isEmpty else {
            try commit(batch.messages, id: id, reply: reply)
            return
        }
        batches[id] = batch
        if number == 1 { setAlarm() }
        if !reply.isEmpty { host.send(to: Array(reply), body: []) }
    }

    private static var tooLarge: JetStreamError {
        JetStreamError(.atomicPublishTooLargeBatch, String(AtomicBatch.largest))
    }

    /// Takes a batch out, or begins one.
    private func takeBatch(
        _ id: [UInt8], _ number: UInt64, isTooLarge: Bool
    ) throws(JetStreamError) -> AtomicBatch {
        if let batch = batches.removeValue(forKey: id) { return batch }
        if isTooLarge { throw Self.tooLarge }
        guard number == 1 else { throw JetStreamError(.atomicPublishIncompleteBatch) }
        guard batches.count < AtomicBatch.mostAtOnce else { throw JetStreamError(.atomicPublishTooManyInflight) }
        return AtomicBatch(deadline: now + AtomicBatch.longest)
    }

    /// Checks all messages of a batch, and stores all of them or none.
    private func commit(
        _ messages: [AtomicBatch.Message], id: [UInt8], reply: UnsafeRawBufferPointer
    ) throws(JetStreamError) {
        var preview = BatchPreview()
        var plans: [IngestPlan] = []
        for message in messages { plans.append(try plan(message, &preview)) }
        let last = messages.lastIndex { isWanted($0) }
        defer { store.isFollowed = false }
        for (index, (message, plan)) in zip(messages, plans).enumerated() {
            store.isFollowed = index < last ?? 0
            try store(message, plan)
        }
        markDirty()
        guard !reply.isEmpty else { return }
        let name = JSONValue.string(String(decoding: id, as: UTF8.self)).encoded()
        outgoing.acknowledge(
            to: reply, prefix: acknowledgementPrefix, sequence: lastSequence,
            members: Array(",\"batch\":".utf8) + name + Array(",\"count\":\(messages.count)".utf8))
    }

    /// What is to be done with one message of a batch, where everything that its publisher expects holds.
    private func plan(
        _ message: AtomicBatch.Message, _ preview: inout BatchPreview
    ) throws(JetStreamError) -> IngestPlan {
        let size = storedSize(
            subject: message.subject.count, header: message.header.count, body: message.body.count)
        let plan = try message.subject.withBytes { subject throws(JetStreamError) in
            try message.header.withBytes { header throws(JetStreamError) in
                try self.plan(subject, MessageHeaders(header), message.body.count, size, after: preview)
            }
        }
        preview.add(message.subject, size: size, messageID: plan.messageID)
        return plan
    }

    private func plan(
        _ subject: UnsafeRawBufferPointer, _ headers: MessageHeaders, _ bodySize: Int, _ size: Int,
        after batch: BatchPreview
    ) throws(JetStreamError) -> IngestPlan {
        var plan = IngestPlan()
        if !headers.expectedLastMessageID.isEmpty {
            throw JetStreamError(.atomicPublishUnsupportedHeaderBatch, "Nats-Expected-Last-Msg-Id")
        }
        try checkExpectations(headers, subject: subject, bodySize: bodySize, plan: &plan, after: batch)
        if plan.duplicate != nil || batch.has(messageID: plan.messageID) {
            throw JetStreamError(.atomicPublishContainsDuplicateMessage)
        }
        try checkRollup(headers, plan: &plan)
        switch plan.rollup {
        case .subject where batch.has(subject): throw JetStreamError(.streamRollupFailed, "batch rollup sub invalid")
        case .all where batch.messages > 0: throw JetStreamError(.streamRollupFailed, "batch rollup all invalid")
        default: break
        }
        if configuration.allowsCounter {
            if headers.increment.isEmpty { throw JetStreamError(.messageIncrMissing) }
            // Whether it can be counted; what it comes to depends on those before it.
            _ = try counter(on: subject)
        }
        if let problem = account.shortage(of: storage, adding: batch.bytes + size) { throw problem }
        plan.headers = headers
        try readTimeToLive(&plan)
        // They point to bytes that are only lent.
        plan.headers = nil
        try checkRoom(subject: subject, size: size, after: batch)
        return plan
    }

    /// Whether a message is stored, and not only counted.
    private func isWanted(_ message: AtomicBatch.Message) -> Bool {
        configuration.retention != .interest || message.subject.withUnsafeBytes { hasInterest(in: $0) }
    }

    private func store(_ message: AtomicBatch.Message, _ plan: IngestPlan) throws(JetStreamError) {
        var plan = plan
        let nobody = UnsafeRawBufferPointer(start: nil, count: 0)
        try message.subject.withBytes { subject throws(JetStreamError) in
            if !self.isWanted(message) {
                self.skip(&plan, reply: nobody, subject: subject)
                return
            }
            var message = message
            if self.configuration.allowsCounter {
                let header = message.header
                let counted = try header.withBytes { header throws(JetStreamError) in
                    try self.counted(subject: subject, header: header, body: nobody)
                }
                (message.header, message.body) = (counted.header, counted.body)
            }
            try message.header.withBytes { header throws(JetStreamError) in
                try message.body.withBytes { body throws(JetStreamError) in
                    try self.keep(&plan, subject: subject, reply: nobody, header: header, body: body)
                }
            }
        }
    }

    // MARK: Batches that come to nothing

    /// Gives up batches whose ends do not come.
    func expireBatches(now: Int64) {
        for (id, batch) in batches where batch.deadline <= now {
            batches[id] = nil
            adviseAbandoned(id, because: "timeout")
        }
    }

    private func adviseAbandoned(_ id: [UInt8], because reason: String) {
        account.advise(
            "STREAM.BATCH_ABANDONED.\(name)", type: "stream_batch_abandoned",
            [
                .init("stream", .string(name)), .init("batch", .string(String(decoding: id, as: UTF8.self))),
                .init("reason", .string(reason)),
            ])
    }
}
