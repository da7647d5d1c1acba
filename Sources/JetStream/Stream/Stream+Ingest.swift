import NATSSubjects

extension Stream {
    private static let maxHeaderLength = 65_535

    /// Takes a message in that a client published on one of the stream's subjects. The bytes are lent for the time of the call.
    ///
    /// The answer, where `reply` asks for one, goes out at the end of the turn, or at once where the message is refused.
    package func ingest(
        subject: UnsafeRawBufferPointer,
        reply: UnsafeRawBufferPointer,
        header: UnsafeRawBufferPointer,
        body: UnsafeRawBufferPointer
    ) {
        guard !isClosed else { return }
        let reply = configuration.isWithoutAck ? UnsafeRawBufferPointer(start: nil, count: 0) : reply
        do throws(JetStreamError) {
            if let inputTransform, inputFilter?.takes(subject) == true {
                let transformed = inputTransform.apply(subject)
                try transformed.withBytes { subject throws(JetStreamError) in
                    try self.accept(subject: subject, reply: reply, header: header, body: body)
                }
            } else {
                try accept(subject: subject, reply: reply, header: header, body: body)
            }
        } catch {
            if !reply.isEmpty { host.send(to: Array(reply), body: refusal(error)) }
        }
    }

    /// Checks and stores one message.
    ///
    /// - Parameter isOwn: whether the stream wrote it itself, such as a marker of a deletion, or took it from another stream.
    func accept(
        subject: UnsafeRawBufferPointer,
        reply: UnsafeRawBufferPointer,
        header: UnsafeRawBufferPointer,
        body: UnsafeRawBufferPointer,
        isOwn: Bool = false
    ) throws(JetStreamError) {
        if configuration.isSealed { throw JetStreamError(.streamSealed) }
        let limit = Int(configuration.maxMessageSize)
        if limit >= 0, header.count > limit || body.count > limit - header.count {
            throw JetStreamError(.streamMessageExceedsMaximum)
        }
        if header.count > Self.maxHeaderLength { throw JetStreamError(.streamHeaderExceedsMaximum) }
        var plan = IngestPlan()
        if !header.isEmpty {
            let headers = MessageHeaders(header)
            if !isOwn, !headers.batch.isEmpty {
                try stage(headers, subject: subject, reply: reply, header: header, body: body)
                return
            }
            if isOwn {
                findDuplicate(headers, plan: &plan)
            } else {
                try checkExpectations(headers, subject: subject, bodySize: body.count, plan: &plan)
            }
            if let duplicate = plan.duplicate {
                acknowledgeDuplicate(duplicate, to: reply)
                return
            }
            try checkRollup(headers, isOwn: isOwn, plan: &plan)
            plan.headers = headers
        }
        if configuration.allowsCounter {
            try count(&plan, subject: subject, reply: reply, header: header, body: body, isOwn: isOwn)
        } else {
            try admit(&plan, subject: subject, reply: reply, header: header, body: body)
        }
    }

    /// Stores a message with what the counter stands at after it.
    private func count(
        _ plan: inout IngestPlan,
        subject: UnsafeRawBufferPointer,
        reply: UnsafeRawBufferPointer,
        header: UnsafeRawBufferPointer,
        body: UnsafeRawBufferPointer,
        isOwn: Bool
    ) throws(JetStreamError) {
        if !isOwn && plan.headers?.increment.isEmpty != false { throw JetStreamError(.messageIncrMissing) }
        let counted = try counted(subject: subject, header: header, body: body)
        if !isOwn { plan.value = counted.value }
        var changed = plan
        try counted.header.withBytes { header throws(JetStreamError) in
            try counted.body.withBytes { body throws(JetStreamError) in
                try self.admit(&changed, subject: subject, reply: reply, header: header, body: body)
            }
        }
    }

    /// Stores a message for which there is room.
    private func admit(
        _ plan: inout IngestPlan,
        subject: UnsafeRawBufferPointer,
        reply: UnsafeRawBufferPointer,
        header: UnsafeRawBufferPointer,
        body: UnsafeRawBufferPointer
    ) throws(JetStreamError) {
        if configuration.retention == .interest && !hasInterest(in: subject) {
            if account.isServerFull(storage) { throw JetStreamError(.insufficientResources) }
            skip(&plan, reply: reply, subject: subject)
            return
        }
        let size = storedSize(subject: subject.count, header: header.count, body: body.count)
        if let problem = account.shortage(of: storage, adding: size) { throw problem }
        try readTimeToLive(&plan)
        try checkRoom(subject: subject, size: size)
        try keep(&plan, subject: subject, reply: reply, header: header, body: body)
    }

