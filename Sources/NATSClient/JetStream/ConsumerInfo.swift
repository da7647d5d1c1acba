#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// A consumer's configuration and state, as the server told them.
public struct ConsumerInfo: Sendable, Hashable, JSONDocumentView {
    package var document: JSONDocument

    package init(document: JSONDocument) {
        self.document = document
    }

    /// How the consumer is set up.
    public var configuration: ConsumerConfiguration {
        document["config", default: ConsumerConfiguration(document: JSONDocument())]
    }

    /// What was delivered last.
    public var delivered: SequencePair { document["delivered", default: SequencePair(document: JSONDocument())] }

    /// Up to where everything is acknowledged.
    public var ackFloor: SequencePair { document["ack_floor", default: SequencePair(document: JSONDocument())] }

    /// The stream that it belongs to.
    public var stream: String { document["stream_name", default: ""] }

    /// Its name.
    public var name: String { document["name", default: ""] }

    /// When it was created.
    public var created: Date? { document["created"] }

    /// How many messages are delivered and not acknowledged.
    public var ackPending: Int { document["num_ack_pending", default: 0] }

    /// How many of them were delivered more than once.
    public var redelivered: Int { document["num_redelivered", default: 0] }

    /// How many requests for messages wait.
    public var waiting: Int { document["num_waiting", default: 0] }

    /// How many messages are still to be delivered.
    public var pending: Int { document["num_pending", default: 0] }

    /// Whether somebody listens to a push consumer's subject.
    public var isPushBound: Bool { document["push_bound", default: false] }

    /// Whether nothing is delivered now.
    public var isPaused: Bool { document["paused", default: false] }

    /// How long that goes on.
    public var pauseRemaining: Duration { document["pause_remaining", default: .zero] }

    /// Which servers of a cluster keep it.
    public var cluster: ClusterInfo? { document["cluster"] }

    /// When the server put this together.
    public var timestamp: Date? { document["ts"] }

    /// The states of the groups of clients.
    public var priorityGroups: [PriorityGroup] { document["priority_groups", default: []] }

    /// A place in the order of a consumer's deliveries, and in the stream.
    public struct SequencePair: Sendable, Hashable, JSONDocumentView {
        package var document: JSONDocument

        package init(document: JSONDocument) {
            self.document = document
        }

        /// The number of the delivery.
        public var consumer: Int { document["consumer_seq", default: 0] }
        /// The message's sequence in its stream.
        public var stream: Int { document["stream_seq", default: 0] }
        /// When it happened last.
        public var lastActive: Date? { document["last_active"] }
    }

    /// The state of a group of clients that shares messages by priority.
    public struct PriorityGroup: Sendable, Hashable, JSONDocumentView {
        package var document: JSONDocument

        package init(document: JSONDocument) {
            self.document = document
        }

        /// The group's name.
        public var name: String { document["group", default: ""] }
        /// The client that gets all messages, if one does.
        public var pinnedClient: String? { document["pinned_client_id"] }
    }
}
