public import NIOCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Keys and their values, kept by a server.
///
/// ```swift
/// let bucket = try await jetStream.createKeyValue(KeyValueConfiguration(bucket: "settings"))
/// let revision = try await bucket.put("line1.speed", "120")
/// try await bucket.update("line1.speed", "140", revision: revision)
/// print(try await bucket.get("line1.speed").text)
/// ```
///
/// Keys are subjects: tokens with dots between them, of letters, digits and `-/_=`.
public struct KeyValueBucket: Sendable {
    /// The stream that the bucket is.
    public let stream: StreamHandle

    /// The bucket's name.
    public let name: String

    /// What the subjects of keys begin with.
    let readPrefix: String
    private let writePrefix: String

    init(stream: StreamHandle) {
        self.stream = stream
        name = String(stream.name.dropFirst(BucketName.keyValuePrefix.count))
        let api = stream.jetStream.prefix
        var readPrefix = "$KV.\(name)."
        // In another domain, or under an import, subjects are reached through the API's prefix.
        var writePrefix = api == JetStream.defaultPrefix ? readPrefix : "\(api).\(readPrefix)"
        if let mirror = stream.lastInfo.configuration.mirror {
            // A copy is read here and written to at its origin.
            let origin = String(mirror.name.dropFirst(BucketName.keyValuePrefix.count))
            if let prefix = mirror.external?.apiPrefix, !prefix.isEmpty {
                readPrefix = "$KV.\(origin)."
                writePrefix = "\(prefix).$KV.\(origin)."
            } else {
                writePrefix = "$KV.\(origin)."
            }
        }
        self.readPrefix = readPrefix
        self.writePrefix = writePrefix
    }

    /// The key's value.
    ///
    /// - Throws: ``JetStreamError/Code/keyNotFound``, ``JetStreamError/Code/keyDeleted``.
    public func get(_ key: String) async throws(JetStreamError) -> KeyValueEntry {
        let entry = try await lastEntry(key)
        guard entry.operation == .put else { throw .keyDeleted }
        return entry
    }

    /// One of the key's values that are kept.
    ///
    /// - Throws: ``JetStreamError/Code/keyNotFound`` if the revision does not belong to the key,
    ///   ``JetStreamError/Code/keyDeleted`` if it is a deletion.
    public func get(_ key: String, revision: Int) async throws(JetStreamError) -> KeyValueEntry {
        try Self.check(key)
        let message: StoredMessage
        do {
            message = try await stream.message(revision)
        } catch let error where error.serverCode == .messageNotFound {
            throw error.recoded(.keyNotFound, JetStreamError.keyNotFound.description)
        }
        guard message.subject == readPrefix + key else { throw .keyNotFound }
        let entry = entry(message, key: key)
        guard entry.operation == .put else { throw .keyDeleted }
        return entry
    }

    /// Gives the key a value.
    ///
    /// - Returns: the new revision.
    @discardableResult
    public func put(_ key: String, _ value: ByteBuffer) async throws(JetStreamError) -> Int {
        try await write(key, value)
    }

    /// Gives the key a value.
    @discardableResult
    public func put(_ key: String, _ value: String) async throws(JetStreamError) -> Int {
        try await put(key, ByteBuffer(string: value))
    }

    /// Gives the key a value, if it has none.
    ///
    /// - Parameter timeToLive: how long the value is kept. The bucket must have a ``KeyValueConfiguration/limitMarkerTTL``.
    /// - Returns: the new revision.
    /// - Throws: ``JetStreamError/Code/keyExists``.
    @discardableResult
    public func create(_ key: String, _ value: ByteBuffer, timeToLive: Duration? = nil)
        async throws(JetStreamError) -> Int
    {
        var options = PublishOptions()
        options.expectedLastSubjectSequence = 0
        options.timeToLive = timeToLive.map { .after($0) }
        do {
            return try await write(key, value, options: options)
        } catch let error where error.isWrongLastSequence {
            // A deleted key may be created again.
            let last = try await lastEntry(key)
            guard last.operation != .put else { throw error.recoded(.keyExists, "nats: key exists") }
            options.expectedLastSubjectSequence = last.revision
            do {
                return try await write(key, value, options: options)
            } catch let error where error.isWrongLastSequence {
                throw error.recoded(.keyExists, "nats: key exists")
            }
        }
    }

    /// Gives the key a value, if it has none.
    @discardableResult
    public func create(_ key: String, _ value: String, timeToLive: Duration? = nil) async throws(JetStreamError)
        -> Int
    {
        try await create(key, ByteBuffer(string: value), timeToLive: timeToLive)
    }

