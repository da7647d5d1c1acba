#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// Where in a cluster a stream is placed.
public struct Placement: Sendable, Hashable, JSONDocumentView {
    package var document: JSONDocument

    package init(document: JSONDocument) {
        self.document = document
    }

    /// A place in the named cluster, on servers that have all of the tags.
    public init(cluster: String = "", tags: [String] = []) {
        document = JSONDocument()
        if !cluster.isEmpty { self.cluster = cluster }
        if !tags.isEmpty { self.tags = tags }
    }

    /// The cluster's name, empty for any.
    public var cluster: String {
        get { document["cluster", default: ""] }
        set { document["cluster"] = newValue }
    }

    /// Tags that the servers must have.
    public var tags: [String] {
        get { document["tags", default: []] }
        set { document["tags"] = newValue }
    }

}

/// A stream that another one mirrors or collects messages from.
public struct StreamSource: Sendable, Hashable, JSONDocumentView {
    package var document: JSONDocument

    package init(document: JSONDocument) {
        self.document = document
    }

    /// The stream of the given name in the same account.
    public init(name: String) {
        document = JSONDocument()
        self.name = name
    }

    /// The origin's name.
    public var name: String {
        get { document["name", default: ""] }
        set { document["name"] = newValue }
    }

    /// The sequence to begin with.
    public var startSequence: Int? {
        get { document["opt_start_seq"] }
        set { document["opt_start_seq"] = newValue }
    }

    /// The time to begin with.
    public var startTime: Date? {
        get { document["opt_start_time"] }
        set { document["opt_start_time"] = newValue }
    }

    /// Which subjects to take; all if missing.
    public var filterSubject: String? {
        get { document["filter_subject"] }
        set { document["filter_subject"] = newValue }
    }

    /// Which subjects to take, and as what to store them. It excludes ``filterSubject``.
    public var subjectTransforms: [SubjectTransform] {
        get { document["subject_transforms", default: []] }
        set { document["subject_transforms"] = newValue }
    }

    /// How to reach an origin in another account or domain.
    public var external: ExternalStream? {
        get { document["external"] }
        set { document["external"] = newValue }
    }

}

/// How to reach a stream in another account or domain.
public struct ExternalStream: Sendable, Hashable, JSONDocumentView {
    package var document: JSONDocument

    package init(document: JSONDocument) {
        self.document = document
    }

    /// - Parameters:
    ///   - apiPrefix: what the other's JetStream API is imported as, such as `$JS.hub.API`.
    ///   - deliverPrefix: what messages are delivered under; empty for the default.
    public init(apiPrefix: String, deliverPrefix: String = "") {
        document = JSONDocument()
        self.apiPrefix = apiPrefix
        self.deliverPrefix = deliverPrefix
    }

    /// What the other's JetStream API is imported as.
    public var apiPrefix: String {
        get { document["api", default: ""] }
        set { document["api"] = newValue }
    }

    /// What messages are delivered under.
    public var deliverPrefix: String {
        get { document["deliver", default: ""] }
        set { document["deliver"] = newValue }
    }

}

/// How subjects are changed: what matches `source` becomes `destination`, in which `{{wildcard(1)}}` stands for what the
/// first wildcard matched.
public struct SubjectTransform: Sendable, Hashable, JSONDocumentView {
    package var document: JSONDocument

    package init(document: JSONDocument) {
        self.document = document
    }

    /// A change of subjects that match `source`.
    public init(source: String, destination: String) {
        document = JSONDocument()
        self.source = source
        self.destination = destination
    }

    /// The subjects that it is about.
    public var source: String {
        get { document["src", default: ""] }
        set { document["src"] = newValue }
    }

    /// What they become.
    public var destination: String {
        get { document["dest", default: ""] }
        set { document["dest"] = newValue }
    }

}

/// To which subjects stored messages are published once more.
public struct Republication: Sendable, Hashable, JSONDocumentView {
    package var document: JSONDocument

    package init(document: JSONDocument) {
        self.document = document
    }

    /// Publishes messages whose subjects match `source` to `destination`.
    public init(source: String = ">", destination: String, headersOnly: Bool = false) {
        document = JSONDocument()
        self.source = source
        self.destination = destination
        if headersOnly { self.headersOnly = true }
    }

    /// The subjects that it is about.
    public var source: String {
        get { document["src", default: ">"] }
        set { document["src"] = newValue }
    }

    /// Where their messages go.
    public var destination: String {
        get { document["dest", default: ""] }
        set { document["dest"] = newValue }
    }

    /// Whether payloads are left out.
    public var headersOnly: Bool {
        get { document["headers_only", default: false] }
        set { document["headers_only"] = newValue }
    }

}

/// Limits and defaults that a stream has for its consumers.
public struct ConsumerLimits: Sendable, Hashable, JSONDocumentView {
    package var document: JSONDocument

    package init(document: JSONDocument) {
        self.document = document
    }

    /// No limits.
    public init() {
        document = JSONDocument()
    }

    /// How long a consumer may be unused before it is removed.
    public var inactiveThreshold: Duration {
        get { document["inactive_threshold", default: .zero] }
        set { document["inactive_threshold"] = newValue }
    }

    /// How many messages a consumer may leave without acknowledgement.
    public var maximumAckPending: Int {
        get { document["max_ack_pending", default: 0] }
        set { document["max_ack_pending"] = newValue }
    }

}
