/// Where the blocks of a store are: in memory or in files.
///
/// The store knows what is in the blocks, the medium keeps their bytes. Offsets count from the start of a block.
protocol BlockMedium: AnyObject {
    /// Whether records carry checksums, and are checked when they are read.
    static var hasChecksums: Bool { get }

    /// What a message counts for in ``StoreState/bytes``, as nats-server counts where the medium is.
    ///
    /// - Parameters:
    ///   - payload: the bytes of its subject, header and body.
    ///   - hasHeader: whether it has one.
    static func storedSize(payload: Int, hasHeader: Bool) -> Int

    /// A block is sealed before it gets larger than this.
    var blockSize: Int { get }

    /// Makes an open block whose first message will be `sequence`. Touches no disk.
    func makeBlock(startingAt sequence: UInt64) -> Block

    /// Learns that `block` will get no more messages. Touches no disk.
    func seal(_ block: Block)

    /// The bytes of `block` from `offset` on: at least `count`, valid until the next call or the next change of the store.
    ///
    /// - Throws: ``StoreError/corrupt(path:offset:reason:)`` where the block has fewer.
    func bytes(of block: Block, at offset: Int, count: Int) throws(StoreError) -> UnsafeRawBufferPointer

    /// The marks of a sealed block.
    func marks(of block: Block) throws(StoreError) -> [Block.Mark]

    /// Which subjects may be in a block, `nil` where that is not known.
    func signature(of block: Block) throws(StoreError) -> SubjectSignature?

    /// Learns that `sequence` was removed, so that it is not there when the store is opened anew.
    func noteRemoval(_ sequence: UInt64, of block: Block, subject: UnsafeRawBufferPointer, storedSize: Int)

    /// Learns that so much was removed that noting each removal would cost more than writing down what is there.
    func noteBulkRemoval()

    /// Overwrites subject, header and body of a record.
    func erase(_ record: Record, at offset: Int, of block: Block) throws(StoreError)

    /// Learns that nothing of `block` is needed any more.
    func discard(_ block: Block)

    /// Learns that more than half of a sealed block belongs to removed messages.
    func noteSparse(_ block: Block, in contents: StoreContents)

    /// Hands over everything to where it is kept. What is left to do in the background is done with it.
    func flush(_ contents: StoreContents, sync: Bool) throws(StoreError)

    /// Brings back into order what a reader found broken: afterwards every record can be read, and `contents` says what is there.
    func mend(_ contents: StoreContents) throws(StoreError)

    func releaseCaches(_ contents: StoreContents)
    func close(_ contents: StoreContents) throws(StoreError)
    func delete() throws(StoreError)
}

extension BlockMedium {
    /// As in a file: 22 bytes of frame, 8 of checksum, and 4 more for the header's length where there is one.
    static func storedSize(payload: Int, hasHeader: Bool) -> Int { payload + 30 + (hasHeader ? 4 : 0) }
}
