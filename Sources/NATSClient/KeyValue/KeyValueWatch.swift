#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What a watch shows of a bucket.
public struct KeyValueWatchOptions: Sendable, Hashable {
    /// What of the past is shown before what happens from now on.
    public enum Past: Sendable, Hashable {
        /// The last revision of each key.
        case lastValues
        /// All revisions that are kept.
        case history
        /// Nothing.
        case nothing
        /// All from the revision on.
        case from(revision: Int)
    }

    /// What of the past is shown.
    public var past = Past.lastValues
    /// Whether deletions are left out.
    public var ignoresDeletes = false
    /// Whether values are left out: only keys, revisions and times come.
    public var keysOnly = false

    /// The last revision of each key, and everything from now on.
    public init() {}
}

/// One thing that a watch shows.
public enum KeyValueUpdate: Sendable, Hashable {
    /// A revision.
    case entry(KeyValueEntry)
    /// What was there when the watch began has been shown; what follows happened later. It comes once.
    case caughtUp
}

/// What happens in a bucket. See ``KeyValueBucket/watch(_:options:)``.
public struct KeyValueWatch: AsyncSequence, Sendable {
    /// What the sequence holds.
    public typealias Element = KeyValueUpdate
    /// What ends the sequence early.
    public typealias Failure = JetStreamError

    let bucket: KeyValueBucket
    let filters: [String]
    let options: KeyValueWatchOptions

    /// Begins to watch with the first call of `next`.
    public func makeAsyncIterator() -> Iterator {
        var ordered = OrderedOptions(filterSubjects: filters.map { bucket.readPrefix + $0 })
        ordered.headersOnly = options.keysOnly
        ordered.deliverPolicy =
            switch options.past {
            case .lastValues: .lastPerSubject
            case .history: .all
            case .nothing: .new
            case .from(let revision): .startSequence(revision)
            }
        return Iterator(
            bucket: bucket, options: options, source: OrderedSource(stream: bucket.stream, options: ordered))
    }

    /// Takes what happens one by one.
    public struct Iterator: AsyncIteratorProtocol {
        private enum Phase {
            case fresh
            /// So many revisions of the past are still to come, if the last one does not say that it is the last.
            case catchingUp(Int)
            case live
        }

        private let bucket: KeyValueBucket
        private let options: KeyValueWatchOptions
        private var source: OrderedSource
        private var phase = Phase.fresh

        init(bucket: KeyValueBucket, options: KeyValueWatchOptions, source: OrderedSource) {
            self.bucket = bucket
            self.options = options
            self.source = source
        }

        /// What happened next, `nil` when the task is cancelled or the connection closed.
        public mutating func next() async throws(JetStreamError) -> KeyValueUpdate? {
            try await next(isolation: nil)
        }

        /// What happened next, `nil` when the task is cancelled or the connection closed.
        public mutating func next(isolation actor: isolated (any Actor)?) async throws(JetStreamError)
            -> KeyValueUpdate?
        {
            if case .fresh = phase {
                let pending = try await source.start()
                phase = .catchingUp(options.past == .nothing ? 0 : pending)
            }
            while true {
                if case .catchingUp(let count) = phase, count <= 0 {
                    phase = .live
                    return .caughtUp
                }
                guard let message = try await source.next() else { return nil }
                if case .catchingUp(let count) = phase {
                    phase = .catchingUp(message.metadata.pending == 0 ? 0 : count - 1)
                }
                let entry = bucket.entry(message)
                if entry.operation == .put || !options.ignoresDeletes {
                    return .entry(entry)
                }
            }
        }
    }
}

extension KeyValueBucket {
    /// Shows what is in the bucket, and then everything that happens in it, for ever.
    ///
    /// ```swift
    /// for try await update in try bucket.watch(["line1.>"]) {
    ///     if case .entry(let entry) = update {
    ///         print(entry.key, entry.operation == .put ? entry.text : "gone")
    ///     }
    /// }
    /// ```
    ///
    /// - Parameters:
    ///   - filters: which keys, with wildcards; all if empty.
    ///   - options: what of them.
    /// - Throws: ``JetStreamError/Code/badArgument`` for filters that match no keys.
    public func watch(_ filters: [String] = [], options: KeyValueWatchOptions = KeyValueWatchOptions())
        throws(JetStreamError) -> KeyValueWatch
    {
        for filter in filters {
            try Self.check(filter, allowsWildcards: true)
        }
        return KeyValueWatch(bucket: self, filters: filters.isEmpty ? [">"] : filters, options: options)
    }

    /// The revisions of a key that are kept, the oldest first.
    ///
    /// - Throws: ``JetStreamError/Code/keyNotFound`` if there are none.
    public func history(_ key: String) async throws(JetStreamError) -> [KeyValueEntry] {
        var options = KeyValueWatchOptions()
        options.past = .history
        let entries = try await past(try watch([key], options: options))
        guard !entries.isEmpty else { throw .keyNotFound }
        return entries
    }

    /// The keys that have values, in no order.
    ///
    /// - Parameter filters: which of them, with wildcards; all if empty.
    public func keys(_ filters: [String] = []) async throws(JetStreamError) -> [String] {
        var options = KeyValueWatchOptions()
        options.ignoresDeletes = true
        options.keysOnly = true
        return try await past(try watch(filters, options: options)).map(\.key)
    }

    /// Removes deletions, and what is kept of the keys' past.
    ///
    /// - Parameter age: younger deletions stay, so that whoever looks at the bucket now and then still sees them.
    public func purgeDeletes(olderThan age: Duration = .seconds(30 * 60)) async throws(JetStreamError) {
        let limit = Date.now.addingTimeInterval(-Double(age.nanoseconds) / 1e9)
        for entry in try await past(try watch()) where entry.operation != .put {
            try await stream.purge(
                subject: readPrefix + entry.key, keep: age > .zero && entry.created > limit ? 1 : nil)
        }
    }

    /// What a watch shows before it has caught up.
    private func past(_ watch: KeyValueWatch) async throws(JetStreamError) -> [KeyValueEntry] {
        var entries: [KeyValueEntry] = []
        var iterator = watch.makeAsyncIterator()
        while case .entry(let entry)? = try await iterator.next() {
            entries.append(entry)
        }
        return entries
    }

    fileprivate func entry(_ message: JetStreamMessage) -> KeyValueEntry {
        KeyValueEntry(
            bucket: name,
            key: String(message.subject.dropFirst(readPrefix.count)),
            value: message.payload,
            revision: message.metadata.streamSequence,
            created: message.metadata.time,
            delta: message.metadata.pending,
            operation: KeyValueEntry.Operation(headers: message.headers)
        )
    }
}
