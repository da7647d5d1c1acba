/// The messages of a pull consumer, as they come. See ``PullConsumer/messages(_:)``.
public struct PullMessages: AsyncSequence, Sendable {
    /// What the sequence holds.
    public typealias Element = JetStreamMessage
    /// What ends the sequence early.
    public typealias Failure = JetStreamError

    let consumer: PullConsumer
    let options: PullOptions

    /// Begins to ask for messages with the first call of `next`.
    public func makeAsyncIterator() -> Iterator {
        Iterator(consumer: consumer, settings: PullSettings(options))
    }

    /// Takes the messages one by one.
    public struct Iterator: AsyncIteratorProtocol {
        private let consumer: PullConsumer
        private let settings: PullSettings
        private var source: PullSource?
        private var subscription: SubscriptionLifetime?

        init(consumer: PullConsumer, settings: PullSettings) {
            self.consumer = consumer
            self.settings = settings
        }

        /// The next message, `nil` when the task is cancelled or the connection closed.
        public mutating func next() async throws(JetStreamError) -> JetStreamMessage? {
            try await next(isolation: nil)
        }

        /// The next message, `nil` when the task is cancelled or the connection closed.
        public mutating func next(isolation actor: isolated (any Actor)?) async throws(JetStreamError)
            -> JetStreamMessage?
        {
            if source == nil {
                let new = try PullSource(consumer: consumer.name, stream: consumer.stream, settings: settings)
                subscription = SubscriptionLifetime(new.subscription)
                source = new
            }
            return try await source?.next()
        }
    }
}

/// Ends a subscription when the last reference goes: iterators have no end of their own.
final class SubscriptionLifetime: Sendable {
    let subscription: NATSSubscription

    init(_ subscription: NATSSubscription) {
        self.subscription = subscription
    }

    deinit {
        subscription.unsubscribe()
    }
}
