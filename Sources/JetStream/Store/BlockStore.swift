/// A store that keeps its messages one after another in blocks; see ``MemoryStore`` and
/// ``FileStore``.
///
/// For each message it keeps nothing but the record in the block. A search by sequence goes to the block (binary search), to the
/// nearest mark in the block, and from there from record to record.
final class BlockStore<Medium: BlockMedium>: StreamStore {
    let medium: Medium
    let contents: StoreContents
    var cursors = Cursors()
    var postings = Postings()
    var isFollowed = false
    private(set) var isClosed = false
    /// So many removals at once are not noted one by one.
    let bulk = 4096

    init(medium: Medium, contents: StoreContents) {
        self.medium = medium
        self.contents = contents
    }

    var state: StoreState {
        var state = contents.state
        state.subjects = contents.subjects.count
        return state
    }

    var deleted: [ClosedRange<UInt64>] { contents.deleted }

    var nextExpiration: Int64? { contents.expirations.next }

    func takeExpired(at now: Int64) -> [UInt64] {
        contents.expirations.take(until: now).filter { holds($0) }
    }

    func append(
        sequence: UInt64,
        timestamp: Int64,
        expires: Int64,
        subject: UnsafeRawBufferPointer,
        header: UnsafeRawBufferPointer,
        body: UnsafeRawBufferPointer
    ) throws(StoreError) {
        guard !isClosed else { throw .closed }
        let length = Record.size(subject: subject.count, header: header.count, body: body.count, expires: expires != 0)
        guard subject.count <= UInt16.max, length <= Record.largest else { throw .tooLarge }
        guard sequence > contents.state.lastSequence else {
            throw .outOfOrder(sequence: sequence, last: contents.state.lastSequence)
        }
        let block = blockForAppending(sequence, length)
        let message = MessageView(
            sequence: sequence,
            timestamp: timestamp,
            expires: expires,
            subject: subject,
            header: header,
            body: body
        )
        let place = block.tail.extend(by: length, limit: medium.blockSize)
        Record.write(
            message, isFollowed: isFollowed, size: length, to: place, key: Medium.hasChecksums ? block.key : nil)
        let storedSize = Medium.storedSize(
            payload: subject.count + header.count + body.count, hasHeader: header.count > 0)
        contents.append(message, length: length, storedSize: storedSize, to: block)
    }

    private func blockForAppending(_ sequence: UInt64, _ length: Int) -> Block {
        if let active = contents.active {
            let isFull = active.size + length > medium.blockSize && active.size > active.start
            if !isFull && sequence &- active.base < Block.span { return active }
            sealActive(active)
        }
        let block = medium.makeBlock(startingAt: sequence)
        contents.blocks.append(block)
        return block
    }

    private func sealActive(_ block: Block) {
        block.isSealed = true
        medium.seal(block)
        if block.live == 0 {
            contents.blocks.removeLast()
            medium.discard(block)
        } else {
            checkSparse(block)
        }
    }

    func flush(sync: Bool) throws(StoreError) {
        guard !isClosed else { throw .closed }
        do {
            try medium.flush(contents, sync: sync)
        } catch {
            // What was undone may be where a reader stopped.
            cursors.removeAll()
            try findFirst()
            throw error
        }
    }

    func releaseCaches() {
        postings.removeAll()
        medium.releaseCaches(contents)
    }

    func close() throws(StoreError) {
        guard !isClosed else { return }
        isClosed = true
        try medium.close(contents)
    }

    func delete() throws(StoreError) {
        isClosed = true
        contents.removeAll(continuingAt: 1)
        try medium.delete()
    }

    /// Whether the message is there.
    func holds(_ sequence: UInt64) -> Bool {
        let index = contents.blockIndex(sequence)
        return index < contents.blocks.count && contents.blocks[index].holds(sequence)
    }

    /// Does what `body` does; where that finds a broken record, mends the store and lets it try again.
    func mending<Result>(_ body: () throws(StoreError) -> Result) throws(StoreError) -> Result {
        guard !isClosed else { throw .closed }
        do {
            return try body()
        } catch .corrupt {
            cursors.removeAll()
            try medium.mend(contents)
            try findFirst()
            return try body()
        }
    }
}
