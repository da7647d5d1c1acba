import NATSWire
import NIOCore

/// Objects of any size, kept by a server in chunks.
///
/// ```swift
/// let store = try await jetStream.createObjectStore(ObjectStoreConfiguration(bucket: "reports"))
/// try await store.put("june.csv", bytes)
/// let report = try await store.get("june.csv").collect()
/// ```
///
/// Every read is checked against the SHA-256 that was taken when the object was put.
public struct ObjectStore: Sendable {
    /// The stream that the store is.
    public let stream: StreamHandle

    /// The store's name.
    public let name: String

    init(stream: StreamHandle) {
        self.stream = stream
        name = String(stream.name.dropFirst(BucketName.objectPrefix.count))
    }

    /// What the store tells about an object.
    ///
    /// - Parameter includesDeleted: also of an object that was deleted.
    /// - Throws: ``JetStreamError/Code/objectNotFound``.
    public func info(_ object: String, includesDeleted: Bool = false) async throws(JetStreamError) -> ObjectInfo {
        guard !object.isEmpty else { throw .badArgument("nats: name is required") }
        do {
            let message = try await stream.lastMessage(of: metadataSubject(object))
            var info = ObjectInfo(document: try JetStream.document(message.payload))
            info.modified = message.time
            guard includesDeleted || !info.isDeleted else { throw JetStreamError.objectNotFound }
            return info
        } catch let error as JetStreamError {
            throw error.serverCode == .messageNotFound
                ? error.recoded(.objectNotFound, JetStreamError.objectNotFound.description) : error
        } catch {
            throw .badResponse("\(error)")
        }
    }

    /// All objects, by name.
    ///
    /// - Parameter includesDeleted: also those that were deleted.
    public func list(includesDeleted: Bool = false) async throws(JetStreamError) -> [ObjectInfo] {
        var objects: [ObjectInfo] = []
        var iterator = watch(ignoresDeletes: !includesDeleted).makeAsyncIterator()
        while case .object(let info)? = try await iterator.next() {
            objects.append(info)
        }
        return objects.sorted { $0.name < $1.name }
    }

    /// Removes an object. The word of it stays.
    ///
    /// - Throws: ``JetStreamError/Code/objectNotFound``.
    public func delete(_ object: String) async throws(JetStreamError) {
        var info = try await info(object, includesDeleted: true)
        info.markDeleted()
        try await publish(info)
        try await stream.purge(subject: chunkSubject(info.id))
    }

    /// Changes what is said about an object. Its name may change too.
    ///
    /// - Throws: ``JetStreamError/Code/objectNotFound``; ``JetStreamError/Code/objectExists`` if there is one of the new name.
    public func updateMetadata(of object: String, to metadata: ObjectMetadata) async throws(JetStreamError) {
        var changed = try await info(object)
        if metadata.name != object {
            guard try await existing(metadata.name)?.isDeleted ?? true else { throw .objectExists }
        }
        changed.set(metadata)
        try await publish(changed)
        if metadata.name != object {
            try await stream.purge(subject: metadataSubject(object))
        }
    }

    /// Makes a name that stands for another object, of this store or another one.
    ///
    /// - Throws: ``JetStreamError/Code/objectExists`` if there is an object, not a link, of the name,
    ///   ``JetStreamError/Code/badLink`` if `target` is deleted or a link itself.
    @discardableResult
    public func link(_ object: String, to target: ObjectInfo) async throws(JetStreamError) -> ObjectInfo {
        guard !target.isDeleted else { throw JetStreamError(.badLink, "nats: not allowed to link to a deleted object") }
        guard target.link == nil else {
            throw JetStreamError(.badLink, "nats: not allowed to link to another link")
        }
        return try await link(object, ObjectLink(bucket: target.bucket, name: target.name))
    }

    /// Makes a name that stands for another store as a whole. It can't be read.
    @discardableResult
    public func link(_ object: String, toStore target: ObjectStore) async throws(JetStreamError) -> ObjectInfo {
        try await link(object, ObjectLink(bucket: target.name, name: nil))
    }

