import NATSWire
public import NIOCore

extension ObjectStore {
    /// Puts an object of the given bytes, in the place of one of the same name.
    @discardableResult
    public func put(_ object: String, _ bytes: ByteBuffer) async throws(JetStreamError) -> ObjectInfo {
        try await put(ObjectMetadata(name: object), bytes)
    }

    /// Puts an object of the given bytes, in the place of one of the same name.
    @discardableResult
    public func put(_ metadata: ObjectMetadata, _ bytes: ByteBuffer) async throws(JetStreamError) -> ObjectInfo {
        var upload = try await ObjectUpload(metadata, to: self)
        do {
            try await upload.append(bytes)
            return try await upload.finish()
        } catch {
            await upload.abandon()
            throw error
        }
    }

    /// Puts an object of bytes that come piece by piece, in the place of one of the same name. The object is there when the
    /// last piece is: nobody sees half of it.
    ///
    /// - Throws: ``JetStreamError``, or what `pieces` throws; then nothing has changed.
    @discardableResult
    public func put<Pieces: AsyncSequence>(_ metadata: ObjectMetadata, from pieces: Pieces) async throws -> ObjectInfo
    where Pieces.Element == ByteBuffer {
        var upload = try await ObjectUpload(metadata, to: self)
        do {
            for try await piece in pieces {
                try await upload.append(piece)
            }
            return try await upload.finish()
        } catch {
            await upload.abandon()
            throw error
        }
    }
}

/// An object on its way into a store: its bytes go under a subject that nothing points to yet.
private struct ObjectUpload {
    private let store: ObjectStore
    private let publisher: JetStreamPublisher
    private let replaced: ObjectInfo?
    private let chunkSize: Int
    private var info: ObjectInfo
    private var digest = ObjectDigest()
    private var rest = ByteBuffer()
    private var size = 0
    private var chunks = 0

    /// How many chunks may be without acknowledgement: enough for a long line, and few enough bytes.
    private static let window = 16

    init(_ metadata: ObjectMetadata, to store: ObjectStore) async throws(JetStreamError) {
        guard !metadata.name.isEmpty else { throw .badArgument("nats: name is required") }
        self.store = store
        replaced = try await store.existing(metadata.name)
        chunkSize = max(1, metadata.chunkSize ?? ObjectMetadata.defaultChunkSize)
        publisher = store.stream.jetStream.publisher(window: Self.window)
        info = ObjectInfo(metadata, bucket: store.name, id: NUID.next())
        info.set(chunkSize: chunkSize)
    }

    /// Leaves nothing behind.
    func abandon() async {
        try? await publisher.finish()
        _ = try? await store.stream.purge(subject: store.chunkSubject(info.id))
    }

    mutating func append(_ bytes: ByteBuffer) async throws(JetStreamError) {
        var bytes = bytes
        rest.writeBuffer(&bytes)
        while rest.readableBytes >= chunkSize, let chunk = rest.readSlice(length: chunkSize) {
            try await send(chunk)
        }
        rest.discardReadBytes()
    }

    private mutating func send(_ chunk: ByteBuffer) async throws(JetStreamError) {
        digest.update(chunk)
        size += chunk.readableBytes
        chunks += 1
        try await publisher.publish(chunk, to: store.writePrefix + store.chunkSubject(info.id))
    }

    mutating func finish() async throws(JetStreamError) -> ObjectInfo {
        if rest.readableBytes > 0 {
            try await send(rest)
        }
        try await publisher.finish()
        info.set(size: size, chunks: chunks, digest: digest.text)
        try await store.publish(info)
        if let replaced, !replaced.isDeleted {
            try await store.stream.purge(subject: store.chunkSubject(replaced.id))
        }
        return try await store.info(info.name)
    }
}
