/// How messages are read in order by ``StreamHandle/orderedMessages(_:)``.
public struct OrderedOptions: Sendable, Hashable {
    /// Which subjects to read, with wildcards; empty for all of the stream's.
    public var filterSubjects: [String]

    /// The message to begin with.
    public var deliverPolicy: DeliverPolicy

    /// How fast stored messages come.
    public var replayPolicy = ReplayPolicy.instant

    /// Whether payloads are left out.
    public var headersOnly = false

    /// How long the server keeps the reader's place when it hears nothing.
    public var inactiveThreshold = Duration.seconds(300)

    /// How messages are asked for.
    public var pull = PullOptions()

    /// All messages from the first one on.
    public init(filterSubjects: [String] = [], from deliverPolicy: DeliverPolicy = .all) {
        self.filterSubjects = filterSubjects
        self.deliverPolicy = deliverPolicy
    }

    /// The consumer that reads on after the given sequence; from where the options say if there is none.
    func configuration(name: String, after sequence: Int?) -> ConsumerConfiguration {
        var configuration = ConsumerConfiguration()
        configuration.name = name
        configuration.ackPolicy = .none
        configuration.deliverPolicy = sequence.map { .startSequence($0 + 1) } ?? deliverPolicy
        configuration.replayPolicy = replayPolicy
        configuration.inactiveThreshold = inactiveThreshold
        configuration.usesMemory = true
        configuration.replicas = 1
        configuration.filterSubjects = filterSubjects
        if filterSubjects.isEmpty, configuration.deliverPolicy == .lastPerSubject {
            // The server wants to know which subjects, even if they are all.
            configuration.filterSubjects = [">"]
        }
        if headersOnly {
            configuration.headersOnly = true
        }
        return configuration
    }
}

/// The messages of a stream, each once and in order. See ``StreamHandle/orderedMessages(_:)``.
public struct OrderedMessages: AsyncSequence, Sendable {
    /// What the sequence holds.
    public typealias Element = JetStreamMessage
    /// What ends the sequence early.
    public typealias Failure = JetStreamError

    let stream: StreamHandle
    let options: OrderedOptions

    /// Begins to read with the first call of `next`.
    public func makeAsyncIterator() -> Iterator {
        Iterator(source: OrderedSource(stream: stream, options: options))
    }

    /// Takes the messages one by one.
    public struct Iterator: AsyncIteratorProtocol {
        var source: OrderedSource

        /// The next message, `nil` when the task is cancelled or the connection closed.
        public mutating func next() async throws(JetStreamError) -> JetStreamMessage? {
            try await source.next()
        }

        /// The next message, `nil` when the task is cancelled or the connection closed.
        public mutating func next(isolation actor: isolated (any Actor)?) async throws(JetStreamError)
            -> JetStreamMessage?
        {
            try await source.next()
        }
    }
}

extension StreamHandle {
    /// Reads the stream: every message once, in order, without acknowledgements, for ever.
    ///
    /// ```swift
    /// for try await message in stream.orderedMessages(OrderedOptions(filterSubjects: ["enterprise.line1.>"])) {
    ///     print(message.metadata.streamSequence, message.text)
    ///     if message.metadata.pending == 0 { break }
    /// }
    /// ```
    ///
    /// Behind it stands a consumer that nobody else sees. When a message is missing, a heartbeat does not come or the
    /// connection was lost, another one takes its place and reads on behind the last message (ADR-17).
    ///
    /// It ends when the task is cancelled or the connection is closed, and throws if the stream is gone.
    public func orderedMessages(_ options: OrderedOptions = OrderedOptions()) -> OrderedMessages {
        OrderedMessages(stream: self, options: options)
    }
}