    private func link(_ object: String, _ link: ObjectLink) async throws(JetStreamError) -> ObjectInfo {
        if let existing = try await existing(object), existing.link == nil, !existing.isDeleted {
            throw .objectExists
        }
        var info = ObjectInfo(ObjectMetadata(name: object), bucket: name, id: NUID.next())
        info.set(link: link)
        try await publish(info)
        return info
    }

    /// Lets nothing be changed any more. It can't be undone.
    public func seal() async throws(JetStreamError) {
        var configuration = try await stream.info().configuration
        configuration.isSealed = true
        try await stream.jetStream.updateStream(configuration)
    }

    /// The store's settings and state now.
    public func status() async throws(JetStreamError) -> ObjectStoreStatus {
        ObjectStoreStatus(streamInfo: try await stream.info())
    }

    /// An object's information, or that of a deleted one; `nil` if there never was one.
    func existing(_ object: String) async throws(JetStreamError) -> ObjectInfo? {
        do {
            return try await info(object, includesDeleted: true)
        } catch let error where error.code == .objectNotFound {
            return nil
        }
    }

    /// Stores what is known about an object, in the place of what was known before.
    func publish(_ info: ObjectInfo) async throws(JetStreamError) {
        try await stream.jetStream.publish(
            ByteBuffer(bytes: info.json.encoded()),
            to: writePrefix + metadataSubject(info.name),
            headers: ["Nats-Rollup": "sub"]
        )
    }

    /// What goes before a subject to publish to, where the store is in another domain.
    var writePrefix: String {
        let prefix = stream.jetStream.prefix
        return prefix == JetStream.defaultPrefix ? "" : prefix + "."
    }

    var allMetadataSubjects: String { "$O.\(name).M.>" }

    func chunkSubject(_ id: String) -> String { "$O.\(name).C.\(id)" }

    private func metadataSubject(_ object: String) -> String {
        let encoded = Base64.encoded(Array(object.utf8), alphabet: .url)
        return "$O.\(name).M." + encoded + String(repeating: "=", count: (4 - encoded.utf8.count % 4) % 4)
    }
}

extension JetStreamError {
    static let objectNotFound = JetStreamError(.objectNotFound, "nats: object not found")
    static let objectExists = JetStreamError(.objectExists, "nats: an object already exists with that name")
}

extension JetStream {
    /// Creates an object store. It is no error if there is one with the very same configuration.
    @discardableResult
    public func createObjectStore(_ configuration: ObjectStoreConfiguration) async throws(JetStreamError)
        -> ObjectStore
    {
        ObjectStore(stream: try await createStream(try configuration.streamConfiguration()))
    }

    /// An object store that exists.
    ///
    /// - Throws: ``JetStreamError/Code/bucketNotFound``.
    public func objectStore(_ bucket: String) async throws(JetStreamError) -> ObjectStore {
        try BucketName.check(bucket, of: "bucket")
        do {
            return ObjectStore(stream: try await stream(BucketName.objectPrefix + bucket))
        } catch let error where error.serverCode == .streamNotFound {
            throw error.recoded(.bucketNotFound, "nats: bucket not found")
        }
    }

    /// Removes an object store and all that is in it.
    ///
    /// - Throws: ``JetStreamError/Code/bucketNotFound``.
    public func deleteObjectStore(_ bucket: String) async throws(JetStreamError) {
        try BucketName.check(bucket, of: "bucket")
        do {
            try await deleteStream(BucketName.objectPrefix + bucket)
        } catch let error where error.serverCode == .streamNotFound {
            throw error.recoded(.bucketNotFound, "nats: bucket not found")
        }
    }

    /// All object stores of the account.
    public func objectStores() async throws(JetStreamError) -> [ObjectStoreStatus] {
        try await streams(subject: "$O.*.C.>")
            .filter { $0.configuration.name.hasPrefix(BucketName.objectPrefix) }
            .map(ObjectStoreStatus.init)
    }
}
