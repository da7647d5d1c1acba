public import NIOCore

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// One revision of a key.
public struct KeyValueEntry: Sendable, Hashable {
    /// What a revision did to its key.
    public enum Operation: Sendable, Hashable {
        /// It gave the key a value.
        case put
        /// It deleted the key; earlier values are kept.
        case delete
        /// It deleted the key and its earlier values.
        case purge

        /// What the headers of a message mean: those of the one who deleted, or of the server whose limit did.
        init(headers: Headers) {
            switch headers["KV-Operation"] {
            case "DEL": self = .delete
            case "PURGE": self = .purge
            case nil:
                switch headers["Nats-Marker-Reason"] {
                case "MaxAge", "Purge": self = .purge
                case "Remove": self = .delete
                default: self = .put
                }
            default: self = .put
            }
        }
    }

    /// The bucket.
    public var bucket: String
    /// The key.
    public var key: String
    /// The value, any bytes; empty for a deletion.
    public var value: ByteBuffer
    /// The revision's number, counted over the whole bucket.
    public var revision: Int
    /// When it was stored.
    public var created: Date
    /// How many newer revisions there were when a watch or a history delivered it.
    public var delta = 0
    /// What it did.
    public var operation: Operation

    /// The value as text; bytes that are no UTF-8 become replacement characters.
    public var text: String { String(buffer: value) }
}

/// A bucket's settings and state.
public struct KeyValueStatus: Sendable, Hashable {
    /// The stream that the bucket is.
    public let streamInfo: StreamInfo

    /// The bucket's name.
    public var bucket: String {
        String(streamInfo.configuration.name.dropFirst(BucketName.keyValuePrefix.count))
    }
    /// How many values there are, with those of the past and deletions.
    public var values: Int { streamInfo.state.messages }
    /// How many bytes they take.
    public var bytes: Int { streamInfo.state.bytes }
    /// How many values of a key are kept.
    public var history: Int { streamInfo.configuration.maximumMessagesPerSubject }
    /// How long values are kept; zero for ever.
    public var timeToLive: Duration { streamInfo.configuration.maximumAge }
    /// How long a marker stays in the place of a value whose time ran out; zero for no markers.
    public var limitMarkerTTL: Duration { streamInfo.configuration.deleteMarkerTTL }
    /// Whether files are compressed.
    public var isCompressed: Bool { streamInfo.configuration.compression != .none }
}
