import NATSSubjects

/// Which messages of a block are on which subject, for a few blocks that are searched by subject again and again.
///
/// A block's messages lie in segments, one after the other. A new segment is merged with the ones before it that are not much
/// larger: so there are few of them, and what is appended is moved only a few times.
struct Postings {
    struct Entry {
        fileprivate var hash: UInt64
        /// The sequence, counted from the block's base.
        fileprivate var index: UInt32

        fileprivate func isBefore(_ other: Entry) -> Bool {
            hash == other.hash ? index < other.index : hash < other.hash
        }
    }

    /// A run of a block's messages, in order of their subjects' hashes and of their sequences.
    private typealias Segment = [Entry]

    private struct Table {
        let block: UInt64
        /// The last sequence that is in.
        var last: UInt64
        var segments: [Segment] = []
    }

    private static let limit = 16
    /// The last used is the last one.
    private var tables: [Table] = []

    static func entry(_ subject: UnsafeRawBufferPointer, _ sequence: UInt64, of block: Block) -> Entry {
        Entry(hash: ByteHash.hash(subject), index: UInt32(sequence - block.base))
    }

    /// The last sequence of `block` that is known here, `nil` where none is.
    func last(of block: Block) -> UInt64? {
        tables.last { $0.block == block.identity }?.last
    }

    /// Adds messages of `block`, all those after the last one that is known and up to `last`.
    mutating func add(_ entries: [Entry], upTo last: UInt64, of block: Block) {
        var table = Table(block: block.identity, last: last)
        if let index = tables.firstIndex(where: { $0.block == block.identity }) {
            table = tables.remove(at: index)
            table.last = last
        } else if tables.count == Self.limit {
            tables.removeFirst()
        }
        var segment = entries.sorted { $0.isBefore($1) }
        while let previous = table.segments.last, previous.count <= segment.count * 2 {
            segment = Self.merge(previous, segment)
            table.segments.removeLast()
        }
        table.segments.append(segment)
        tables.append(table)
    }

    /// The first sequence at or after `sequence` that `accept` takes, of those whose subject has this hash.
    func first(
        _ hash: UInt64, from sequence: UInt64, of block: Block, _ accept: (UInt64) throws(StoreError) -> Bool
    ) throws(StoreError) -> UInt64? {
        guard let table = tables.last(where: { $0.block == block.identity }) else { return nil }
        let from = Entry(hash: hash, index: UInt32(max(sequence, block.base) - block.base))
        for segment in table.segments {
            var low = 0
            var high = segment.count
            while low < high {
                let middle = (low + high) / 2
                if segment[middle].isBefore(from) { low = middle + 1 } else { high = middle }
            }
            while low < segment.count, segment[low].hash == hash {
                let found = block.base + UInt64(segment[low].index)
                if try accept(found) { return found }
                low += 1
            }
        }
        return nil
    }

    mutating func removeAll() {
        tables = []
    }

    private static func merge(_ one: Segment, _ other: Segment) -> Segment {
        var merged: Segment = []
        merged.reserveCapacity(one.count + other.count)
        var left = 0
        var right = 0
        while left < one.count, right < other.count {
            if other[right].isBefore(one[left]) {
                merged.append(other[right])
                right += 1
            } else {
                merged.append(one[left])
                left += 1
            }
        }
        merged.append(contentsOf: one[left...])
        merged.append(contentsOf: other[right...])
        return merged
    }
}