    /// What a message counts for against `max_bytes`, as nats-server counts in memory and on disk.
    func storedSize(subject: Int, header: Int, body: Int) -> Int {
        switch storage {
        case .memory: subject + header + body + 16
        case .file: 22 + 8 + subject + body + (header == 0 ? 0 : 4 + header)
        }
    }

    func hasInterest(in subject: UnsafeRawBufferPointer) -> Bool {
        if !openConsumers.isEmpty { return true }
        var found = false
        filteredConsumers.forEachMatch(subject, plain: { _ in found = true }, group: { _, _ in })
        return found
    }

    /// Counts a message that nobody is after, without storing it.
    func skip(_ plan: inout IngestPlan, reply: UnsafeRawBufferPointer, subject: UnsafeRawBufferPointer) {
        lastSequence += 1
        lastTime = now
        remember(plan, sequence: lastSequence, time: now)
        purge(rollup: plan.rollup, subject: subject, keep: 0)
        acknowledge(lastSequence, to: reply)
    }

    func readTimeToLive(_ plan: inout IngestPlan) throws(JetStreamError) {
        let header = plan.headers?.timeToLive ?? UnsafeRawBufferPointer(start: nil, count: 0)
        guard !header.isEmpty else { return }
        guard let seconds = TimeToLive.seconds(header) else { throw JetStreamError(.messageTTLInvalid) }
        plan.timeToLive = seconds
        // A marker must not outlive the message that comes after it.
        if seconds > 0, configuration.deleteMarkerTTL > 0, configuration.maxMessagesPerSubject != 1 {
            let least = configuration.deleteMarkerTTL / 1_000_000_000
            if seconds < least { plan.timeToLive = least }
        }
    }

    /// Refuses what `discard: new` has no room for.
    ///
    /// - Parameter batch: what comes before the message in its batch; `nil` where it is in none.
    func checkRoom(
        subject: UnsafeRawBufferPointer, size: Int, after batch: BatchPreview? = nil
    ) throws(JetStreamError) {
        guard configuration.discard == .new else { return }
        let perSubject = configuration.maxMessagesPerSubject
        let replaces = perSubject > 0 && store.count(of: subject) + (batch?.count(of: subject) ?? 0) >= perSubject
        if replaces && configuration.discardsNewPerSubject {
            throw JetStreamError(.streamStoreFailed, "maximum messages per subject exceeded")
        }
        // A whole batch must have room before anything makes room for it.
        if replaces && batch == nil { return }
        let messages = store.state.messages + (batch?.messages ?? 0)
        let bytes = Int64(store.state.bytes) + Int64(batch?.bytes ?? 0)
        if configuration.maxMessages > 0 && messages >= configuration.maxMessages {
            throw JetStreamError(.streamStoreFailed, "maximum messages exceeded")
        }
        if configuration.maxBytes > 0 && bytes + Int64(size) > configuration.maxBytes {
            throw JetStreamError(.streamStoreFailed, "maximum bytes exceeded")
        }
    }

    func keep(
        _ plan: inout IngestPlan,
        subject: UnsafeRawBufferPointer,
        reply: UnsafeRawBufferPointer,
        header: UnsafeRawBufferPointer,
        body: UnsafeRawBufferPointer
    ) throws(JetStreamError) {
        let sequence = lastSequence + 1
        let time = max(now, lastTime)
        let republished = republishTransform != nil && republishFilter?.takes(subject) == true
        do throws(StoreError) {
            let previous = republished ? try store.lastSequence(on: subject) ?? 0 : 0
            try append(
                sequence: sequence, time: time, timeToLive: plan.timeToLive, subject: subject, header: header,
                body: body)
            if republished {
                republish(
                    sequence: sequence, time: time, previous: previous, subject: subject, header: header, body: body)
            }
        } catch {
            account.report(error, of: self)
            throw JetStreamError(.streamStoreFailed, error.words)
        }
        remember(plan, sequence: sequence, time: time)
        purge(rollup: plan.rollup, subject: subject, keep: 1)
        acknowledge(sequence, to: reply, value: plan.value)
    }

