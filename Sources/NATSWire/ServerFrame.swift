package import NIOCore

/// One protocol frame that a server sends to a client.
package enum ServerFrame: Sendable, Hashable {
    /// `INFO`: what the server tells about itself, a JSON document.
    case info(ByteBuffer)
    /// `MSG` and `HMSG`.
    case message(ServerMessage)
    case ping
    case pong
    /// `+OK`, sent only to verbose clients.
    case ok
    /// `-ERR`, without its quotes.
    case error(String)
}

/// A message as it came over the wire.
package struct ServerMessage: Sendable, Hashable {
    package var subject: String
    /// The number that the client gave the subscription.
    package var subscription: Int
    package var replyTo: String?
    /// The undecoded header block of an `HMSG`.
    package var headerBlock: ByteBuffer?
    package var payload: ByteBuffer

    package init(
        subject: String,
        subscription: Int,
        replyTo: String? = nil,
        headerBlock: ByteBuffer? = nil,
        payload: ByteBuffer
    ) {
        self.subject = subject
        self.subscription = subscription
        self.replyTo = replyTo
        self.headerBlock = headerBlock
        self.payload = payload
    }
}

/// Bytes that are no frame of the NATS protocol.
package enum ServerFrameError: Error, Hashable, Sendable {
    /// A line that begins with no known operation.
    case unknownOperation(line: String)
    /// A `MSG` or `HMSG` line with missing, extra or unreadable arguments.
    case badArguments(line: String)
    /// A payload is not followed by `\r\n`.
    case missingLineEnd(subject: String)
    /// A line goes on for more than ``ServerFrameParser/maximumLineLength`` bytes.
    case lineTooLong
}
