/// One thing that a watch of an object store shows.
public enum ObjectUpdate: Sendable, Hashable {
    /// An object was put, changed or deleted.
    case object(ObjectInfo)
    /// What was there when the watch began has been shown; what follows happened later. It comes once.
    case caughtUp
}

/// What happens in an object store. See ``ObjectStore/watch(ignoresDeletes:updatesOnly:)``.
public struct ObjectWatch: AsyncSequence, Sendable {
    /// What the sequence holds.
    public typealias Element = ObjectUpdate
    /// What ends the sequence early.
    public typealias Failure = JetStreamError

    let store: ObjectStore
    let ignoresDeletes: Bool
    let updatesOnly: Bool

    /// Begins to watch with the first call of `next`.
    public func makeAsyncIterator() -> Iterator {
        let options = OrderedOptions(
            filterSubjects: [store.allMetadataSubjects], from: updatesOnly ? .new : .lastPerSubject)
        return Iterator(ignoresDeletes: ignoresDeletes, source: OrderedSource(stream: store.stream, options: options))
    }

    /// Takes what happens one by one.
    public struct Iterator: AsyncIteratorProtocol {
        private let ignoresDeletes: Bool
        private var source: OrderedSource
        /// How many objects of the past are still to come; `nil` before the first call.
        private var remaining: Int?
        private var hasCaughtUp = false

        init(ignoresDeletes: Bool, source: OrderedSource) {
            self.ignoresDeletes = ignoresDeletes
            self.source = source
        }

        /// What happened next, `nil` when the task is cancelled or the connection closed.
        public mutating func next() async throws(JetStreamError) -> ObjectUpdate? {
            try await next(isolation: nil)
        }

        /// What happened next, `nil` when the task is cancelled or the connection closed.
        public mutating func next(isolation actor: isolated (any Actor)?) async throws(JetStreamError) -> ObjectUpdate?
        {
            var left = if let remaining { remaining } else { try await source.start() }
            while true {
                if left <= 0, !hasCaughtUp {
                    hasCaughtUp = true
                    remaining = 0
                    return .caughtUp
                }
                guard let message = try await source.next() else { return nil }
                left = message.metadata.pending == 0 ? 0 : left - 1
                remaining = left
                var info = ObjectInfo(document: try JetStream.document(message.payload))
                info.modified = message.metadata.time
                if !info.isDeleted || !ignoresDeletes {
                    return .object(info)
                }
            }
        }
    }
}

extension ObjectStore {
    /// Shows what is in the store, and then everything that happens in it, for ever.
    ///
    /// - Parameters:
    ///   - ignoresDeletes: whether deletions are left out.
    ///   - updatesOnly: whether what is there already is left out.
    public func watch(ignoresDeletes: Bool = false, updatesOnly: Bool = false) -> ObjectWatch {
        ObjectWatch(store: self, ignoresDeletes: ignoresDeletes, updatesOnly: updatesOnly)
    }
}
