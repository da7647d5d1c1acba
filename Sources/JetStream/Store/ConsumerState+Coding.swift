extension ConsumerEvent {
    private enum Tag {
        static let delivered: UInt64 = 1
        static let deliveredForGood: UInt64 = 2
        static let acknowledged: UInt64 = 3
        static let acknowledgedThrough: UInt64 = 4
        static let forgotRedelivery: UInt64 = 5
        static let reset: UInt64 = 6
    }

    /// - Parameter timestamp: of the event before; most are only a little later, and that takes few bytes.
    func encode(to writer: inout ByteWriter, since timestamp: inout Int64) {
        switch self {
        case .delivered(let consumer, let stream, let time, let count, let needsAck):
            writer.number(needsAck ? Tag.delivered : Tag.deliveredForGood)
            writer.number(consumer)
            writer.number(stream)
            writer.number(UInt64(bitPattern: time &- timestamp))
            writer.number(count)
            timestamp = time
        case .acknowledged(let stream):
            writer.number(Tag.acknowledged)
            writer.number(stream)
        case .acknowledgedThrough(let consumer, let stream):
            writer.number(Tag.acknowledgedThrough)
            writer.number(consumer)
            writer.number(stream)
        case .forgotRedelivery(let stream):
            writer.number(Tag.forgotRedelivery)
            writer.number(stream)
        case .reset(let position):
            writer.number(Tag.reset)
            writer.number(position.consumer)
            writer.number(position.stream)
        }
    }

    /// `nil` where what follows is no event.
    init?(from reader: inout ByteReader, since timestamp: inout Int64) {
        let tag = reader.number()
        let first = reader.number()
        switch tag {
        case Tag.delivered, Tag.deliveredForGood:
            let stream = reader.number()
            timestamp = timestamp &+ Int64(bitPattern: reader.number())
            self = .delivered(
                consumer: first,
                stream: stream,
                timestamp: timestamp,
                count: reader.number(),
                needsAck: tag == Tag.delivered
            )
        case Tag.acknowledged: self = .acknowledged(stream: first)
        case Tag.acknowledgedThrough: self = .acknowledgedThrough(consumer: first, stream: reader.number())
        case Tag.forgotRedelivery: self = .forgotRedelivery(stream: first)
        case Tag.reset: self = .reset(ConsumerState.Position(consumer: first, stream: reader.number()))
        default: return nil
        }
        if reader.isBroken { return nil }
    }
}

extension ConsumerState {
    private static let magic: UInt64 = 0x3253_4E43_5044_4E4C

    /// The state, twice.
    func encoded(generation: UInt64, key: UInt64) -> [UInt8] {
        var writer = ByteWriter()
        writer.frameTwice(key: key) { encode(generation: generation, to: &$0) }
        return writer.bytes
    }

    private func encode(generation: UInt64, to writer: inout ByteWriter) {
        writer.fixed(Self.magic)
        writer.number(generation)
        for position in [delivered, acknowledged] {
            writer.number(position.consumer)
            writer.number(position.stream)
        }
        writer.number(pending.count)
        for (stream, entry) in pending {
            writer.number(stream)
            writer.number(entry.consumer)
            writer.fixed(UInt64(bitPattern: entry.timestamp))
        }
        writer.number(redelivered.count)
        for (stream, count) in redelivered {
            writer.number(stream)
            writer.number(count)
        }
    }

    /// What is in a file, and where that is broken first; `nil` where no copy is whole.
    static func decode(
        _ bytes: UnsafeRawBufferPointer, key: UInt64
    ) -> (state: ConsumerState, generation: UInt64, firstBroken: Int?)? {
        var found: (state: ConsumerState, generation: UInt64)?
        var firstBroken: Int?
        _ = ByteReader.forEachFrame(bytes, key: key, firstBroken: &firstBroken) { reader in
            if found == nil { found = Self.decode(&reader) }
        }
        return found.map { ($0.state, $0.generation, firstBroken) }
    }

    private static func decode(_ reader: inout ByteReader) -> (state: ConsumerState, generation: UInt64)? {
        guard reader.fixed() == magic else { return nil }
        let generation = reader.number()
        let delivered = Position(consumer: reader.number(), stream: reader.number())
        let acknowledged = Position(consumer: reader.number(), stream: reader.number())
        var pending: [UInt64: Pending] = [:]
        for _ in 0..<reader.count() where !reader.isBroken {
            let stream = reader.number()
            let consumer = reader.number()
            pending[stream] = Pending(consumer: consumer, timestamp: Int64(bitPattern: reader.fixed()))
        }
        var redelivered: [UInt64: UInt64] = [:]
        for _ in 0..<reader.count() where !reader.isBroken {
            let stream = reader.number()
            redelivered[stream] = reader.number()
        }
        guard !reader.isBroken else { return nil }
        let state = ConsumerState(
            delivered: delivered,
            acknowledged: acknowledged,
            pending: pending,
            redelivered: redelivered
        )
        return (state, generation)
    }
}
