/// Removals since the index was written: a file of frames, one for each flush, each with its checksum.
///
/// An entry names a run of messages on one subject in one block that were removed one after the other, and what they counted for;
/// so nothing has to be read from blocks to count them out of the index again.
struct DeletionLog {
    struct Entry: Equatable {
        var block: UInt64
        var first: UInt64
        var last: UInt64
        var bytes: Int
        var subject: [UInt8]
    }

    /// The index that the entries come after has the same number.
    private(set) var generation: UInt64
    /// How much of the file is good.
    private(set) var written: Int
    /// The last sequence that the index knows. No run goes from before to after it, since the index is mended run by run.
    private let indexedThrough: UInt64
    private var waiting: [Entry] = []

    init(generation: UInt64, indexedThrough: UInt64, written: Int = 0) {
        self.generation = generation
        self.indexedThrough = indexedThrough
        self.written = written
    }

    var isEmpty: Bool { waiting.isEmpty }

    static func name(_ generation: UInt64) -> String { "deletions.\(generation)" }

    /// Notes one removal, in the run that is being noted if it continues that.
    mutating func add(_ sequence: UInt64, of block: Block, subject: UnsafeRawBufferPointer, storedSize: Int) {
        if let index = waiting.indices.last, waiting[index].block == block.number, sequence > waiting[index].last,
            block.firstLive(from: waiting[index].last + 1).map({ $0 > sequence }) ?? true,
            waiting[index].last > indexedThrough || sequence <= indexedThrough,
            waiting[index].subject.elementsEqual(subject)
        {
            waiting[index].last = sequence
            waiting[index].bytes += storedSize
            return
        }
        waiting.append(
            Entry(block: block.number, first: sequence, last: sequence, bytes: storedSize, subject: [UInt8](subject))
        )
    }

    /// The frame that is to be written at ``written``.
    func frame(key: UInt64) -> [UInt8] {
        var content = ByteWriter()
        for entry in waiting {
            content.number(entry.block)
            content.number(entry.first)
            content.number(entry.last - entry.first)
            content.number(entry.bytes)
            entry.subject.withUnsafeBytes { content.data($0) }
        }
        return content.frame(key: key ^ generation)
    }

    mutating func didWrite(_ count: Int) {
        written += count
        waiting.removeAll(keepingCapacity: true)
    }

    /// What is in a file of the generation `generation`.
    ///
    /// - Returns: the entries, where the last good frame ends, and where the first broken one begins.
    static func read(
        _ bytes: UnsafeRawBufferPointer, generation: UInt64, key: UInt64
    ) -> (entries: [Entry], good: Int, firstBroken: Int?) {
        var entries: [Entry] = []
        var firstBroken: Int?
        let good = ByteReader.forEachFrame(bytes, key: key ^ generation, firstBroken: &firstBroken) { reader in
            while !reader.isAtEnd {
                let block = reader.number()
                let first = reader.number()
                let last = first &+ reader.number()
                let size = reader.count()
                let subject = [UInt8](reader.data())
                guard !reader.isBroken, last >= first else { return }
                entries.append(Entry(block: block, first: first, last: last, bytes: size, subject: subject))
            }
        }
        return (entries, good, firstBroken)
    }
}
