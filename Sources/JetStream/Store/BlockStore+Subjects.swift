import NATSSubjects

extension BlockStore {
    func count(of subject: UnsafeRawBufferPointer) -> UInt64 {
        contents.subjects.find(subject).map { contents.subjects.entries[$0].messages } ?? 0
    }

    func lastSequence(on subject: UnsafeRawBufferPointer) throws(StoreError) -> UInt64? {
        guard let index = contents.subjects.find(subject) else { return nil }
        if contents.subjects.entries[index].lastIsStale { try resolve(index) }
        return contents.subjects.find(subject).map { contents.subjects.entries[$0].last }
    }

    func state(of subject: [UInt8]) throws(StoreError) -> SubjectState? {
        guard let index = subject.withUnsafeBytes({ contents.subjects.find($0) }) else { return nil }
        let entry = contents.subjects.entries[index]
        if entry.firstIsStale || entry.lastIsStale { try resolve(index) }
        return subject.withUnsafeBytes { contents.subjects.find($0) }.map { state(at: $0) }
    }

    func subjects(
        matching filter: SubjectFilter
    ) throws(StoreError) -> [(subject: [UInt8], state: SubjectState)] {
        if filter.isLiteral { return try state(of: filter.pattern).map { [(filter.pattern, $0)] } ?? [] }
        let stale = entries(matching: [filter]).filter {
            contents.subjects.entries[$0].firstIsStale || contents.subjects.entries[$0].lastIsStale
        }
        try resolve(stale, matching: filter)
        return entries(matching: [filter]).map { index in
            (contents.subjects.withSubject(index) { [UInt8]($0) }, state(at: index))
        }
    }

    func last(on subject: [UInt8], upTo limit: UInt64?) throws(StoreError) -> StoredMessage? {
        guard let index = subject.withUnsafeBytes({ contents.subjects.find($0) }) else { return nil }
        if contents.subjects.entries[index].lastIsStale { try resolve(index) }
        guard let index = subject.withUnsafeBytes({ contents.subjects.find($0) }) else { return nil }
        let entry = contents.subjects.entries[index]
        guard let limit, limit < entry.last else { return try message(entry.last) }
        guard let first = try state(of: subject)?.first, first <= limit,
            let found = try lastSequence(on: subject, within: first...limit)
        else { return nil }
        return try message(found)
    }

    func pending(
        from sequence: UInt64, matching filters: [SubjectFilter], lastPerSubject: Bool
    ) throws(StoreError) -> Int {
        if lastPerSubject {
            var sum = 0
            for index in entries(matching: filters) where contents.subjects.entries[index].last >= sequence {
                if contents.subjects.entries[index].lastIsStale { try resolve(index) }
                if contents.subjects.entries[index].last >= sequence { sum += 1 }
            }
            return sum
        }
        if filters.isEmpty { return contents.live(from: sequence) }
        let matching = entries(matching: filters).map { contents.subjects.entries[$0] }
        let all = matching.reduce(0) { $0 + Int($1.messages) }
        if matching.count == contents.subjects.count { return contents.live(from: sequence) }
        if matching.allSatisfy({ $0.first >= sequence }) { return all }
        if matching.allSatisfy({ $0.last < sequence }) { return 0 }
        // Counting takes reading: on the side of `sequence` where there is less of it.
        let after = contents.live(from: sequence)
        var sum = 0
        if after <= Int(contents.state.messages) - after {
            try visit(from: sequence, matching: filters) { _ in
                sum += 1
                return true
            }
            return sum
        }
        var before = 0
        try visit(from: 0, matching: filters) { message in
            guard message.sequence < sequence else { return false }
            before += 1
            return true
        }
        return all - before
    }
}

extension BlockStore {
    /// The entries of the subjects that one of `filters` takes.
    func entries(matching filters: [SubjectFilter]) -> [Int] {
        if !filters.isEmpty && filters.allSatisfy(\.isLiteral) {
            return Set(filters).compactMap { filter in filter.pattern.withUnsafeBytes { contents.subjects.find($0) } }
        }
        return contents.subjects.entries.indices.filter { index in
            contents.subjects.entries[index].messages > 0
                && contents.subjects.withSubject(index) { filters.take($0) }
        }
    }

    private func state(at index: Int) -> SubjectState {
        let entry = contents.subjects.entries[index]
        return SubjectState(messages: entry.messages, first: entry.first, last: entry.last)
    }

    /// Finds out the first and last sequence of one subject.
    func resolve(_ index: Int) throws(StoreError) {
        let subject = contents.subjects.withSubject(index) { [UInt8]($0) }
        let entry = contents.subjects.entries[index]
        var first = entry.first
        var last = entry.last
        if entry.firstIsStale {
            first = try nextSequence(on: subject, from: first) ?? first
        }
        if entry.lastIsStale {
            last = try lastSequence(on: subject, within: first...max(first, last)) ?? last
        }
        // Reading may have mended the store, and then the entry is another one.
        guard let index = subject.withUnsafeBytes({ contents.subjects.find($0) }),
            contents.subjects.entries[index].firstIsStale || contents.subjects.entries[index].lastIsStale
        else { return }
        contents.subjects.resolve(index, first: first, last: last)
    }

    /// Finds out the first and last sequences of many subjects, in one pass where there are more than a few.
    private func resolve(_ stale: [Int], matching filter: SubjectFilter) throws(StoreError) {
        if stale.count <= 8 {
            for index in stale { try resolve(index) }
            return
        }
        var firsts: [Int: UInt64] = [:]
        var lasts: [Int: UInt64] = [:]
        let from = stale.map { contents.subjects.entries[$0].first }.min() ?? 0
        let wanted = Set(stale)
        try visit(from: from, matching: [filter]) { message in
            guard let index = contents.subjects.find(message.subject), wanted.contains(index) else { return true }
            if firsts[index] == nil { firsts[index] = message.sequence }
            lasts[index] = message.sequence
            return true
        }
        for index in stale {
            guard let first = firsts[index], let last = lasts[index] else { continue }
            contents.subjects.resolve(index, first: first, last: last)
        }
    }

    /// The last message on `subject` within `range`, searched for backwards from block to block.
    private func lastSequence(on subject: [UInt8], within range: ClosedRange<UInt64>) throws(StoreError) -> UInt64? {
        try mending { () throws(StoreError) -> UInt64? in
            var index = min(contents.blockIndex(range.upperBound), contents.blocks.count - 1)
            while index >= 0, contents.blocks[index].last >= range.lowerBound {
                let block = contents.blocks[index]
                var found: UInt64?
                let start = try offset(of: range.lowerBound, in: block) ?? block.size
                try scan(block, from: start) { (record, place, offset) throws(StoreError) in
                    try check(record, at: place, offset, of: block)
                    if record.sequence > range.upperBound { return false }
                    guard record.kind == Record.Kind.message, block.holds(record.sequence) else { return true }
                    let matches = subject.withUnsafeBytes { ByteHash.equal($0, record.view(at: place).subject) }
                    if matches { found = record.sequence }
                    return true
                }
                if let found { return found }
                index -= 1
            }
            return nil
        }
    }
}
