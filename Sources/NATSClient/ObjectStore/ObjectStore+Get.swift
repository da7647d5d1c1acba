import NATSWire
public import NIOCore

extension ObjectStore {
    /// Reads an object. A link is followed.
    ///
    /// - Throws: ``JetStreamError/Code/objectNotFound``; ``JetStreamError/Code/badLink`` for a link to a store or to another
    ///   link. Failures of reading show in the sequence.
    public func get(_ object: String) async throws(JetStreamError) -> ObjectReader {
        let info = try await info(object)
        guard let link = info.link else { return ObjectReader(info: info, store: self) }
        guard let target = link.name else {
            throw JetStreamError(.badLink, "nats: object is a link to a bucket")
        }
        let store = link.bucket == name ? self : try await stream.jetStream.objectStore(link.bucket)
        let found = try await store.info(target)
        guard found.link == nil else { throw JetStreamError(.badLink, "nats: link to another link") }
        return ObjectReader(info: found, store: store)
    }
}

/// An object's bytes, chunk by chunk.
public struct ObjectReader: AsyncSequence, Sendable {
    /// What the sequence holds.
    public typealias Element = ByteBuffer
    /// What ends the sequence early.
    public typealias Failure = JetStreamError

    /// What the store tells about the object.
    public let info: ObjectInfo

    private let store: ObjectStore

    init(info: ObjectInfo, store: ObjectStore) {
        self.info = info
        self.store = store
    }

    /// All bytes at once.
    ///
    /// - Throws: ``JetStreamError/Code/digestMismatch`` if they are not those that were put.
    public func collect() async throws(JetStreamError) -> ByteBuffer {
        var all = ByteBuffer()
        var iterator = makeAsyncIterator()
        while var chunk = try await iterator.next() {
            all.writeBuffer(&chunk)
        }
        return all
    }

    /// Begins to read with the first call of `next`.
    public func makeAsyncIterator() -> Iterator {
        var options = OrderedOptions(filterSubjects: [store.chunkSubject(info.id)])
        // A window of messages could hold many times the bytes that anybody wants to have waiting.
        options.pull.batch = 32
        return Iterator(info: info, source: OrderedSource(stream: store.stream, options: options))
    }

    /// Takes the chunks one by one.
    public struct Iterator: AsyncIteratorProtocol {
        private let info: ObjectInfo
        private var source: OrderedSource?
        private var digest = ObjectDigest()
        private var size = 0
        private var chunks = 0

        init(info: ObjectInfo, source: OrderedSource) {
            self.info = info
            self.source = source
        }

        /// The next chunk, `nil` at the end.
        ///
        /// - Throws: ``JetStreamError/Code/digestMismatch`` in the place of the end, if the bytes are not those that were
        ///   put.
        public mutating func next() async throws(JetStreamError) -> ByteBuffer? {
            try await next(isolation: nil)
        }

        /// The next chunk, `nil` at the end.
        public mutating func next(isolation actor: isolated (any Actor)?) async throws(JetStreamError) -> ByteBuffer? {
            guard source != nil else { return nil }
            if chunks == info.chunks {
                source = nil
                try check()
                return nil
            }
            if chunks == 0, try await source?.start() != info.chunks {
                source = nil
                throw mismatch("the store has not as many chunks as it should have")
            }
            guard let message = try await source?.next() else {
                source = nil
                throw .connection(Task.isCancelled ? .cancelled : .connectionClosed)
            }
            chunks += 1
            size += message.payload.readableBytes
            digest.update(message.payload)
            return message.payload
        }

        private func check() throws(JetStreamError) {
            guard size == info.size else { throw mismatch("\(size) bytes came, \(info.size) were put") }
            guard info.size == 0 || digest.matches(info.digest) else {
                throw mismatch("received a corrupt object, digests do not match")
            }
        }

        private func mismatch(_ reason: String) -> JetStreamError {
            JetStreamError(.digestMismatch, "nats: object '\(info.name)': \(reason)")
        }
    }
}
