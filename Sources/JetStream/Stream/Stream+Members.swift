import NATSSubjects

/// Two subjects given as text.
enum SubjectPair {
    static func collide(_ one: String, _ other: String) -> Bool { Subject.collide(one.utf8, other.utf8) }
}

/// The consumers and the readers of a stream.
extension Stream {
    func add(_ consumer: Consumer) {
        consumers[consumer.name] = consumer
        if consumer.filters.isEmpty {
            openConsumers.append(consumer)
        } else {
            for filter in consumer.filters {
                _ = filteredConsumers.insert(consumer, pattern: filter.pattern, queue: nil)
            }
        }
    }

    func remove(_ consumer: Consumer) {
        consumers[consumer.name] = nil
        account.forget(consumer)
        openConsumers.removeAll { $0 === consumer }
        for filter in consumer.filters { filteredConsumers.remove(consumer, pattern: filter.pattern, queue: nil) }
        ready.removeAll { $0 === consumer }
    }

    /// Begins to take from the streams that the configuration names.
    func setOrigins() {
        // Those that stay go on where they are.
        let known = sources.filter { configuration.sources.contains($0.source) }
        sources.removeAll { reader in known.contains { $0 === reader } }
        detachReaders()
        mirror = configuration.mirror.map {
            StreamReader($0, isMirror: true, target: self, resumed: lastSequence)
        }
        let resumed = configuration.sources.count == known.count ? [:] : sequencesOfSources()
        sources = configuration.sources.map { source in
            known.first { $0.source == source }
                ?? StreamReader(source, isMirror: false, target: self, resumed: resumed[source.indexName] ?? 0)
        }
        if !readers.isEmpty { markDirty() }
    }

    /// The mirror or the sources.
    var readers: [StreamReader] { [mirror].compactMap { $0 } + sources }

    /// Whether the stream named `name` is its mirror's origin or one of its sources.
    func reads(from name: String) -> Bool {
        mirror?.source.name == name || sources.contains { $0.source.name == name }
    }

    func detachReaders() {
        for reader in readers { reader.detach() }
        mirror = nil
        sources = []
    }

    /// Up to where each source was read, from the headers of what it gave: looked for backwards, in ever larger steps.
    private func sequencesOfSources() -> [String: UInt64] {
        var sequences: [String: UInt64] = [:]
        var end = store.state.lastSequence
        var step: UInt64 = 1_000
        while end >= store.state.firstSequence, end > 0, sequences.count < configuration.sources.count {
            let start = max(store.state.firstSequence, end > step ? end - step : 1)
            var found: [String: UInt64] = [:]
            report { () throws(StoreError) in
                try self.store.visit(from: start, matching: []) { view in
                    guard view.sequence <= end else { return false }
                    guard !view.header.isEmpty else { return true }
                    let parts = MessageHeaders(view.header).streamSource.text.split(separator: " ")
                    if parts.count >= 4, let sequence = UInt64(parts[1]) {
                        found["\(parts[0]) \(parts[2]) \(parts[3])"] = sequence
                    }
                    return true
                }
            }
            sequences.merge(found) { later, _ in later }
            end = start - 1
            step *= 2
        }
        return sequences
    }

    /// The last message on `subject`, or on any subject that it takes.
    func last(on subject: String) throws(StoreError) -> StoredMessage? {
        let filter = SubjectFilter(Array(subject.utf8))
        if filter.isLiteral { return try store.last(on: filter.pattern) }
        guard let last = try store.subjects(matching: filter).map(\.state.last).max() else { return nil }
        return try store.message(last)
    }
}
