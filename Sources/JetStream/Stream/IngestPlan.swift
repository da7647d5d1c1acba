import GoFormats
import NATSSubjects

/// What a message's headers ask for.
struct IngestPlan {
    /// What goes when the message is stored.
    enum Rollup {
        case none
        /// Older messages on its subject.
        case subject
        /// All older messages.
        case all
    }

    var headers: MessageHeaders?
    var messageID: [UInt8] = []
    /// The sequence under which the same message was stored before.
    var duplicate: UInt64?
    var rollup = Rollup.none
    /// In seconds; 0 for none, -1 for a message that never gets too old.
    var timeToLive: Int64 = 0
    /// What the counter stands at once the message is stored.
    var value: WholeNumber?
}

/// The value of a `Nats-TTL` header.
enum TimeToLive {
    /// - Returns: seconds, -1 for `never`, `nil` for what is neither a number nor a duration of a second at least.
    static func seconds(_ value: UnsafeRawBufferPointer) -> Int64? {
        if value.text.lowercased() == "never" { return -1 }
        // A bare number is one of seconds, and no duration to Go, but for zero.
        if let duration = try? GoDuration.nanoseconds(of: GoDuration.parse(value.text)) {
            return duration < 1_000_000_000 ? nil : duration / 1_000_000_000
        }
        return value.number.map { Int64(clamping: $0) }
    }
}

extension Stream {
    /// Checks what a client expects of the stream, and what it may not say.
    ///
    /// - Parameter batch: what comes before the message in its batch; `nil` where it is in none.
    func checkExpectations(
        _ headers: MessageHeaders,
        subject: UnsafeRawBufferPointer,
        bodySize: Int,
        plan: inout IngestPlan,
        after batch: BatchPreview? = nil
    ) throws(JetStreamError) {
        try checkCounter(headers, bodySize: bodySize)
        if !headers.expectedStream.isEmpty, !headers.expectedStream.elementsEqual(name.utf8) {
            throw JetStreamError(.streamNotMatch)
        }
        if !headers.timeToLive.isEmpty, !configuration.allowsMessageTTL,
            let seconds = TimeToLive.seconds(headers.timeToLive), seconds != 0
        {
            throw JetStreamError(.messageTTLDisabled)
        }
        try checkSequences(headers, subject: subject, after: batch)
        try checkSchedules(headers, subject: subject)
        if !headers.streamSource.isEmpty { throw JetStreamError(.messageSourceHdrNotAllowed) }
        findDuplicate(headers, plan: &plan)
        if plan.duplicate != nil { return }
        if !headers.expectedLastMessageID.isEmpty { recallIDs() }
        if !headers.expectedLastMessageID.isEmpty, !headers.expectedLastMessageID.elementsEqual(lastMessageID) {
            throw JetStreamError(.streamWrongLastMsgID, String(decoding: lastMessageID, as: UTF8.self))
        }
    }

    /// Looks whether the message was stored before, under the identifier that its publisher gave it.
    func findDuplicate(_ headers: MessageHeaders, plan: inout IngestPlan) {
        guard !headers.messageID.isEmpty else { return }
        recallIDs()
        plan.messageID = Array(headers.messageID)
        ids.expire(before: now - configuration.duplicateWindow)
        plan.duplicate = ids.sequence(of: plan.messageID)
    }

    /// Learns the identifiers of what was stored before the stream was opened, once somebody asks for one.
    func recallIDs() {
        guard isForgetful else { return }
        isForgetful = false
        report { () throws(StoreError) in
            let end = self.store.state.lastSequence
            let start = try self.store.sequence(at: self.now - self.configuration.duplicateWindow)
            try self.store.visit(from: min(start, end), matching: []) { view in
                guard !view.header.isEmpty else { return true }
                let id = Array(MessageHeaders(view.header).messageID)
                if view.sequence == end { self.lastMessageID = id }
                if !id.isEmpty && view.sequence >= start {
                    self.ids.add(id, sequence: view.sequence, time: view.timestamp)
                }
                return true
            }
        }
        setAlarm()
    }

