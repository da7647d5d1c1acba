/// A store's contents as they were at one moment, in one file: so a store opens without reading its blocks.
///
/// What was appended since is read from the blocks, what was removed since is in the ``DeletionLog`` of the same generation.
struct StoreIndex {
    static let fileName = "index"
    private static let magic: UInt64 = 0x3358_444E_5044_4E4C

    let generation: UInt64
    let contents: StoreContents
    /// Whether the subjects and the times to live are there, too. They can be read from the blocks; what was removed from these
    /// can't, and so everything else stands there twice.
    let isWhole: Bool
    /// Where the file is broken first.
    let firstBroken: Int?

    static func encode(
        _ contents: StoreContents, generation: UInt64, nameKey: UInt64
    ) -> [UInt8] {
        var writer = ByteWriter()
        writer.frameTwice(key: nameKey) { encodeBlocks(contents, generation: generation, to: &$0) }
        let place = writer.beginFrame()
        encodeSubjects(contents, to: &writer)
        writer.endFrame(place, key: nameKey)
        return writer.bytes
    }

    private static func encodeBlocks(_ contents: StoreContents, generation: UInt64, to writer: inout ByteWriter) {
        writer.fixed(magic)
        writer.number(generation)
        let state = contents.state
        for value in [state.messages, state.bytes, state.firstSequence, state.lastSequence] { writer.number(value) }
        writer.fixed(UInt64(bitPattern: state.firstTimestamp))
        writer.fixed(UInt64(bitPattern: state.lastTimestamp))
        writer.number(contents.blocks.count)
        for block in contents.blocks { encode(block, to: &writer) }
    }

    private static func encodeSubjects(_ contents: StoreContents, to writer: inout ByteWriter) {
        writer.number(contents.expirations.entries.count)
        for entry in contents.expirations.entries {
            writer.number(UInt64(bitPattern: entry.time))
            writer.number(entry.sequence)
        }
        writer.number(contents.subjects.count)
        for index in contents.subjects.entries.indices where contents.subjects.entries[index].messages > 0 {
            let entry = contents.subjects.entries[index]
            contents.subjects.withSubject(index) { writer.data($0) }
            writer.number(entry.messages)
            writer.number(entry.first)
            writer.number(entry.last &- entry.first)
            writer.number((entry.firstIsStale ? 1 : 0) | (entry.lastIsStale ? 2 : 0))
        }
    }

    private static func encode(_ block: Block, to writer: inout ByteWriter) {
        writer.number(block.number)
        writer.fixed(block.salt)
        for value in [block.revision, block.base, block.last &+ 1, UInt64(bitPattern: block.lastTimestamp)] {
            writer.number(value)
        }
        for value in [block.size, block.bytes, block.isSealed ? 1 : 0] { writer.number(value) }
        let words = block.deletions.count == 0 ? [] : block.deletions.words
        writer.number(words.count)
        for word in words { writer.fixed(word) }
        let marks = block.isSealed ? [] : block.marks ?? []
        writer.number(marks.count)
        for mark in marks { writer.fixed(UInt64(mark.index) << 32 | UInt64(mark.offset)) }
        // A sealed block has both beside it.
        let signature = block.isSealed ? [] : block.signature?.words ?? []
        writer.number(signature.count)
        for word in signature { writer.fixed(word) }
    }

    /// `nil` where the bytes do not even say which blocks there are.
    init?(_ bytes: UnsafeRawBufferPointer, name: [UInt8], nameKey: UInt64) {
        var blocks: StoreContents?
        var found = (generation: UInt64(0), isWhole: false)
        var firstBroken: Int?
        _ = ByteReader.forEachFrame(bytes, key: nameKey, firstBroken: &firstBroken) { reader in
            var rest = reader
            if rest.fixed() == Self.magic {
                if blocks != nil { return }
                found.generation = rest.number()
                blocks = Self.blocks(&rest, name)
            } else if let blocks, !found.isWhole {
                found.isWhole = Self.readSubjects(&reader, into: blocks, fileSize: bytes.count)
            }
        }
        guard let blocks else { return nil }
        contents = blocks
        generation = found.generation
        isWhole = found.isWhole
        self.firstBroken = firstBroken
    }

    private static func blocks(_ reader: inout ByteReader, _ name: [UInt8]) -> StoreContents? {
        let contents = StoreContents()
        contents.state.messages = reader.number()
        contents.state.bytes = reader.number()
        contents.state.firstSequence = reader.number()
        contents.state.lastSequence = reader.number()
        contents.state.firstTimestamp = Int64(bitPattern: reader.fixed())
        contents.state.lastTimestamp = Int64(bitPattern: reader.fixed())
        for _ in 0..<reader.count() {
            guard !reader.isBroken else { return nil }
            contents.blocks.append(Self.block(&reader, name))
        }
        return reader.isBroken || !reader.isAtEnd ? nil : contents
    }

    /// - Returns: false where that is not what the bytes hold.
    private static func readSubjects(
        _ reader: inout ByteReader, into contents: StoreContents, fileSize: Int
    ) -> Bool {
        for _ in 0..<reader.count() {
            guard !reader.isBroken else { return false }
            let time = Int64(bitPattern: reader.number())
            contents.expirations.insert(ExpirationQueue.Entry(time: time, sequence: reader.number()))
        }
        let subjects = reader.count()
        guard subjects <= fileSize else { return false }
        contents.subjects.reserve(subjects)
        for _ in 0..<subjects {
            let subject = reader.data()
            let messages = reader.number()
            let first = reader.number()
            let last = first &+ reader.number()
            contents.subjects.insert(subject, first: first, last: last, messages: messages, stale: reader.number())
        }
        return !reader.isBroken && reader.isAtEnd
    }

    private static func block(_ reader: inout ByteReader, _ name: [UInt8]) -> Block {
        let number = reader.number()
        let salt = reader.fixed()
        let revision = reader.number()
        let header = BlockHeader(number: number, base: max(1, reader.number()), salt: salt)
        let block = Block(
            number: number,
            revision: revision,
            salt: salt,
            key: header.key(name: name),
            base: header.base,
            start: BlockHeader.size
        )
        block.last = reader.number() &- 1
        block.lastTimestamp = Int64(bitPattern: reader.number())
        block.size = reader.count()
        block.bytes = reader.count()
        block.isSealed = reader.number() == 1
        block.written = block.size
        var words: [UInt64] = []
        for _ in 0..<reader.count() where !reader.isBroken { words.append(reader.fixed()) }
        block.deletions = SequenceBitmap(words: words, span: Int(truncatingIfNeeded: block.last &- block.base &+ 1))
        block.tail = TailBuffer(start: block.size)
        let marks = reader.count()
        if !block.isSealed { block.marks = [] }
        for _ in 0..<marks where !reader.isBroken {
            let mark = reader.fixed()
            block.marks?.append(
                Block.Mark(index: UInt32(mark >> 32), offset: UInt32(truncatingIfNeeded: mark))
            )
        }
        var signature: [UInt64] = []
        for _ in 0..<reader.count() where !reader.isBroken { signature.append(reader.fixed()) }
        if !signature.isEmpty { block.signature = SubjectSignature(words: signature) }
        return block
    }
}
