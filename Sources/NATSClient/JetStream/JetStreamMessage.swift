public import NIOCore

/// A message that a consumer delivered, which is to be acknowledged.
///
/// ```swift
/// for try await message in consumer.messages() {
///     do {
///         try await handle(message.text)
///         try await message.ack()
///     } catch {
///         try await message.nak(delay: .seconds(5))
///     }
/// }
/// ```
public struct JetStreamMessage: Sendable {
    /// The message as it came.
    public let message: NATSMessage

    /// What the server tells about its delivery.
    public let metadata: MessageMetadata

    private let connection: NATSConnection

    /// Reads a message that came by a subscription of one's own to a push consumer's subject.
    ///
    /// - Throws: ``JetStreamError/Code/notJetStreamMessage`` if it does not come from a consumer.
    public init(_ message: NATSMessage, from connection: NATSConnection) throws(JetStreamError) {
        guard let replyTo = message.replyTo, let metadata = MessageMetadata(replySubject: replyTo) else {
            throw JetStreamError(.notJetStreamMessage, "nats: not a jetstream message")
        }
        self.message = message
        self.metadata = metadata
        self.connection = connection
    }

    /// The subject that it was published to.
    public var subject: String { message.subject }

    /// Its headers; empty if it has none.
    public var headers: Headers { message.headers }

    /// Its payload, any bytes.
    public var payload: ByteBuffer { message.payload }

    /// The payload as text; bytes that are no UTF-8 become replacement characters.
    public var text: String { message.text }

    /// Says that the message is dealt with. It is on its way when the call returns: see ``doubleAck(timeout:)``.
    public func ack() async throws(JetStreamError) {
        try await answer("+ACK")
    }

    /// Says that the message is dealt with, and waits for the server's word that it knows.
    ///
    /// - Throws: ``JetStreamError/Code/connection`` if that word does not come in time.
    public func doubleAck(timeout: Duration = .seconds(5)) async throws(JetStreamError) {
        do {
            _ = try await connection.request("+ACK", to: message.replyTo ?? "", timeout: timeout)
        } catch {
            throw .connection(error)
        }
    }

    /// Asks for the message again.
    ///
    /// - Parameter delay: how long to wait before; at once if missing.
    public func nak(delay: Duration? = nil) async throws(JetStreamError) {
        guard let delay else {
            try await answer("-NAK")
            return
        }
        try await answer("-NAK {\"delay\": \(delay.nanoseconds)}")
    }

    /// Says that the work on the message goes on: the time to acknowledge it begins anew.
    public func inProgress() async throws(JetStreamError) {
        try await answer("+WPI")
    }

    /// Says that the message is not to come again, though it is not dealt with.
    ///
    /// - Parameter reason: what the server's advisory shows.
    public func term(reason: String? = nil) async throws(JetStreamError) {
        try await answer(reason.map { "+TERM " + $0 } ?? "+TERM")
    }

    private func answer(_ text: String) async throws(JetStreamError) {
        do {
            try await connection.publish(text, to: message.replyTo ?? "")
        } catch {
            throw .connection(error)
        }
    }
}
