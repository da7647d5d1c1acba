import NIOCore

/// The messages of one subscription, as they come.
///
/// Iterate it with `for try await`. It ends after ``unsubscribe()``, after the agreed number of messages, or when the
/// connection is closed; it throws if the server refuses the subscription. It is meant for one consumer: of two that
/// wait at a time, the second sees the end.
public final class NATSSubscription: AsyncSequence, Sendable {
    /// What the sequence holds.
    public typealias Element = NATSMessage
    /// What ends the sequence early.
    public typealias Failure = NATSError

    /// The subject, with its wildcards, that was subscribed to.
    public let subject: String

    /// The queue group, if the subscription shares its messages with others.
    public let queue: String?

    let number: Int
    let mailbox: SubscriptionMailbox
    private let connection: NATSConnection

    init(subject: String, queue: String?, number: Int, mailbox: SubscriptionMailbox, connection: NATSConnection) {
        self.subject = subject
        self.queue = queue
        self.number = number
        self.mailbox = mailbox
        self.connection = connection
    }

    /// How many messages were dropped because this consumer was behind.
    public var droppedMessages: Int {
        mailbox.dropped
    }

    /// The next message, `nil` when the subscription has ended or the task was cancelled.
    ///
    /// - Throws: ``NATSError/Code/permissionsViolation`` if the server refused the subscription.
    public func next() async throws(NATSError) -> NATSMessage? {
        try await mailbox.next()
    }

    /// The next message if it comes within `timeout`.
    ///
    /// - Throws: ``NATSError/Code/timeout`` if none came, besides the errors of ``next()``.
    public func next(timeout: Duration) async throws(NATSError) -> NATSMessage? {
        let mailbox = mailbox
        var timer: Scheduled<Void>?
        defer { timer?.cancel() }
        return try await mailbox.next { waiter in
            timer = connection.schedule(after: timeout) {
                mailbox.giveUp(waiter: waiter, outcome: .failure(.timeout))
            }
        }
    }

    /// Ends the subscription.
    ///
    /// - Parameter maximum: let it end by itself once it has got this many messages in all.
    public func unsubscribe(after maximum: Int? = nil) {
        connection.unsubscribe(number, after: maximum)
    }

    /// Stops new messages, and ends the sequence when those that are under way have been taken.
    public func drain() async throws(NATSError) {
        try await connection.drain(number, mailbox: mailbox)
    }

    /// Takes the messages from here on.
    public func makeAsyncIterator() -> Iterator {
        Iterator(mailbox: mailbox)
    }

    /// Takes the messages one by one.
    public struct Iterator: AsyncIteratorProtocol {
        let mailbox: SubscriptionMailbox

        /// The next message, `nil` at the end.
        public mutating func next() async throws(NATSError) -> NATSMessage? {
            try await mailbox.next()
        }

        /// The next message, `nil` at the end.
        public mutating func next(isolation actor: isolated (any Actor)?) async throws(NATSError) -> NATSMessage? {
            try await mailbox.next()
        }
    }
}
