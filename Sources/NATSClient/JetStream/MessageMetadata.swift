#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// What the server tells about a delivery, in the subject that acknowledgements go to.
public struct MessageMetadata: Sendable, Hashable {
    /// The JetStream domain of the stream, if it has one.
    public var domain: String?
    /// The stream that the message is in.
    public var stream: String
    /// The consumer that delivered it.
    public var consumer: String
    /// How often it was delivered, this time included.
    public var deliveries: Int
    /// Its place in the stream.
    public var streamSequence: Int
    /// The number of this delivery among all of the consumer's.
    public var consumerSequence: Int
    /// How many messages the consumer has still to deliver.
    public var pending: Int
    /// When the message was stored, in nanoseconds since 1970.
    public var nanoseconds: Int

    /// When the message was stored.
    public var time: Date {
        Date(nanoseconds: nanoseconds)
    }

    /// Reads `$JS.ACK.<stream>.<consumer>.<deliveries>.<stream seq>.<consumer seq>.<time>.<pending>`, or the longer form
    /// with `<domain>.<account>` behind `$JS.ACK` (ADR-15); `nil` for other subjects.
    init?(replySubject: String) {
        let tokens = replySubject.split(separator: ".", omittingEmptySubsequences: false)
        guard tokens.count == 9 || tokens.count >= 11, tokens[0] == "$JS", tokens[1] == "ACK" else { return nil }
        let base = tokens.count == 9 ? 2 : 4
        guard let deliveries = Int(tokens[base + 2]), let streamSequence = Int(tokens[base + 3]),
            let consumerSequence = Int(tokens[base + 4]), let nanoseconds = Int(tokens[base + 5]),
            let pending = Int(tokens[base + 6])
        else { return nil }
        domain = base == 2 || tokens[2] == "_" ? nil : String(tokens[2])
        stream = String(tokens[base])
        consumer = String(tokens[base + 1])
        self.deliveries = deliveries
        self.streamSequence = streamSequence
        self.consumerSequence = consumerSequence
        self.nanoseconds = nanoseconds
        self.pending = pending
    }
}
