/// What a publisher expects of the stream, and tells it about a message.
public struct PublishOptions: Sendable, Hashable {
    /// Identifies the message: another one with the same identifier is not stored while the stream's duplicate window
    /// lasts, and its acknowledgement says so.
    public var messageID: String?

    /// The stream that is to store the message.
    public var expectedStream: String?

    /// The sequence of the stream's last message.
    public var expectedLastSequence: Int?

    /// The sequence of the last message with the same subject; zero if there is to be none.
    public var expectedLastSubjectSequence: Int?

    /// The subject, which may hold wildcards, that ``expectedLastSubjectSequence`` is about, if it is another one.
    public var expectedLastSubject: String?

    /// The identifier of the stream's last message.
    public var expectedLastMessageID: String?

    /// How long the message is kept, at least a second; the stream must allow it.
    public var timeToLive: MessageTTL?

    /// How often to try again when nothing answers, as happens while a stream's leader changes.
    public var retries = 2

    /// How long to wait before each of these.
    public var retryDelay = Duration.milliseconds(250)

    /// Nothing is expected.
    public init(messageID: String? = nil) {
        self.messageID = messageID
    }

    /// Adds what the options say to `headers`.
    func write(to headers: inout Headers) {
        func set(_ name: String, _ value: String?) {
            if let value { headers[name] = value }
        }
        set("Nats-Msg-Id", messageID)
        set("Nats-Expected-Stream", expectedStream)
        set("Nats-Expected-Last-Sequence", expectedLastSequence.map { String($0) })
        set("Nats-Expected-Last-Subject-Sequence", expectedLastSubjectSequence.map { String($0) })
        set("Nats-Expected-Last-Subject-Sequence-Subject", expectedLastSubject)
        set("Nats-Expected-Last-Msg-Id", expectedLastMessageID)
        set("Nats-TTL", timeToLive?.header)
    }
}

/// How long one message is kept.
public enum MessageTTL: Sendable, Hashable {
    /// For ever, whatever the stream's limit on age.
    case never
    /// For a time, in whole seconds.
    case after(Duration)

    var header: String {
        switch self {
        case .never: "never"
        case .after(let duration): "\(max(1, (duration.nanoseconds + 999_999_999) / 1_000_000_000))s"
        }
    }
}

/// A stream's word that it has stored a message.
public struct PublishAcknowledgement: Sendable, Hashable {
    /// The stream.
    public var stream: String

    /// The message's place in it; that of the first one for a duplicate.
    public var sequence: Int

    /// Whether a message with the same identifier was there already, and this one was not stored.
    public var isDuplicate: Bool

    /// The JetStream domain that the stream is in.
    public var domain: String?

    /// The new total of a subject that counts.
    public var value: String?

    init(answer: NATSMessage) throws(JetStreamError) {
        let document = try JetStream.document(answer.payload)
        if let refusal = JetStreamError(answer: document) {
            throw refusal
        }
        guard let stream: String = document["stream"], !stream.isEmpty else {
            throw .badResponse("it is no acknowledgement of a stream")
        }
        self.stream = stream
        sequence = document["seq", default: 0]
        isDuplicate = document["duplicate", default: false]
        domain = document["domain"]
        value = document["val"]
    }
}
