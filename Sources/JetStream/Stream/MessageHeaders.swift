/// The headers of a message that mean something to a stream, found in one pass over the block.
///
/// Names are compared as they are written: nats-server does not fold their case either. What is found points into the block.
struct MessageHeaders {
    var messageID = UnsafeRawBufferPointer(start: nil, count: 0)
    var expectedStream = UnsafeRawBufferPointer(start: nil, count: 0)
    var expectedLastSequence = UnsafeRawBufferPointer(start: nil, count: 0)
    var expectedLastSubjectSequence = UnsafeRawBufferPointer(start: nil, count: 0)
    var expectedLastSubject = UnsafeRawBufferPointer(start: nil, count: 0)
    var expectedLastMessageID = UnsafeRawBufferPointer(start: nil, count: 0)
    var rollup = UnsafeRawBufferPointer(start: nil, count: 0)
    var timeToLive = UnsafeRawBufferPointer(start: nil, count: 0)
    var increment = UnsafeRawBufferPointer(start: nil, count: 0)
    var schedule = UnsafeRawBufferPointer(start: nil, count: 0)
    var scheduler = UnsafeRawBufferPointer(start: nil, count: 0)
    var scheduleNext = UnsafeRawBufferPointer(start: nil, count: 0)
    var streamSource = UnsafeRawBufferPointer(start: nil, count: 0)
    var batch = UnsafeRawBufferPointer(start: nil, count: 0)
    var batchSequence = UnsafeRawBufferPointer(start: nil, count: 0)
    var batchCommit = UnsafeRawBufferPointer(start: nil, count: 0)
    var requiredLevel = UnsafeRawBufferPointer(start: nil, count: 0)
    var markerReason = UnsafeRawBufferPointer(start: nil, count: 0)
    var lastConsumerSequence = UnsafeRawBufferPointer(start: nil, count: 0)
    var lastStreamSequence = UnsafeRawBufferPointer(start: nil, count: 0)
    var counterSources = UnsafeRawBufferPointer(start: nil, count: 0)
    var operation = UnsafeRawBufferPointer(start: nil, count: 0)

    /// - Parameter block: from `NATS/1.0` to the empty line, or nothing.
    init(_ block: UnsafeRawBufferPointer) {
        var start = 0
        while start < block.count {
            var end = start
            while end < block.count, block[end] != UInt8(ascii: "\n") { end += 1 }
            read(UnsafeRawBufferPointer(rebasing: block[start..<end]))
            start = end + 1
        }
    }

    private mutating func read(_ line: UnsafeRawBufferPointer) {
        // All names begin with `Nats-`, but for one that key-value stores use.
        guard line.count > 5, line[0] == UInt8(ascii: "N") || line[0] == UInt8(ascii: "K") else { return }
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return }
        var first = colon + 1
        var last = line.count
        while first < last, line[first] == 0x20 || line[first] == 0x09 { first += 1 }
        while last > first, line[last - 1] == 0x20 || line[last - 1] == 0x09 || line[last - 1] == 0x0D { last -= 1 }
        let value = UnsafeRawBufferPointer(rebasing: line[first..<last])
        let name = UnsafeRawBufferPointer(rebasing: line[..<colon])
        if line[0] == UInt8(ascii: "K") {
            if name.matches("KV-Operation") && operation.baseAddress == nil { operation = value }
            return
        }
        switch name.count {
        case 8: set(&timeToLive, name.matches("Nats-TTL"), value)
        case 9: set(&increment, name.matches("Nats-Incr"), value)
        case 11:
            set(&messageID, name.matches("Nats-Msg-Id"), value)
            set(&rollup, name.matches("Nats-Rollup"), value)
        case 13:
            set(&batch, name.matches("Nats-Batch-Id"), value)
            set(&schedule, name.matches("Nats-Schedule"), value)
        case 14: set(&scheduler, name.matches("Nats-Scheduler"), value)
        case 16: set(&lastStreamSequence, name.matches("Nats-Last-Stream"), value)
        case 17: set(&batchCommit, name.matches("Nats-Batch-Commit"), value)
        case 18:
            set(&markerReason, name.matches("Nats-Marker-Reason"), value)
            set(&scheduleNext, name.matches("Nats-Schedule-Next"), value)
            set(&streamSource, name.matches("Nats-Stream-Source"), value)
            set(&lastConsumerSequence, name.matches("Nats-Last-Consumer"), value)
        case 19: set(&batchSequence, name.matches("Nats-Batch-Sequence"), value)
        case 20:
            set(&expectedStream, name.matches("Nats-Expected-Stream"), value)
            set(&counterSources, name.matches("Nats-Counter-Sources"), value)
        case 23: set(&requiredLevel, name.matches("Nats-Required-Api-Level"), value)
        case 25: set(&expectedLastMessageID, name.matches("Nats-Expected-Last-Msg-Id"), value)
        case 27: set(&expectedLastSequence, name.matches("Nats-Expected-Last-Sequence"), value)
        case 35: set(&expectedLastSubjectSequence, name.matches("Nats-Expected-Last-Subject-Sequence"), value)
        case 43: set(&expectedLastSubject, name.matches("Nats-Expected-Last-Subject-Sequence-Subject"), value)
        default: break
        }
    }

    /// The first header of a name counts.
    private func set(_ field: inout UnsafeRawBufferPointer, _ isIt: Bool, _ value: UnsafeRawBufferPointer) {
        if isIt && field.baseAddress == nil { field = value }
    }

    /// Whether a request asks for a server that knows more than this one.
    var needsHigherLevel: Bool {
        guard !requiredLevel.isEmpty else { return false }
        guard let level = Int(String(decoding: requiredLevel, as: UTF8.self)) else { return true }
        return level > JetStreamSettings.level
    }
}

extension UnsafeRawBufferPointer {
    /// Whether the bytes are those of `text`.
    func matches(_ text: StaticString) -> Bool {
        guard count == text.utf8CodeUnitCount else { return false }
        for index in 0..<count where self[index] != text.utf8Start[index] { return false }
        return true
    }

    /// The decimal number that the bytes are, `nil` for anything else; as nats-server reads numbers in headers.
    var number: UInt64? {
        guard !isEmpty, count < 20 else { return nil }
        var value: UInt64 = 0
        for byte in self {
            guard (0x30...0x39).contains(byte) else { return nil }
            value = value &* 10 &+ UInt64(byte &- 0x30)
        }
        return value
    }

    var text: String { String(decoding: self, as: UTF8.self) }
}
