/// How a stream is to be. What is not set is left to the server, whose defaults are given here.
///
/// ```swift
/// var configuration = StreamConfiguration(name: "EVENTS", subjects: ["enterprise.>"])
/// configuration.maximumAge = .seconds(24 * 3600)
/// configuration.duplicateWindow = .seconds(120)
/// ```
public struct StreamConfiguration: Sendable, Hashable, JSONDocumentView {
    package var document: JSONDocument

    package init(document: JSONDocument) {
        self.document = document
    }

    /// A stream of the given name that stores what is published to `subjects`; wildcards are allowed.
    public init(name: String, subjects: [String] = []) {
        document = JSONDocument()
        document["name"] = name
        if !subjects.isEmpty {
            document["subjects"] = subjects
        }
    }

    /// The stream's name: no blanks, no `.`, `*`, `>`, `/` or `\`.
    public var name: String {
        get { document["name", default: ""] }
        set { document["name"] = newValue }
    }

    /// What the stream is for, in the words of its owner.
    public var summary: String {
        get { document["description", default: ""] }
        set { document["description"] = newValue }
    }

    /// What the stream stores: subjects, with wildcards. Empty for a mirror and for a stream that only has sources.
    public var subjects: [String] {
        get { document["subjects", default: []] }
        set { document["subjects"] = newValue }
    }

    /// When messages are given up.
    public var retention: RetentionPolicy {
        get { document["retention", default: .limits] }
        set { document["retention"] = newValue }
    }

    /// How many consumers there may be; -1 for any number.
    public var maximumConsumers: Int {
        get { document["max_consumers", default: -1] }
        set { document["max_consumers"] = newValue }
    }

    /// How many messages are kept; -1 for any number.
    public var maximumMessages: Int {
        get { document["max_msgs", default: -1] }
        set { document["max_msgs"] = newValue }
    }

    /// How many bytes are kept, headers and overhead included; -1 for any number.
    public var maximumBytes: Int {
        get { document["max_bytes", default: -1] }
        set { document["max_bytes"] = newValue }
    }

    /// How long messages are kept; zero for ever.
    public var maximumAge: Duration {
        get { document["max_age", default: .zero] }
        set { document["max_age"] = newValue }
    }

    /// How many messages of each subject are kept; -1 for any number.
    public var maximumMessagesPerSubject: Int {
        get { document["max_msgs_per_subject", default: -1] }
        set { document["max_msgs_per_subject"] = newValue }
    }

    /// How large a message may be, in bytes; -1 for what the server allows.
    public var maximumMessageSize: Int {
        get { document["max_msg_size", default: -1] }
        set { document["max_msg_size"] = newValue }
    }

    /// What a full stream does with a new message.
    public var discard: DiscardPolicy {
        get { document["discard", default: .old] }
        set { document["discard"] = newValue }
    }

    /// Whether ``DiscardPolicy/new`` holds for each subject's limit too.
    public var discardsNewPerSubject: Bool {
        get { document["discard_new_per_subject", default: false] }
        set { document["discard_new_per_subject"] = newValue }
    }

    /// Where messages are kept. It can't be changed later.
    public var storage: StorageType {
        get { document["storage", default: .file] }
        set { document["storage"] = newValue }
    }

    /// On how many servers of a cluster messages are kept: 1, 3 or 5.
    public var replicas: Int {
        get { document["num_replicas", default: 1] }
        set { document["num_replicas"] = newValue }
    }

    /// Whether publishers get no acknowledgement.
    public var doesNotAcknowledge: Bool {
        get { document["no_ack", default: false] }
        set { document["no_ack"] = newValue }
    }

    /// For how long message identifiers are remembered; two minutes, or less with a smaller ``maximumAge``.
    public var duplicateWindow: Duration {
        get { document["duplicate_window", default: .zero] }
        set { document["duplicate_window"] = newValue }
    }

    /// Where in a cluster the stream is placed.
    public var placement: Placement? {
        get { document["placement"] }
        set { document["placement"] = newValue }
    }

    /// The stream that this one is a copy of.
    public var mirror: StreamSource? {
        get { document["mirror"] }
        set { document["mirror"] = newValue }
    }

    /// The streams that this one collects messages from.
    public var sources: [StreamSource] {
        get { document["sources", default: []] }
        set { document["sources"] = newValue }
    }

    /// How files are compressed.
    public var compression: Compression {
        get { document["compression", default: .none] }
        set { document["compression"] = newValue }
    }

    /// The sequence that the first message gets.
    public var firstSequence: Int {
        get { document["first_seq", default: 0] }
        set { document["first_seq"] = newValue }
    }

    /// How subjects are changed before messages are stored.
    public var subjectTransform: SubjectTransform? {
        get { document["subject_transform"] }
        set { document["subject_transform"] = newValue }
    }

    /// To which subjects stored messages are published once more.
    public var republication: Republication? {
        get { document["republish"] }
        set { document["republish"] = newValue }
    }

    /// Whether every replica answers requests for single messages, which is faster.
    public var allowsDirectGet: Bool {
        get { document["allow_direct", default: false] }
        set { document["allow_direct"] = newValue }
    }

    /// Whether a mirror answers such requests for its origin too.
    public var allowsMirrorDirectGet: Bool {
        get { document["mirror_direct", default: false] }
        set { document["mirror_direct"] = newValue }
    }

    /// Whether nothing can be added and removed any more. It can't be undone.
    public var isSealed: Bool {
        get { document["sealed", default: false] }
        set { document["sealed"] = newValue }
    }

    /// Whether single messages can't be deleted by requests.
    public var deniesDelete: Bool {
        get { document["deny_delete", default: false] }
        set { document["deny_delete"] = newValue }
    }

    /// Whether the stream can't be purged by requests.
    public var deniesPurge: Bool {
        get { document["deny_purge", default: false] }
        set { document["deny_purge"] = newValue }
    }

    /// Whether a message with the roll-up header may replace all before it.
    public var allowsRollup: Bool {
        get { document["allow_rollup_hdrs", default: false] }
        set { document["allow_rollup_hdrs"] = newValue }
    }

    /// Limits and defaults for consumers.
    public var consumerLimits: ConsumerLimits? {
        get { document["consumer_limits"] }
        set { document["consumer_limits"] = newValue }
    }

    /// Whether messages may carry a time after which they are removed.
    public var allowsMessageTTL: Bool {
        get { document["allow_msg_ttl", default: false] }
        set { document["allow_msg_ttl"] = newValue }
    }

    /// How long a marker stays in the place of a subject's last message that a limit removed; zero for none.
    public var deleteMarkerTTL: Duration {
        get { document["subject_delete_marker_ttl", default: .zero] }
        set { document["subject_delete_marker_ttl"] = newValue }
    }

    /// Whether subjects count: messages carry increments.
    public var allowsCounters: Bool {
        get { document["allow_msg_counter", default: false] }
        set { document["allow_msg_counter"] = newValue }
    }

    /// Whether messages may be published in batches that are stored whole or not at all.
    public var allowsAtomicPublish: Bool {
        get { document["allow_atomic", default: false] }
        set { document["allow_atomic"] = newValue }
    }

    /// Whether messages may be scheduled for later.
    public var allowsSchedules: Bool {
        get { document["allow_msg_schedules", default: false] }
        set { document["allow_msg_schedules"] = newValue }
    }

    /// Names and values of the owner's own. Those that begin with `_nats.` are the server's.
    public var metadata: [String: String] {
        get { document["metadata", default: [:]] }
        set { document["metadata"] = newValue }
    }

}
