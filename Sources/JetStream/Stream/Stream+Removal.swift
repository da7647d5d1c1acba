import GoFormats
import NATSSubjects

/// Which messages are to be purged; all where nothing is said.
struct PurgeRequest {
    /// Only those on subjects that this takes; empty for all.
    var filter = ""
    /// Only those before this sequence; 0 for all.
    var sequence: UInt64 = 0
    /// All but so many; 0 for none.
    var keep = 0
}

extension Stream {
    /// Removes what the limits have no room for any more, oldest first.
    func enforceLimits(subject: UnsafeRawBufferPointer? = nil) throws(StoreError) {
        let perSubject = configuration.maxMessagesPerSubject
        if perSubject > 0, let subject {
            while store.count(of: subject) > perSubject {
                guard let first = try store.state(of: Array(subject))?.first else { break }
                guard try remove(first, secure: false) else { break }
            }
        }
        if configuration.maxMessages > 0 {
            while store.state.messages > configuration.maxMessages {
                guard try remove(store.state.firstSequence, secure: false) else { break }
            }
        }
        if configuration.maxBytes > 0 {
            while store.state.messages > 0, store.state.bytes > configuration.maxBytes {
                guard try remove(store.state.firstSequence, secure: false) else { break }
            }
        }
    }

    /// Enforces all limits on all subjects, as after they were changed.
    func enforceAllLimits() {
        report { () throws(StoreError) in
            let limit = self.configuration.maxMessagesPerSubject
            if limit > 0 {
                for (subject, state) in try self.store.subjects(matching: .everything) where state.messages > limit {
                    _ = try self.purge(
                        PurgeRequest(filter: String(decoding: subject, as: UTF8.self), keep: Int(limit)))
                }
            }
            try self.enforceLimits()
        }
        expire(now: now)
        setAlarm()
        markDirty()
    }

    /// Removes one message, and tells consumers.
    ///
    /// - Returns: false where it was not there.
    @discardableResult
    func remove(_ sequence: UInt64, secure: Bool) throws(StoreError) -> Bool {
        if consumers.isEmpty {
            markDirty()
            return try store.remove(sequence, secure: secure)
        }
        // Only consumers with filters need to know the subject.
        var subject: [UInt8] = []
        if filteredConsumers.count > 0 {
            subject = try store.message(sequence)?.subject ?? []
        }
        guard try store.remove(sequence, secure: secure) else { return false }
        markDirty()
        for consumer in consumers.values { consumer.messageRemoved(sequence, subject: subject) }
        return true
    }

    /// Removes a message that a client names.
    func delete(_ sequence: UInt64, secure: Bool) throws(StoreError) -> Bool {
        try remove(sequence, secure: secure)
    }

    /// - Returns: how many messages went.
    func purge(_ request: PurgeRequest) throws(StoreError) -> Int {
        let state = store.state
        let removed: Int
        if request.filter.isEmpty || request.filter == ">" {
            if request.sequence > 1 {
                removed = try store.compact(to: request.sequence)
            } else if request.keep > 0 {
                guard UInt64(request.keep) < state.messages else { return 0 }
                removed = try store.purge(matching: nil, before: nil, keep: request.keep)
            } else {
                removed = try store.compact(to: lastSequence + 1)
            }
        } else {
            removed = try store.purge(
                matching: SubjectFilter(Array(request.filter.utf8)),
                before: request.sequence > 0 ? request.sequence : nil,
                keep: request.keep > 0 ? request.keep : nil)
        }
        markDirty()
        lastSequence = max(lastSequence, store.state.lastSequence)
        try tellConsumers(ofPurge: request.filter)
        setAlarm()
        return removed
    }

    private func tellConsumers(ofPurge filter: String) throws(StoreError) {
        guard !consumers.isEmpty else { return }
        let first = store.state.firstSequence
        var firstLeft = first
        if !filter.isEmpty {
            firstLeft = try store.subjects(matching: SubjectFilter(Array(filter.utf8))).map(\.state.first).min() ?? 0
        }
        for consumer in consumers.values {
            if filter.isEmpty || consumer.isWithin(filter) {
                try consumer.streamPurged(from: firstLeft, isWider: false)
            } else if consumer.overlaps(filter) {
                try consumer.streamPurged(from: first, isWider: true)
            }
        }
    }

    // MARK: Age

    /// When the oldest message that may get too old was stored.
    var oldestToExpire: Int64 {
        guard ageCursor > store.state.firstSequence else { return store.state.firstTimestamp }
        var time = Int64.max / 2
        report { () throws(StoreError) in
            if let found = try self.store.withNext(from: self.ageCursor, matching: [], { $0.timestamp }) {
                time = found
            }
        }
        return time
    }

