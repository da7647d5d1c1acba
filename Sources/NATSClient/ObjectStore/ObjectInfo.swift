import NATSWire

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// What a store's user says about an object.
public struct ObjectMetadata: Sendable, Hashable {
    /// The object's name, any text.
    public var name: String
    /// What the object is, in the words of its owner.
    public var summary: String
    /// Headers of the owner's own.
    public var headers: Headers
    /// Names and values of the owner's own.
    public var metadata: [String: String]
    /// How large its chunks are, in bytes; 128 KiB if missing.
    public var chunkSize: Int?

    /// An object of the given name.
    public init(
        name: String,
        summary: String = "",
        headers: Headers = [:],
        metadata: [String: String] = [:],
        chunkSize: Int? = nil
    ) {
        self.name = name
        self.summary = summary
        self.headers = headers
        self.metadata = metadata
        self.chunkSize = chunkSize
    }

    static let defaultChunkSize = 128 * 1024
}

/// What a link points to.
public struct ObjectLink: Sendable, Hashable, JSONDocumentView {
    package var document: JSONDocument

    package init(document: JSONDocument) {
        self.document = document
    }

    init(bucket: String, name: String?) {
        document = JSONDocument()
        document["bucket"] = bucket
        document["name"] = name
    }

    /// The store.
    public var bucket: String { document["bucket", default: ""] }

    /// The object; `nil` for a link to the store as a whole.
    public var name: String? { document["name"] }

}

/// What a store tells about an object.
public struct ObjectInfo: Sendable, Hashable, JSONDocumentView {
    package var document: JSONDocument
    /// When it was changed last, which is when the store's server stored this.
    public internal(set) var modified = Date(timeIntervalSince1970: 0)

    package init(document: JSONDocument) {
        self.document = document
    }

    init(_ metadata: ObjectMetadata, bucket: String, id: String) {
        document = JSONDocument()
        set(metadata)
        document["bucket"] = bucket
        document["nuid"] = id
        document["size"] = 0
        document["mtime"] = "0001-01-01T00:00:00Z"
        document["chunks"] = 0
    }

    /// Its name.
    public var name: String { document["name", default: ""] }

    /// What it is.
    public var summary: String { document["description", default: ""] }

    /// Names and values of the owner's own.
    public var metadata: [String: String] { document["metadata", default: [:]] }

    /// The store that it is in.
    public var bucket: String { document["bucket", default: ""] }

    /// Tells this version's chunks from those of others.
    public var id: String { document["nuid", default: ""] }

    /// Its size in bytes.
    public var size: Int { document["size", default: 0] }

    /// How many chunks it is in.
    public var chunks: Int { document["chunks", default: 0] }

    /// `SHA-256=` and the digest of its bytes, in base 64 with `-` and `_`.
    public var digest: String { document["digest", default: ""] }

    /// Whether it was deleted.
    public var isDeleted: Bool { document["deleted", default: false] }

    /// Headers of the owner's own.
    public var headers: Headers {
        var headers = Headers()
        for (name, values) in document["headers", default: [String: [String]]()].sorted(by: { $0.key < $1.key }) {
            for value in values {
                headers.add(name, value)
            }
        }
        return headers
    }

    /// How large its chunks are, in bytes.
    public var chunkSize: Int? { options["max_chunk_size"] }

    /// What it points to, if it is a link.
    public var link: ObjectLink? { options["link"] }

    private var options: JSONDocument {
        guard let options: JSONValue = document["options"], case .object(let members) = options else {
            return JSONDocument()
        }
        return JSONDocument(members)
    }

    /// Takes over what its owner says about it.
    mutating func set(_ metadata: ObjectMetadata) {
        document["name"] = metadata.name
        document["description"] = metadata.summary.isEmpty ? nil : metadata.summary
        var headers: [String: [String]] = [:]
        for (name, value) in metadata.headers {
            headers[name, default: []].append(value)
        }
        document["headers"] = headers.isEmpty ? nil : headers
        document["metadata"] = metadata.metadata.isEmpty ? nil : metadata.metadata
    }

    mutating func set(chunkSize: Int) {
        document["options"] = JSONValue.object([JSONValue.Member("max_chunk_size", chunkSize.json)])
    }

    mutating func set(link: ObjectLink) {
        document["options"] = JSONValue.object([JSONValue.Member("link", link.json)])
    }

    mutating func set(size: Int, chunks: Int, digest: String) {
        document["size"] = size
        document["chunks"] = chunks
        document["digest"] = digest.isEmpty ? nil : digest
    }

    mutating func markDeleted() {
        set(size: 0, chunks: 0, digest: "")
        document["deleted"] = true
    }
}