    /// Stores a message, wakes consumers, and removes what the limits have no room for any more.
    func append(
        sequence: UInt64,
        time: Int64,
        timeToLive: Int64,
        subject: UnsafeRawBufferPointer,
        header: UnsafeRawBufferPointer,
        body: UnsafeRawBufferPointer
    ) throws(StoreError) {
        try store.append(
            sequence: sequence, timestamp: time, expires: timeToLive > 0 ? time + timeToLive * 1_000_000_000 : 0,
            subject: subject, header: header, body: body)
        let isFirst = configuration.maxAge > 0 && lastSequence + 1 == sequence && store.state.messages == 1
        lastSequence = sequence
        lastTime = time
        markDirty()
        for consumer in openConsumers { consumer.messageAdded(sequence) }
        if filteredConsumers.count > 0 {
            filteredConsumers.forEachMatch(subject, plain: { $0.messageAdded(sequence) }, group: { _, _ in })
        }
        try enforceLimits(subject: subject)
        if timeToLive > 0 || isFirst { setAlarm() }
    }

    /// Stores a message of a snapshot.
    func restore(_ entry: SnapshotEntry, header: [UInt8], timeToLive: Int64) throws(StoreError) {
        try entry.name.withBytes { subject throws(StoreError) in
            try header.withBytes { header throws(StoreError) in
                try Array(entry.body).withBytes { body throws(StoreError) in
                    try self.append(
                        sequence: entry.sequence, time: entry.time, timeToLive: timeToLive, subject: subject,
                        header: header, body: body)
                }
            }
        }
    }

    /// Gives sequences away up to and with `sequence`, without messages.
    func skip(to sequence: UInt64, time: Int64) throws(StoreError) {
        try store.skip(to: sequence, timestamp: max(time, store.state.lastTimestamp))
        lastSequence = sequence
        lastTime = time
        markDirty()
    }

    private func republish(
        sequence: UInt64,
        time: Int64,
        previous: UInt64,
        subject: UnsafeRawBufferPointer,
        header: UnsafeRawBufferPointer,
        body: UnsafeRawBufferPointer
    ) {
        guard let target = republishTransform?.apply(subject), Subject.isLiteral(target) else { return }
        var writer = HeaderWriter(header)
        writer.add("Nats-Stream", name.utf8)
        writer.add("Nats-Subject", subject)
        writer.add("Nats-Sequence", sequence)
        writer.add("Nats-Time-Stamp", GoTime(nanoseconds: time).text.utf8)
        writer.add("Nats-Last-Sequence", previous)
        let isHeadersOnly = configuration.republish?.isHeadersOnly == true
        if isHeadersOnly { writer.add("Nats-Msg-Size", body.count) }
        let block = writer.finished()
        target.withUnsafeBytes { target in
            outgoing.add(
                subject: target, header: block,
                body: isHeadersOnly ? UnsafeRawBufferPointer(start: nil, count: 0) : body)
        }
    }

    private func remember(_ plan: IngestPlan, sequence: UInt64, time: Int64) {
        lastMessageID = plan.messageID
        guard !plan.messageID.isEmpty else { return }
        let isFirst = ids.oldest == nil
        ids.add(plan.messageID, sequence: sequence, time: time)
        if isFirst { setAlarm() }
    }

    private func acknowledge(_ sequence: UInt64, to reply: UnsafeRawBufferPointer, value: WholeNumber? = nil) {
        markDirty()
        guard !reply.isEmpty else { return }
        let members = value.map { Array(",\"val\":\"\($0.text)\"".utf8) } ?? []
        outgoing.acknowledge(to: reply, prefix: acknowledgementPrefix, sequence: sequence, members: members)
    }

    /// A message that was stored before is not stored again.
    private func acknowledgeDuplicate(_ sequence: UInt64, to reply: UnsafeRawBufferPointer) {
        guard !reply.isEmpty else { return }
        var body = acknowledgementPrefix
        body += "\(sequence),\"duplicate\": true}".utf8
        markDirty()
        body.withUnsafeBytes { outgoing.add(subject: reply, body: $0) }
    }
}

extension [UInt8] {
    /// Lends the bytes to a body that may throw.
    func withBytes<Result, Problem: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Problem) -> Result
    ) throws(Problem) -> Result {
        let outcome: Swift.Result<Result, Problem> = withUnsafeBytes { bytes in
            do throws(Problem) {
                return .success(try body(bytes))
            } catch {
                return .failure(error)
            }
        }
        return try outcome.get()
    }
}