    /// Removes what is too old, and leaves markers where the configuration asks for them.
    func expire(now: Int64) {
        report { () throws(StoreError) in
            if self.configuration.maxAge > 0 { try self.expireByAge(before: now - self.configuration.maxAge) }
            for sequence in self.store.takeExpired(at: now).sorted() {
                guard let message = try self.store.message(sequence) else { continue }
                try self.expire(message)
            }
        }
    }

    private func expireByAge(before limit: Int64) throws(StoreError) {
        ageCursor = max(ageCursor, store.state.firstSequence)
        while true {
            let found = try store.withNext(from: ageCursor, matching: []) { view in
                (view.timestamp <= limit ? view.message : nil, view.sequence)
            }
            guard let (message, sequence) = found, let message else { return }
            ageCursor = sequence + 1
            let isForEver =
                configuration.allowsMessageTTL && !message.header.isEmpty
                && message.header.withUnsafeBytes { block in
                    let header = MessageHeaders(block).timeToLive
                    return !header.isEmpty && TimeToLive.seconds(header) == -1
                }
            if !isForEver { try expire(message) }
        }
    }

    private func expire(_ message: StoredMessage) throws(StoreError) {
        let seconds = configuration.deleteMarkerTTL / 1_000_000_000
        let isLast = seconds > 0 && message.subject.withUnsafeBytes { store.count(of: $0) } == 1
        let isMarker =
            isLast
            && message.header.withUnsafeBytes { block in
                let headers = MessageHeaders(block)
                return !headers.markerReason.isEmpty || headers.operation.matches("PURGE")
            }
        guard isLast && !isMarker else {
            try remove(message.sequence, secure: false)
            return
        }
        var writer = HeaderWriter([])
        writer.add("Nats-Marker-Reason", "MaxAge".utf8)
        writer.add("Nats-TTL", GoDuration.described(.nanoseconds(seconds * 1_000_000_000)).utf8)
        writer.add("Nats-Rollup", "sub".utf8)
        let header = writer.finished()
        let nothing = UnsafeRawBufferPointer(start: nil, count: 0)
        do throws(JetStreamError) {
            try message.subject.withBytes { subject throws(JetStreamError) in
                try header.withBytes { header throws(JetStreamError) in
                    try self.accept(subject: subject, reply: nothing, header: header, body: nothing, isOwn: true)
                }
            }
        } catch {
            // A marker that can't be stored must not keep what is too old.
            try remove(message.sequence, secure: false)
        }
    }

    // MARK: Interest

    /// A consumer needs a message no more: it goes when nobody else does.
    func acknowledged(_ sequence: UInt64) {
        guard configuration.retention != .limits, sequence >= store.state.firstSequence else { return }
        report { () throws(StoreError) in
            if try !self.isNeeded(sequence, but: nil) { try self.remove(sequence, secure: false) }
        }
    }

    /// Whether a consumer still has to get or to acknowledge a message.
    func isNeeded(_ sequence: UInt64, but other: Consumer?) throws(StoreError) -> Bool {
        var subject: [UInt8]?
        for consumer in consumers.values where consumer !== other {
            if consumer.isFiltered {
                if subject == nil { subject = try store.message(sequence)?.subject ?? [] }
                guard consumer.takes(subject ?? []) else { continue }
            }
            if consumer.needsAcknowledgement(of: sequence) { return true }
        }
        return false
    }

    /// Removes what nobody is after any more, as when a consumer went.
    ///
    /// - Parameter start: everything before was looked at.
    func removeUnneeded(from start: UInt64, ignoring consumer: Consumer?) {
        guard configuration.retention == .interest else { return }
        report { () throws(StoreError) in
            if self.consumers.isEmpty {
                _ = try self.purge(PurgeRequest())
                return
            }
            var unneeded: [UInt64] = []
            try self.store.visit(from: max(start, self.store.state.firstSequence), matching: []) { view in
                unneeded.append(view.sequence)
                return true
            }
            for sequence in unneeded where try !self.isNeeded(sequence, but: consumer) {
                try self.remove(sequence, secure: false)
            }
        }
    }
}

extension Stream {
    /// Removes what consumers are done with, where the process ended between an acknowledgement and the removal.
    package func removeDone() {
        guard configuration.retention != .limits else { return }
        for consumer in consumers.values {
            // What others have not got yet is not looked at: it may be very much.
            let end = consumers.values.map(\.ledger.state.delivered.stream).min() ?? 0
            var done: [UInt64] = []
            report { () throws(StoreError) in
                try self.store.visit(from: self.store.state.firstSequence, matching: consumer.filters) { view in
                    guard view.sequence <= end else { return false }
                    if !consumer.needsAcknowledgement(of: view.sequence) { done.append(view.sequence) }
                    return true
                }
                for sequence in done where try !self.isNeeded(sequence, but: nil) {
                    try self.remove(sequence, secure: false)
                }
            }
        }
    }
}

extension SubjectFilter {
    static let everything = SubjectFilter(Array(">".utf8))
}
