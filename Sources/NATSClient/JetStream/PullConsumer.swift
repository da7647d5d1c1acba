/// A consumer that hands out messages on request.
///
/// ```swift
/// let consumer = try await stream.createConsumer(ConsumerConfiguration(durable: "worker"))
/// for message in try await consumer.fetch(10) {
///     try await message.ack()
/// }
/// ```
///
/// Several programs that use a consumer of one name share its messages.
public struct PullConsumer: Sendable {
    /// The stream that it belongs to.
    public let stream: StreamHandle

    /// What the server told when this value was made. ``info()`` asks again.
    public let lastInfo: ConsumerInfo

    /// The consumer's name.
    public var name: String { lastInfo.name }

    /// What the server tells about the consumer now.
    public func info() async throws(JetStreamError) -> ConsumerInfo {
        try await stream.consumerInfo(name)
    }

    /// Takes up to `count` messages.
    ///
    /// - Parameters:
    ///   - expires: how long to wait for messages to come. With zero only those are taken that are there already.
    ///   - maximumBytes: an end to the sum of their sizes, with subjects and headers.
    ///   - priority: what to say to a consumer that shares its messages among groups.
    /// - Returns: the messages; fewer than asked for, or none, if not more came in time.
    /// - Throws: ``JetStreamError/Code/consumerDeleted``, ``JetStreamError/Code/pullRefused`` if the request breaks a limit
    ///   of the consumer, ``JetStreamError/Code/connection``.
    public func fetch(
        _ count: Int,
        expires: Duration = .seconds(5),
        maximumBytes: Int? = nil,
        priority: PullPriority? = nil
    ) async throws(JetStreamError) -> [JetStreamMessage] {
        var settings = PullSettings(batch: max(1, count), maximumBytes: maximumBytes, priority: priority)
        settings.isWithoutWait = expires <= .zero
        settings.expires = max(expires, .zero)
        // Short waits need no heartbeat: their end is near.
        settings.heartbeat = expires >= .seconds(10) ? .seconds(5) : .zero
        let source = try PullSource(consumer: name, stream: stream, settings: settings)
        defer { source.subscription.unsubscribe() }
        return try await source.takeBatch()
    }

    /// The next message, `nil` if none came in time.
    public func next(expires: Duration = .seconds(5)) async throws(JetStreamError) -> JetStreamMessage? {
        try await fetch(1, expires: expires).first
    }

    /// The messages as they come, for ever: requests are made and made again as messages are taken.
    ///
    /// It ends when the task is cancelled or the connection is closed, and throws if the consumer is deleted. It lives
    /// through lost connections, restarts of the server and missed heartbeats. What was asked for and not taken when the
    /// iterator goes is delivered again after the consumer's ``ConsumerConfiguration/ackWait``.
    public func messages(_ options: PullOptions = PullOptions()) -> PullMessages {
        PullMessages(consumer: self, options: options)
    }
}

/// How ``PullConsumer/messages(_:)`` asks for messages.
public struct PullOptions: Sendable, Hashable {
    /// How many messages may be asked for and not taken yet.
    public var batch: Int

    /// How many of them may be left when more are asked for; half the batch if missing.
    public var threshold: Int?

    /// How many bytes may be asked for, in the place of messages: their number is then as good as unlimited.
    public var maximumBytes: Int?

    /// How long one request waits at the server. At least a second.
    public var expires: Duration

    /// How often the server gives a sign of life while there is nothing to deliver; half of ``expires``, at most thirty
    /// seconds, if missing. Without a sign for twice as long the request is made again.
    public var heartbeat: Duration?

    /// What to say to a consumer that shares its messages among groups.
    public var priority: PullPriority?

    /// 500 messages at a time, each request for 30 seconds.
    public init(batch: Int = 500, expires: Duration = .seconds(30)) {
        self.batch = batch
        self.expires = expires
    }
}

/// What a client says to a consumer that shares its messages among groups (ADR-42).
public struct PullPriority: Sendable, Hashable {
    /// The group that the client belongs to.
    public var group: String
    /// Take part only when at least so many messages wait; for ``PriorityPolicy/overflow``.
    public var minimumPending: Int?
    /// Take part only when at least so many messages are without acknowledgement; for ``PriorityPolicy/overflow``.
    public var minimumAckPending: Int?
    /// How urgent the client is, 0 the most and 9 the least; for ``PriorityPolicy/prioritized``.
    public var priority: Int?

    /// A member of the group.
    public init(group: String) {
        self.group = group
    }
}