    /// Gives the key a value, if its last revision is the given one.
    ///
    /// - Returns: the new revision.
    /// - Throws: ``JetStreamError/Code/wrongRevision``.
    @discardableResult
    public func update(_ key: String, _ value: ByteBuffer, revision: Int) async throws(JetStreamError) -> Int {
        var options = PublishOptions()
        options.expectedLastSubjectSequence = revision
        return try await write(key, value, options: options)
    }

    /// Gives the key a value, if its last revision is the given one.
    @discardableResult
    public func update(_ key: String, _ value: String, revision: Int) async throws(JetStreamError) -> Int {
        try await update(key, ByteBuffer(string: value), revision: revision)
    }

    /// Deletes the key. Earlier values are kept, as far as the bucket keeps any.
    ///
    /// - Parameter revision: only if the key's last revision is this one.
    /// - Throws: ``JetStreamError/Code/wrongRevision``.
    public func delete(_ key: String, revision: Int? = nil) async throws(JetStreamError) {
        var options = PublishOptions()
        options.expectedLastSubjectSequence = revision
        try await write(key, ByteBuffer(), headers: ["KV-Operation": "DEL"], options: options)
    }

    /// Deletes the key and its earlier values.
    ///
    /// - Parameters:
    ///   - revision: only if the key's last revision is this one.
    ///   - timeToLive: how long the word of it is kept. The bucket must have a ``KeyValueConfiguration/limitMarkerTTL``.
    /// - Throws: ``JetStreamError/Code/wrongRevision``.
    public func purge(_ key: String, revision: Int? = nil, timeToLive: Duration? = nil) async throws(JetStreamError) {
        var options = PublishOptions()
        options.expectedLastSubjectSequence = revision
        options.timeToLive = timeToLive.map { .after($0) }
        try await write(
            key, ByteBuffer(), headers: ["KV-Operation": "PURGE", "Nats-Rollup": "sub"], options: options)
    }

    /// The bucket's settings and state now.
    public func status() async throws(JetStreamError) -> KeyValueStatus {
        KeyValueStatus(streamInfo: try await stream.info())
    }

    /// The key's last revision, be it a value or a deletion.
    func lastEntry(_ key: String) async throws(JetStreamError) -> KeyValueEntry {
        try Self.check(key)
        do {
            return entry(try await stream.lastMessage(of: readPrefix + key), key: key)
        } catch let error where error.serverCode == .messageNotFound {
            throw error.recoded(.keyNotFound, JetStreamError.keyNotFound.description)
        }
    }

    private func entry(_ message: StoredMessage, key: String) -> KeyValueEntry {
        KeyValueEntry(
            bucket: name,
            key: key,
            value: message.payload,
            revision: message.sequence,
            created: message.time,
            operation: KeyValueEntry.Operation(headers: message.headers)
        )
    }

    @discardableResult
    private func write(
        _ key: String,
        _ value: ByteBuffer,
        headers: Headers = [:],
        options: PublishOptions = PublishOptions()
    ) async throws(JetStreamError) -> Int {
        try Self.check(key)
        let message = NATSMessage(subject: writePrefix + key, headers: headers, payload: value)
        do {
            return try await stream.jetStream.publish(message, options: options).sequence
        } catch let error where error.isWrongLastSequence {
            throw error.recoded(.wrongRevision)
        }
    }

    /// Checks a key, or with `allowsWildcards` a filter for keys.
    static func check(_ key: String, allowsWildcards: Bool = false) throws(JetStreamError) {
        let isValid = key.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
            case UInt8(ascii: "0")...UInt8(ascii: "9"): true
            case UInt8(ascii: "*"), UInt8(ascii: ">"): allowsWildcards
            default: "-/_=.".utf8.contains(byte)
            }
        }
        guard isValid, !key.isEmpty, !key.hasPrefix("."), !key.hasSuffix("."), !key.contains("..") else {
            throw .badArgument("nats: invalid key '\(key)': use letters, digits and '-/_=', with dots between tokens")
        }
    }
}

extension JetStreamError {
    static let keyNotFound = JetStreamError(.keyNotFound, "nats: key not found")
    static let keyDeleted = JetStreamError(.keyDeleted, "nats: key was deleted")

    /// Whether the server has another last sequence for the subject than was expected.
    var isWrongLastSequence: Bool {
        serverCode == .wrongLastSequence || serverCode == .wrongLastSequenceConstant
    }
}