    private func checkSequences(
        _ headers: MessageHeaders,
        subject: UnsafeRawBufferPointer,
        after batch: BatchPreview?
    ) throws(JetStreamError) {
        let newest = lastSequence + (batch?.messages ?? 0)
        if !headers.expectedLastSubjectSequence.isEmpty {
            let wanted = headers.expectedLastSubjectSequence.number ?? .max
            let about = headers.expectedLastSubject.isEmpty ? subject : headers.expectedLastSubject
            // Its sequence is not known before the batch is stored.
            if batch?.has(about) == true { throw JetStreamError(.streamWrongLastSequenceConstant) }
            let found: UInt64
            do throws(StoreError) {
                found = try lastSequence(on: about)
            } catch {
                throw JetStreamError(.streamStoreFailed, error.words)
            }
            if found != wanted { throw JetStreamError(.streamWrongLastSequence, String(found)) }
        } else if !headers.expectedLastSubject.isEmpty {
            throw JetStreamError(.streamExpectedLastSeqPerSubjectInvalid)
        }
        if !headers.expectedLastSequence.isEmpty, headers.expectedLastSequence.number ?? .max != newest {
            throw JetStreamError(.streamWrongLastSequence, String(newest))
        }
    }

    /// The sequence of the last message on `subject`, which may have wildcards; 0 where there is none.
    private func lastSequence(on subject: UnsafeRawBufferPointer) throws(StoreError) -> UInt64 {
        let isPattern = subject.contains { $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: ">") }
        guard isPattern else { return try store.lastSequence(on: subject) ?? 0 }
        return try store.subjects(matching: SubjectFilter(Array(subject))).map(\.state.last).max() ?? 0
    }

    private func checkSchedules(
        _ headers: MessageHeaders,
        subject: UnsafeRawBufferPointer
    ) throws(JetStreamError) {
        if !headers.schedule.isEmpty { throw JetStreamError(.messageSchedulesDisabled) }
        let isPurge = headers.scheduleNext.matches("purge")
        if !headers.scheduleNext.isEmpty {
            let isUsable = isPurge && !headers.scheduler.isEmpty && !headers.scheduler.elementsEqual(subject)
            throw JetStreamError(isUsable ? .messageSchedulesDisabled : .messageSchedulesSchedulerInvalid)
        }
        if !headers.scheduler.isEmpty { throw JetStreamError(.messageSchedulesSchedulerInvalid) }
    }

    func checkRollup(_ headers: MessageHeaders, isOwn: Bool = false, plan: inout IngestPlan) throws(JetStreamError) {
        guard !headers.rollup.isEmpty else { return }
        let isAllowed = configuration.allowsRollup && !configuration.deniesPurge
        if !isAllowed {
            if isOwn { return }
            throw JetStreamError(.streamRollupFailed, "rollup not permitted")
        }
        switch headers.rollup.text.lowercased() {
        case "sub": plan.rollup = .subject
        case "all": plan.rollup = .all
        case let other:
            if !isOwn { throw JetStreamError(.streamRollupFailed, "rollup value invalid: \(GoText.quoted(other))") }
        }
    }

    /// Removes what a rolled-up message replaces.
    func purge(rollup: IngestPlan.Rollup, subject: UnsafeRawBufferPointer, keep: Int) {
        switch rollup {
        case .none: break
        case .subject:
            let subject = String(decoding: subject, as: UTF8.self)
            report { () throws(StoreError) in _ = try self.purge(PurgeRequest(filter: subject, keep: keep)) }
        case .all: report { () throws(StoreError) in _ = try self.purge(PurgeRequest(keep: keep)) }
        }
    }

    /// Does what may fail without anybody waiting for it.
    func report(_ body: () throws(StoreError) -> Void) {
        do throws(StoreError) {
            try body()
        } catch {
            account.report(error, of: self)
        }
    }
}
