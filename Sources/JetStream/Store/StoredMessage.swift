/// One message of a stream as its store holds it.
package struct StoredMessage: Sendable, Hashable {
    package var sequence: UInt64
    /// Nanoseconds since 1970.
    package var timestamp: Int64
    package var subject: [UInt8]
    /// From `NATS/1.0` to the empty line; empty when the message has none.
    package var header: [UInt8]
    package var body: [UInt8]

    package init(sequence: UInt64, timestamp: Int64, subject: [UInt8], header: [UInt8], body: [UInt8]) {
        self.sequence = sequence
        self.timestamp = timestamp
        self.subject = subject
        self.header = header
        self.body = body
    }

    /// What the message counts for against `max_bytes`, as nats-server counts in a file store: 22 bytes of frame, 8 of
    /// checksum, and 4 more for the header's length where there is one.
    package var storedSize: Int {
        22 + 8 + subject.count + body.count + (header.isEmpty ? 0 : 4 + header.count)
    }
}
