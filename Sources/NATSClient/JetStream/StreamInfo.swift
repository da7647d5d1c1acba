#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// A stream's configuration and state, as the server told them.
public struct StreamInfo: Sendable, Hashable, JSONDocumentView {
    package var document: JSONDocument

    package init(document: JSONDocument) {
        self.document = document
    }

    /// How the stream is set up.
    public var configuration: StreamConfiguration {
        document["config", default: StreamConfiguration(document: JSONDocument())]
    }

    /// What it holds.
    public var state: StreamState { document["state", default: StreamState(document: JSONDocument())] }

    /// When the stream was created.
    public var created: Date? { document["created"] }

    /// Which servers of a cluster keep it.
    public var cluster: ClusterInfo? { document["cluster"] }

    /// How far a mirror is behind its origin.
    public var mirror: StreamSourceInfo? { document["mirror"] }

    /// How far the stream is behind its sources.
    public var sources: [StreamSourceInfo] { document["sources", default: []] }

    /// When the server put this together.
    public var timestamp: Date? { document["ts"] }

}

/// What a stream holds.
public struct StreamState: Sendable, Hashable, JSONDocumentView {
    package var document: JSONDocument

    package init(document: JSONDocument) {
        self.document = document
    }

    /// How many messages there are.
    public var messages: Int { document["messages", default: 0] }

    /// How many bytes they take.
    public var bytes: Int { document["bytes", default: 0] }

    /// The first message's sequence.
    public var firstSequence: Int { document["first_seq", default: 0] }

    /// When the first message was stored; `nil` if there is none.
    public var firstTime: Date? { document["first_ts"] }

    /// The last message's sequence. It stays when the message goes.
    public var lastSequence: Int { document["last_seq", default: 0] }

    /// When the last message was stored.
    public var lastTime: Date? { document["last_ts"] }

    /// How many messages between the first and the last are gone.
    public var deletedCount: Int { document["num_deleted", default: 0] }

    /// Their sequences, if they were asked for.
    public var deleted: [Int] { document["deleted", default: []] }

    /// How many subjects the messages have.
    public var subjectCount: Int { document["num_subjects", default: 0] }

    /// How many messages each subject has, if that was asked for.
    public var subjects: [String: Int] { document["subjects", default: [:]] }

    /// How many consumers the stream has.
    public var consumers: Int { document["consumer_count", default: 0] }

}

/// How far a mirror, or a stream with sources, is behind an origin.
public struct StreamSourceInfo: Sendable, Hashable, JSONDocumentView {
    package var document: JSONDocument

    package init(document: JSONDocument) {
        self.document = document
    }

    /// The origin's name.
    public var name: String { document["name", default: ""] }

    /// How many messages are missing.
    public var lag: Int { document["lag", default: 0] }

    /// How long ago the origin was heard of; `nil` if it never was.
    public var active: Duration? { document["active"] }

    /// Which subjects are taken.
    public var filterSubject: String? { document["filter_subject"] }

    /// As what they are stored.
    public var subjectTransforms: [SubjectTransform] { document["subject_transforms", default: []] }

    /// How an origin elsewhere is reached.
    public var external: ExternalStream? { document["external"] }

}

/// Which servers of a cluster keep a stream or a consumer.
public struct ClusterInfo: Sendable, Hashable, JSONDocumentView {
    package var document: JSONDocument

    package init(document: JSONDocument) {
        self.document = document
    }

    /// The cluster's name.
    public var name: String { document["name", default: ""] }

    /// The server that leads.
    public var leader: String { document["leader", default: ""] }

    /// The other servers.
    public var replicas: [Peer] { document["replicas", default: []] }

    /// A server that follows a leader.
    public struct Peer: Sendable, Hashable, JSONDocumentView {
        package var document: JSONDocument

        package init(document: JSONDocument) {
            self.document = document
        }

        /// The server's name.
        public var name: String { document["name", default: ""] }
        /// Whether it has everything that the leader has.
        public var isCurrent: Bool { document["current", default: false] }
        /// Whether it is not there.
        public var isOffline: Bool { document["offline", default: false] }
        /// How long ago it was heard of.
        public var active: Duration { document["active", default: .zero] }
        /// How many operations it is behind.
        public var lag: Int { document["lag", default: 0] }
    }
}
