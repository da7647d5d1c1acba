public import NIOCore

/// A message that was received, or is to be published.
public struct NATSMessage: Sendable, Hashable {
    /// The subject that it was published to.
    public var subject: String

    /// Where an answer is wanted.
    public var replyTo: String?

    /// Its headers; empty if it has none.
    public var headers: Headers

    /// Its payload, any bytes. A slice of what was received: nothing was copied.
    public var payload: ByteBuffer

    /// A message with the given parts.
    public init(subject: String, replyTo: String? = nil, headers: Headers = [:], payload: ByteBuffer = ByteBuffer()) {
        self.subject = subject
        self.replyTo = replyTo
        self.headers = headers
        self.payload = payload
    }

    /// The payload as text; bytes that are no UTF-8 become replacement characters.
    public var text: String {
        String(buffer: payload)
    }

    /// Whether this is the server's answer that nobody listens to the subject of a request.
    public var isNoResponders: Bool {
        headers.status == 503 && payload.readableBytes == 0
    }
}
