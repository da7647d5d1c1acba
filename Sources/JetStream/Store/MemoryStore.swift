/// A store whose messages live as long as the process.
package enum MemoryStore {
    /// An empty store.
    package static func make() -> any StreamStore {
        BlockStore(medium: MemoryMedium(), contents: StoreContents())
    }
}

/// Blocks in memory: each is all tail.
final class MemoryMedium: BlockMedium {
    static var hasChecksums: Bool { false }
    static func storedSize(payload: Int, hasHeader: Bool) -> Int { payload + 16 }
    let blockSize = 1 << 20
    private var lastNumber: UInt64 = 0

    func makeBlock(startingAt sequence: UInt64) -> Block {
        lastNumber += 1
        let block = Block(number: lastNumber, base: sequence, start: 0)
        block.beginDetails(blockSize: blockSize)
        return block
    }

    func seal(_ block: Block) {}

    func bytes(of block: Block, at offset: Int, count: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(block.tail.bytes(from: offset))
    }

    func marks(of block: Block) -> [Block.Mark] { block.marks ?? [] }

    func signature(of block: Block) -> SubjectSignature? { block.signature }

    func noteRemoval(_ sequence: UInt64, of block: Block, subject: UnsafeRawBufferPointer, storedSize: Int) {}

    func noteBulkRemoval() {}

    func erase(_ record: Record, at offset: Int, of block: Block) {
        let place = block.tail.bytes(from: offset)
        record.erase(UnsafeMutableRawBufferPointer(rebasing: place[..<record.length]), key: nil)
    }

    func discard(_ block: Block) {
        block.tail.clear(releasing: true)
    }

    func noteSparse(_ block: Block, in contents: StoreContents) {
        let records = UnsafeRawBufferPointer(block.tail.bytes(from: block.start))
        guard let index = contents.blocks.firstIndex(where: { $0 === block }),
            let packed = block.copyOfLive(from: records, checked: false)
        else { return }
        contents.blocks[index] = packed
    }

    func flush(_ contents: StoreContents, sync: Bool) {}

    func mend(_ contents: StoreContents) throws(StoreError) {
        throw .corrupt(path: "memory", offset: 0, reason: "no valid record")
    }

    func releaseCaches(_ contents: StoreContents) {}

    func close(_ contents: StoreContents) {}

    func delete() {}
}
