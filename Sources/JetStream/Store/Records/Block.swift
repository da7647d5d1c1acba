/// A run of records, and what the store keeps of them in memory.
///
/// Belongs to its store. The last block of a store takes messages, the others are sealed.
final class Block {
    /// A place from which a search may start, since records have different lengths.
    struct Mark: Hashable {
        /// Sequence of the record at `offset`, counted from the block's ``Block/base``.
        var index: UInt32
        var offset: UInt32
    }

    /// At most so many bytes lie between two marks, unless a single record is larger.
    static let markDistance = 4096
    /// A block holds sequences of at most this many numbers, so that its bitmap stays small.
    static let span: UInt64 = 1 << 21

    let number: UInt64
    /// How often its records were moved together.
    let revision: UInt64
    /// What ``key`` was made from.
    let salt: UInt64
    /// Seed of the checksums.
    let key: UInt64
    /// The sequence that bit 0 of ``deletions`` stands for.
    let base: UInt64
    /// Where the first record begins.
    let start: Int
    /// The last sequence that was in the block.
    var last: UInt64
    /// Time of the last record, in nanoseconds since 1970.
    var lastTimestamp: Int64 = 0
    /// Up to here there are records.
    var size: Int
    /// What the messages that are there count for; see ``StoredMessage/storedSize``.
    var bytes = 0
    /// Sequences from ``base`` to ``last`` that are not there: deleted, or never were.
    var deletions = SequenceBitmap()
    /// In order; `nil` while they are not read in. The start of the block is none of them.
    var marks: [Mark]?
    /// Which subjects may be there; `nil` while that is not read in.
    var signature: SubjectSignature?
    var isSealed = false
    /// Up to here the block is in its file.
    var written = 0
    /// The end of the block, or all of it.
    var tail: TailBuffer

    init(number: UInt64, revision: UInt64 = 0, salt: UInt64 = 0, key: UInt64 = 0, base: UInt64, start: Int) {
        self.number = number
        self.revision = revision
        self.salt = salt
        self.key = key
        self.base = base
        self.start = start
        last = base - 1
        size = start
        tail = TailBuffer(start: start)
    }

    /// Tells places in this block from places in what it was before its records were moved together.
    var identity: UInt64 { number << 20 | revision }

    /// How many messages are there.
    var live: Int { Int(last &- base &+ 1) - deletions.count }

    /// About how many bytes of the block belong to messages that are there.
    var liveSize: Int { bytes + live * (Record.smallest - 30) }

    @inline(__always)
    func holds(_ sequence: UInt64) -> Bool {
        sequence >= base && sequence <= last
            && (deletions.count == 0 || !deletions.contains(Int(truncatingIfNeeded: sequence &- base)))
    }

    /// The first sequence at or after `sequence` that is there.
    func firstLive(from sequence: UInt64) -> UInt64? {
        let from = max(sequence, base)
        guard from <= last else { return nil }
        let found = base + UInt64(deletions.firstClear(from: Int(from - base)))
        return found <= last ? found : nil
    }

    /// How many messages at or after `sequence` are there.
    func live(from sequence: UInt64) -> Int {
        if sequence <= base { return live }
        if sequence > last { return 0 }
        let index = Int(sequence - base)
        return Int(last - sequence + 1) - (deletions.count - deletions.countSet(before: index))
    }

    /// Counts a record that was written at ``size``.
    @inline(__always)
    func append(_ sequence: UInt64, _ timestamp: Int64, length: Int, storedSize: Int) {
        if sequence != last &+ 1 {
            deletions.insert(Int(last &+ 1 &- base)..<Int(sequence &- base))
        }
        mark(sequence, at: size)
        last = sequence
        lastTimestamp = timestamp
        size &+= length
        bytes &+= storedSize
    }

    /// Remembers that a subject is there.
    ///
    /// - Parameter previous: where the message before on this subject was at the latest. From ``base`` on, there was one in this
    ///   block, which has been remembered.
    @inline(__always)
    func sign(_ subject: UnsafeRawBufferPointer, previous: UInt64) {
        guard previous < base else { return }
        signature?.insert(subject)
    }

    /// Begins to take down where records lie and which subjects there are.
    func beginDetails(blockSize: Int) {
        marks = []
        signature = SubjectSignature(blockSize: blockSize)
    }

    /// What is kept beside the block is read in again when it is asked for.
    func forgetDetails() {
        marks = nil
        signature = nil
    }

    /// Remembers the record at `offset`, if that is far enough from the last mark.
    @inline(__always)
    func mark(_ sequence: UInt64, at offset: Int) {
        let previous = marks?.last.map { Int($0.offset) } ?? start
        if offset &- previous >= Self.markDistance {
            marks?.append(Mark(index: UInt32(truncatingIfNeeded: sequence &- base), offset: UInt32(offset)))
        }
    }

    /// The nearest place at or before the record of `sequence`.
    func nearest(_ sequence: UInt64, in marks: [Mark]) -> Int {
        var low = 0
        var high = marks.count
        while low < high {
            let middle = (low + high) / 2
            if base + UInt64(marks[middle].index) <= sequence { low = middle + 1 } else { high = middle }
        }
        return low == 0 ? start : Int(marks[low - 1].offset)
    }
}

extension Block {
    /// A sealed block, all in its tail, with only those messages of this one that are there.
    ///
    /// - Parameters:
    ///   - bytes: all records of this block.
    ///   - checked: whether they have checksums.
    /// - Returns: `nil` where one of them is broken.
    func copyOfLive(from bytes: UnsafeRawBufferPointer, checked: Bool) -> Block? {
        let copy = Block(number: number, revision: revision + 1, salt: salt, key: key, base: base, start: start)
        copy.beginDetails(blockSize: size)
        copy.isSealed = true
        copy.deletions = deletions
        copy.bytes = self.bytes
        copy.lastTimestamp = lastTimestamp
        var offset = 0
        while let base = bytes.baseAddress, offset < bytes.count {
            guard offset + Record.smallest <= bytes.count, let record = Record(base + offset),
                offset + record.length <= bytes.count, !checked || record.isIntact(at: base + offset, key: key)
            else { return nil }
            if record.kind == Record.Kind.message, holds(record.sequence) {
                let place = copy.tail.extend(by: record.length, limit: size)
                place.copyMemory(from: base + offset, byteCount: record.length)
                copy.mark(record.sequence, at: copy.size)
                copy.signature?.insert(record.view(at: base + offset).subject)
                copy.size += record.length
            }
            offset += record.length
        }
        copy.last = last
        return copy
    }
}
