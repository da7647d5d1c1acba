/// What a store knows of its messages without reading them: the blocks, the subjects, the counts.
final class StoreContents {
    /// In order of their sequences. Only the last one may be open.
    var blocks: [Block] = []
    var subjects = SubjectIndex()
    var expirations = ExpirationQueue()
    /// Without ``StoreState/subjects``, which ``subjects`` knows.
    var state = StoreState()

    /// The block that takes messages.
    var active: Block? {
        guard let last = blocks.last, !last.isSealed else { return nil }
        return last
    }

    /// The index of the first block that ends at or after `sequence`; the number of blocks where there is none.
    @inline(__always)
    func blockIndex(_ sequence: UInt64) -> Int {
        guard let last = blocks.last, sequence <= last.last else { return blocks.count }
        if sequence >= last.base { return blocks.count - 1 }
        var low = 0
        var high = blocks.count - 1
        while low < high {
            let middle = (low + high) / 2
            if blocks[middle].last < sequence { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Counts a record that was written at the end of `block`.
    @inline(__always)
    func append(_ message: MessageView, length: Int, storedSize: Int, to block: Block) {
        block.append(message.sequence, message.timestamp, length: length, storedSize: storedSize)
        block.sign(message.subject, previous: subjects.append(message.subject, message.sequence))
        if message.expires != 0 {
            expirations.insert(ExpirationQueue.Entry(time: message.expires, sequence: message.sequence))
        }
        if state.messages == 0 {
            state.firstSequence = message.sequence
            state.firstTimestamp = message.timestamp
        }
        state.messages &+= 1
        state.bytes &+= UInt64(storedSize)
        state.lastSequence = message.sequence
        state.lastTimestamp = message.timestamp
    }

    /// Counts out a message of `block`; ``StoreState/firstSequence`` is the caller's.
    func remove(_ sequence: UInt64, subject: UnsafeRawBufferPointer, storedSize: Int, from block: Block) {
        block.deletions.insert(Int(sequence - block.base))
        block.bytes -= storedSize
        subjects.remove(subject, sequence)
        state.messages -= 1
        state.bytes -= UInt64(storedSize)
    }

    /// The first sequence at or after `sequence` that is there.
    func firstLive(from sequence: UInt64) -> UInt64? {
        for index in blockIndex(sequence)..<blocks.count {
            if let found = blocks[index].firstLive(from: sequence) { return found }
        }
        return nil
    }

    /// How many messages at or after `sequence` are there.
    func live(from sequence: UInt64) -> Int {
        var sum = 0
        for index in blockIndex(sequence)..<blocks.count { sum += blocks[index].live(from: sequence) }
        return sum
    }

    /// Leaves nothing but the sequence that goes on: the next message gets at least `sequence`.
    func removeAll(continuingAt sequence: UInt64) {
        blocks = []
        subjects.removeAll()
        expirations = ExpirationQueue()
        state.messages = 0
        state.bytes = 0
        state.lastSequence = max(state.lastSequence, sequence - 1)
        markEmpty()
    }

    /// Says in ``state`` that there is no first message.
    func markEmpty() {
        state.firstSequence = state.lastSequence + 1
        state.firstTimestamp = 0
    }

    /// The sequences between the first and the last message that are not there.
    var deleted: [ClosedRange<UInt64>] {
        guard state.messages > 0 else { return [] }
        var ranges: [ClosedRange<UInt64>] = []
        var expected = state.firstSequence
        for block in blocks {
            var next = block.firstLive(from: max(expected, block.base))
            while let start = next {
                if start > expected { ranges.append(expected...start - 1) }
                let end = block.deletions.firstSet(from: Int(start - block.base)).map { block.base + UInt64($0) }
                expected = min(end ?? block.last + 1, block.last + 1)
                next = block.firstLive(from: expected)
            }
        }
        if expected <= state.lastSequence { ranges.append(expected...state.lastSequence) }
        return ranges
    }
}
