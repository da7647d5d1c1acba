#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// How a consumer is to be. What is not set is left to the server, whose defaults are given here.
///
/// ```swift
/// var configuration = ConsumerConfiguration(durable: "worker")
/// configuration.ackWait = .seconds(10)
/// configuration.filterSubjects = ["enterprise.line1.>"]
/// ```
public struct ConsumerConfiguration: Sendable, Hashable, JSONDocumentView {
    package var document: JSONDocument

    package init(document: JSONDocument) {
        self.document = document
    }

    /// A consumer that stays until it is deleted, if it has a name in `durable`; without one it goes when it is not used
    /// for ``inactiveThreshold``. Each message must be acknowledged.
    public init(durable: String? = nil) {
        document = JSONDocument()
        if let durable {
            document["name"] = durable
            document["durable_name"] = durable
        }
        document["deliver_policy"] = "all"
        document["ack_policy"] = AckPolicy.explicit
        document["replay_policy"] = ReplayPolicy.instant
    }

    /// The consumer's name; the server makes one up if there is none.
    public var name: String? {
        get { document["name"] }
        set { document["name"] = newValue }
    }

    /// The name under which the consumer stays; the same as ``name``. `nil` for one that goes when it is not used.
    public var durable: String? {
        get { document["durable_name"] }
        set { document["durable_name"] = newValue }
    }

    /// What the consumer is for, in the words of its owner.
    public var summary: String {
        get { document["description", default: ""] }
        set { document["description"] = newValue }
    }

    /// What acknowledgements the consumer wants.
    public var ackPolicy: AckPolicy {
        get { document["ack_policy", default: .explicit] }
        set { document["ack_policy"] = newValue }
    }

    /// How long the server waits for an acknowledgement before it delivers a message again.
    public var ackWait: Duration {
        get { document["ack_wait", default: .seconds(30)] }
        set { document["ack_wait"] = newValue }
    }

    /// How often a message is delivered at most; -1 for any number.
    public var maximumDeliveries: Int {
        get { document["max_deliver", default: -1] }
        set { document["max_deliver"] = newValue }
    }

    /// How long the server waits for an acknowledgement of the first, the second… delivery, in the place of
    /// ``ackWait``.
    public var backOff: [Duration] {
        get { document["backoff", default: []] }
        set { document["backoff"] = newValue }
    }

    /// How fast stored messages are delivered.
    public var replayPolicy: ReplayPolicy {
        get { document["replay_policy", default: .instant] }
        set { document["replay_policy"] = newValue }
    }

    /// How many bits a second a push consumer sends at most; zero for any number.
    public var rateLimit: Int {
        get { document["rate_limit_bps", default: 0] }
        set { document["rate_limit_bps"] = newValue }
    }

    /// Of how many in a hundred acknowledgements the server tells: `100`, or `30%`.
    public var sampleFrequency: String {
        get { document["sample_freq", default: ""] }
        set { document["sample_freq"] = newValue }
    }

    /// How many requests for messages may wait at a pull consumer.
    public var maximumWaiting: Int {
        get { document["max_waiting", default: 512] }
        set { document["max_waiting"] = newValue }
    }

    /// How many messages may be without acknowledgement before no more are delivered; -1 for any number.
    public var maximumAckPending: Int {
        get { document["max_ack_pending", default: 1000] }
        set { document["max_ack_pending"] = newValue }
    }

    /// Whether payloads are left out; the header `Nats-Msg-Size` tells their size.
    public var headersOnly: Bool {
        get { document["headers_only", default: false] }
        set { document["headers_only"] = newValue }
    }

    /// How many messages one request may ask for; zero for any number.
    public var maximumRequestBatch: Int {
        get { document["max_batch", default: 0] }
        set { document["max_batch"] = newValue }
    }

    /// How long one request may wait; zero for any time.
    public var maximumRequestExpiry: Duration {
        get { document["max_expires", default: .zero] }
        set { document["max_expires"] = newValue }
    }

