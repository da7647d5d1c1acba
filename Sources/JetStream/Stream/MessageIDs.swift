import DequeModule

/// The identifiers of messages that were stored lately, so that none is stored twice.
struct MessageIDs {
    private var sequences: [[UInt8]: UInt64] = [:]
    private var order: Deque<(id: [UInt8], time: Int64)> = []

    /// When the oldest identifier came.
    var oldest: Int64? { order.first?.time }
    var count: Int { sequences.count }

    /// The sequence of the message with this identifier.
    func sequence(of id: [UInt8]) -> UInt64? { sequences[id] }

    mutating func add(_ id: [UInt8], sequence: UInt64, time: Int64) {
        sequences[id] = sequence
        order.append((id, time))
    }

    /// Forgets those that came before `time`.
    mutating func expire(before time: Int64) {
        while let first = order.first, first.time <= time {
            sequences[first.id] = nil
            order.removeFirst()
        }
    }

    /// Forgets those of messages after `sequence`, which are not stored after all.
    mutating func forget(after sequence: UInt64) {
        while let last = order.last, let stored = sequences[last.id], stored > sequence {
            sequences[last.id] = nil
            order.removeLast()
        }
    }
}
