/// A consumer that sends messages to a subject by itself.
///
/// ```swift
/// var configuration = ConsumerConfiguration(durable: "display")
/// configuration.deliverSubject = "display.readings"
/// let consumer = try await stream.pushConsumer(configuration)
/// for try await message in try consumer.messages() {
///     try await message.ack()
/// }
/// ```
///
/// New programs do better with pull consumers, which are never flooded.
public struct PushConsumer: Sendable {
    /// The stream that it belongs to.
    public let stream: StreamHandle

    /// What the server told when this value was made. ``info()`` asks again.
    public let lastInfo: ConsumerInfo

    /// Where messages are sent.
    public let deliverSubject: String

    /// The consumer's name.
    public var name: String { lastInfo.name }

    /// What the server tells about the consumer now.
    public func info() async throws(JetStreamError) -> ConsumerInfo {
        try await stream.consumerInfo(name)
    }

    /// The messages as they come. With a deliver group, all who ask share them.
    ///
    /// - Throws: ``JetStreamError/Code/connection`` if there can be no subscription.
    public func messages() throws(JetStreamError) -> PushMessages {
        let connection = stream.jetStream.connection
        do {
            let subscription = try connection.subscribe(
                to: deliverSubject, queue: lastInfo.configuration.deliverGroup)
            return PushMessages(connection: connection, lifetime: SubscriptionLifetime(subscription))
        } catch {
            throw .connection(error)
        }
    }
}

/// The messages of a push consumer, as they come. The subscription ends when the sequence and its iterator are gone.
public struct PushMessages: AsyncSequence, Sendable {
    /// What the sequence holds.
    public typealias Element = JetStreamMessage
    /// What ends the sequence early.
    public typealias Failure = JetStreamError

    let connection: NATSConnection
    let lifetime: SubscriptionLifetime

    /// Takes the messages from here on.
    public func makeAsyncIterator() -> Iterator {
        Iterator(connection: connection, lifetime: lifetime)
    }

    /// Takes the messages one by one.
    public struct Iterator: AsyncIteratorProtocol {
        let connection: NATSConnection
        let lifetime: SubscriptionLifetime

        /// The next message, `nil` when the task is cancelled or the connection closed.
        public mutating func next() async throws(JetStreamError) -> JetStreamMessage? {
            try await next(isolation: nil)
        }

        /// The next message, `nil` when the task is cancelled or the connection closed.
        public mutating func next(isolation actor: isolated (any Actor)?) async throws(JetStreamError)
            -> JetStreamMessage?
        {
            do {
                while let message = try await lifetime.subscription.next() {
                    guard message.headers.status == 100 else {
                        return try JetStreamMessage(message, from: connection)
                    }
                    // Flow control: the server waits until we have got so far. A heartbeat may repeat the question.
                    if let question = message.replyTo ?? message.headers["Nats-Consumer-Stalled"] {
                        try await connection.publish("", to: question)
                    }
                }
                return nil
            } catch let error as JetStreamError {
                throw error
            } catch let error as NATSError {
                throw .connection(error)
            } catch {
                throw .badResponse("\(error)")
            }
        }
    }
}
