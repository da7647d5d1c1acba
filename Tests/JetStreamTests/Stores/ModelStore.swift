import JetStream

/// What a store must do, done the simplest way: an array of messages.
struct ModelStore {
    var messages: [StoredMessage] = []
    /// Whether messages count for what they do in memory.
    var isInMemory = false
    var lastSequence: UInt64 = 0
    var lastTimestamp: Int64 = 0
    var compactedTo: UInt64 = 0

    var state: StoreState {
        var state = StoreState()
        state.messages = UInt64(messages.count)
        state.bytes = UInt64(messages.reduce(0) { $0 + size(of: $1) })
        let isUntouched = lastSequence == 0 && compactedTo == 0
        state.firstSequence = messages.first?.sequence ?? (isUntouched ? 0 : lastSequence + 1)
        state.firstTimestamp = messages.first?.timestamp ?? 0
        state.lastSequence = lastSequence
        state.lastTimestamp = lastTimestamp
        state.subjects = Set(messages.map(\.subject)).count
        return state
    }

    private func size(of message: StoredMessage) -> Int {
        isInMemory ? 16 + message.subject.count + message.header.count + message.body.count : message.storedSize
    }

    var deleted: [ClosedRange<UInt64>] {
        guard let first = messages.first else { return [] }
        var ranges: [ClosedRange<UInt64>] = []
        var expected = first.sequence
        for message in messages {
            if message.sequence > expected { ranges.append(expected...message.sequence - 1) }
            expected = message.sequence + 1
        }
        if expected <= lastSequence { ranges.append(expected...lastSequence) }
        return ranges
    }

    mutating func append(_ message: StoredMessage) {
        messages.append(message)
        lastSequence = message.sequence
        lastTimestamp = message.timestamp
    }

    mutating func remove(_ sequence: UInt64) -> Bool {
        guard let index = messages.firstIndex(where: { $0.sequence == sequence }) else { return false }
        messages.remove(at: index)
        return true
    }

    mutating func compact(to sequence: UInt64) -> Int {
        let before = messages.count
        messages.removeAll { $0.sequence < sequence }
        if sequence > lastSequence {
            lastSequence = sequence - 1
            compactedTo = sequence
        }
        return before - messages.count
    }

    mutating func purge(matching filter: SubjectFilter?, before sequence: UInt64?, keep: Int?) -> Int {
        let end = sequence ?? lastSequence + 1
        guard let filter else {
            guard let keep, keep > 0 else { return compact(to: end) }
            guard messages.count > keep else { return 0 }
            return compact(to: min(end, messages[messages.count - keep].sequence))
        }
        var left = messages.count { takes(filter, $0) }
        let before = messages.count
        messages = messages.filter { message in
            guard message.sequence < end, takes(filter, message) else { return true }
            if let keep, keep > 0, left <= keep { return true }
            left -= 1
            return false
        }
        return before - messages.count
    }

    func next(from sequence: UInt64, matching filters: [SubjectFilter]) -> StoredMessage? {
        messages.first { message in
            message.sequence >= sequence && (filters.isEmpty || filters.contains { takes($0, message) })
        }
    }

    func last(on subject: [UInt8], upTo limit: UInt64?) -> StoredMessage? {
        messages.last { $0.subject == subject && $0.sequence <= limit ?? .max }
    }

    func subjects(matching filter: SubjectFilter) -> [[UInt8]: SubjectState] {
        var found: [[UInt8]: SubjectState] = [:]
        for message in messages where takes(filter, message) {
            var state = found[message.subject] ?? SubjectState(messages: 0, first: message.sequence, last: 0)
            state.messages += 1
            state.last = message.sequence
            found[message.subject] = state
        }
        return found
    }

    func pending(from sequence: UInt64, matching filters: [SubjectFilter], lastPerSubject: Bool) -> Int {
        let matching = messages.filter { message in filters.isEmpty || filters.contains { takes($0, message) } }
        if lastPerSubject {
            var lasts: [[UInt8]: UInt64] = [:]
            for message in matching { lasts[message.subject] = message.sequence }
            return lasts.values.count { $0 >= sequence }
        }
        return matching.count { $0.sequence >= sequence }
    }

    func sequence(at timestamp: Int64) -> UInt64 {
        messages.first { $0.timestamp >= timestamp }?.sequence ?? lastSequence + 1
    }

    private func takes(_ filter: SubjectFilter, _ message: StoredMessage) -> Bool {
        message.subject.withUnsafeBytes { filter.takes($0) }
    }
}
