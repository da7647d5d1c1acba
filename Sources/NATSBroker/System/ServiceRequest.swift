/// A message that a part of the server itself takes, copied out of the publisher's read buffer.
struct ServiceRequest: Sendable {
    let subject: String
    /// Empty where nobody waits for an answer.
    let reply: [UInt8]
    /// The header block with its version line; empty where there is none.
    let headers: [UInt8]
    let payload: [UInt8]
    /// The account that the message was published in, where the answer belongs too.
    let account: Account
    /// Who asks. The handler runs on this connection's event loop.
    let client: Connection

    init(_ message: OutgoingMessage, in account: Account, from client: Connection) {
        self.account = account
        let start = message.headerSize > 0 ? 5 : 4
        subject = String(decoding: message.head[start..<message.head.count - 1], as: UTF8.self)
        reply = Array(message.reply)
        let end = message.tail.count - 2
        let body = end - message.size
        headers = Array(message.tail[body..<body + message.headerSize])
        payload = Array(message.tail[body + message.headerSize..<end])
        self.client = client
    }
}

/// Takes messages in place of a client. Runs on the publisher's event loop, with no lock held, and must not block it.
typealias ServiceHandler = @Sendable (ServiceRequest) -> Void
