/// Messages that are stored together or not at all, until the last of them has come.
///
/// Source: ADR-50 (JetStream batch publishing); the bounds are nats-server's.
struct AtomicBatch {
    struct Message {
        var subject: [UInt8]
        var header: [UInt8]
        var body: [UInt8]

        var bytes: Int { subject.count + header.count + body.count }
    }

    /// How many messages a batch may have.
    static let largest: UInt64 = 1_000
    /// How many batches of a stream may be on their way.
    static let mostAtOnce = 50
    /// How long a batch may be on its way, in nanoseconds.
    static let longest: Int64 = 10_000_000_000
    /// How many bytes an identifier may have.
    static let longestID = 64
    /// How many bytes the batches of a stream may hold together. A bound of this server, which keeps them in memory, so that clients
    /// cannot fill it; nats-server puts them on disk.
    static let mostBytes = 256 << 20

    /// When it is given up, in nanoseconds since 1970.
    let deadline: Int64
    private(set) var messages: [Message] = []
    /// How much memory the messages take, in bytes.
    private(set) var bytes = 0

    init(deadline: Int64) {
        self.deadline = deadline
    }

    mutating func append(_ message: Message) {
        messages.append(message)
        bytes += message.bytes
    }

    /// Says in the headers of the last message that it is the end.
    mutating func markCommitted() {
        let last = messages.count - 1
        messages[last].header.removeLast(2)
        messages[last].header += "Nats-Batch-Commit: 1\r\n\r\n".utf8
    }

    /// Whether one more message fits beside those of all other batches.
    func hasRoom(for message: Message, beside others: some Sequence<AtomicBatch>) -> Bool {
        others.reduce(bytes + message.bytes) { $0 + $1.bytes } <= Self.mostBytes
    }
}

/// What messages of a batch will have changed once they are stored, for the ones behind them.
struct BatchPreview {
    private(set) var messages: UInt64 = 0
    private(set) var bytes = 0
    private var subjects: [[UInt8]: UInt64] = [:]
    private var ids: Set<[UInt8]> = []

    func has(_ subject: UnsafeRawBufferPointer) -> Bool { subjects[Array(subject)] != nil }

    func count(of subject: UnsafeRawBufferPointer) -> UInt64 { subjects[Array(subject)] ?? 0 }

    func has(messageID: [UInt8]) -> Bool { ids.contains(messageID) }

    mutating func add(_ subject: [UInt8], size: Int, messageID: [UInt8]) {
        messages += 1
        bytes += size
        subjects[subject, default: 0] += 1
        if !messageID.isEmpty { ids.insert(messageID) }
    }
}