    /// How many bytes one request may ask for; zero for any number.
    public var maximumRequestBytes: Int {
        get { document["max_bytes", default: 0] }
        set { document["max_bytes"] = newValue }
    }

    /// How long the consumer may be unused before it is removed; for one without a durable name five seconds.
    public var inactiveThreshold: Duration {
        get { document["inactive_threshold", default: .zero] }
        set { document["inactive_threshold"] = newValue }
    }

    /// On how many servers of a cluster the state is kept; zero for as many as the stream has.
    public var replicas: Int {
        get { document["num_replicas", default: 0] }
        set { document["num_replicas"] = newValue }
    }

    /// Whether the state is kept in memory, whatever the stream does.
    public var usesMemory: Bool {
        get { document["mem_storage", default: false] }
        set { document["mem_storage"] = newValue }
    }

    /// Names and values of the owner's own. Those that begin with `_nats.` are the server's.
    public var metadata: [String: String] {
        get { document["metadata", default: [:]] }
        set { document["metadata"] = newValue }
    }

    /// Until when nothing is delivered.
    public var pauseUntil: Date? {
        get { document["pause_until"] }
        set { document["pause_until"] = newValue }
    }

    /// How messages are shared among groups of clients.
    public var priorityPolicy: PriorityPolicy {
        get { document["priority_policy", default: .none] }
        set { document["priority_policy"] = newValue }
    }

    /// The groups' names.
    public var priorityGroups: [String] {
        get { document["priority_groups", default: []] }
        set { document["priority_groups"] = newValue }
    }

    /// How long a pinned client may be silent.
    public var priorityTimeout: Duration {
        get { document["priority_timeout", default: .zero] }
        set { document["priority_timeout"] = newValue }
    }

    /// Where a push consumer sends messages; `nil` for a pull consumer, which hands them out on request.
    public var deliverSubject: String? {
        get { document["deliver_subject"] }
        set { document["deliver_subject"] = newValue }
    }

    /// The queue group that shares a push consumer's messages.
    public var deliverGroup: String? {
        get { document["deliver_group"] }
        set { document["deliver_group"] = newValue }
    }

    /// Whether a push consumer waits for its client now and then.
    public var usesFlowControl: Bool {
        get { document["flow_control", default: false] }
        set { document["flow_control"] = newValue }
    }

    /// How often a push consumer with nothing to send gives a sign of life; zero for never.
    public var idleHeartbeat: Duration {
        get { document["idle_heartbeat", default: .zero] }
        set { document["idle_heartbeat"] = newValue }
    }

}

extension ConsumerConfiguration {
    /// Which subjects are delivered, with wildcards; empty for all of the stream's.
    public var filterSubjects: [String] {
        get { (document["filter_subject"] as String?).map { [$0] } ?? document["filter_subjects", default: []] }
        set {
            document["filter_subject"] = newValue.count == 1 ? newValue[0] : nil
            document["filter_subjects"] = newValue.count > 1 ? newValue : nil
        }
    }

    /// The message that the consumer begins with. It can't be changed later.
    public var deliverPolicy: DeliverPolicy {
        get {
            switch document["deliver_policy", default: "all"] {
            case "last": .last
            case "last_per_subject": .lastPerSubject
            case "new": .new
            case "by_start_sequence": .startSequence(document["opt_start_seq", default: 0])
            case "by_start_time":
                .startTime(document["opt_start_time", default: Date(timeIntervalSince1970: 0)])
            default: .all
            }
        }
        set {
            var sequence: Int?
            var time: Date?
            let policy =
                switch newValue {
                case .all: "all"
                case .last: "last"
                case .lastPerSubject: "last_per_subject"
                case .new: "new"
                case .startSequence: "by_start_sequence"
                case .startTime: "by_start_time"
                }
            if case .startSequence(let start) = newValue { sequence = start }
            if case .startTime(let start) = newValue { time = start }
            document["deliver_policy"] = policy
            document["opt_start_seq"] = sequence
            document["opt_start_time"] = time
        }
    }

    /// Whether clients ask for messages, rather than have them sent.
    public var isPull: Bool { deliverSubject == nil }
}
