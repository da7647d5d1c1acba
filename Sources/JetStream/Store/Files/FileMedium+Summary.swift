extension FileMedium {
    private static let magic: UInt64 = 0x334D_5553_5044_4E4C

    /// Writes the marks and the signature of a sealed block beside it. They can be made anew from the block, so nothing is synced.
    func writeSummary(_ block: Block) throws(StoreError) {
        let marks = block.marks ?? []
        var writer = ByteWriter()
        writer.fixed(Self.magic)
        for value in [block.number, block.base, block.last, UInt64(block.size), UInt64(marks.count)] {
            writer.number(value)
        }
        var previous = Block.Mark(index: 0, offset: 0)
        for mark in marks {
            writer.number(UInt64(mark.index - previous.index))
            writer.number(UInt64(mark.offset - previous.offset))
            previous = mark
        }
        let signature = block.signature?.words ?? []
        writer.number(signature.count)
        for word in signature { writer.fixed(word) }
        writer.seal(key: nameKey ^ block.salt)
        let file = try files.open(summaryPath(block.number), forWriting: true)
        defer { files.close(file) }
        try files.truncate(file, to: 0)
        try files.write(file, writer.bytes, at: 0)
    }

    func marks(of block: Block) throws(StoreError) -> [Block.Mark] {
        if let marks = block.marks { return marks }
        try readDetails(of: block)
        return block.marks ?? []
    }

    func signature(of block: Block) throws(StoreError) -> SubjectSignature? {
        if block.marks == nil { try readDetails(of: block) }
        return block.signature
    }

    /// Reads in what is kept beside a block, or finds it out anew.
    private func readDetails(of block: Block) throws(StoreError) {
        let path = summaryPath(block.number)
        if let bytes = try files.contents(of: path), bytes.withUnsafeBytes({ readSummary($0, of: block) }) { return }
        try findDetails(of: block)
        guard block.isSealed, block.written == block.size else { return }
        report(.rebuilt(path: path, reason: "lost, or not that of the block"))
        do {
            try writeSummary(block)
        } catch {
            report(.postponed(path: path, error: error))
        }
    }

    /// - Returns: false where the bytes are not those of the block.
    private func readSummary(_ bytes: UnsafeRawBufferPointer, of block: Block) -> Bool {
        guard var reader = ByteReader(bytes, sealedWith: nameKey ^ block.salt), reader.fixed() == Self.magic,
            reader.number() == block.number, reader.number() == block.base, reader.number() == block.last,
            reader.number() == UInt64(block.size)
        else { return false }
        var marks: [Block.Mark] = []
        var mark = Block.Mark(index: 0, offset: 0)
        for _ in 0..<reader.count() {
            guard !reader.isBroken else { return false }
            mark.index &+= UInt32(truncatingIfNeeded: reader.number())
            mark.offset &+= UInt32(truncatingIfNeeded: reader.number())
            marks.append(mark)
        }
        var signature: [UInt64] = []
        for _ in 0..<reader.count() where !reader.isBroken { signature.append(reader.fixed()) }
        guard !reader.isBroken else { return false }
        block.marks = marks
        block.signature = signature.isEmpty ? nil : SubjectSignature(words: signature)
        return true
    }

    /// Goes from record to record.
    private func findDetails(of block: Block) throws(StoreError) {
        block.beginDetails(blockSize: blockSize)
        do throws(StoreError) {
            var offset = block.start
            while offset < block.size {
                let bytes = try bytes(of: block, at: offset, count: Record.fixedSize)
                guard let base = bytes.baseAddress, let record = Record(base), offset + record.length <= block.size
                else { throw .corrupt(path: blockPath(block.number), offset: offset, reason: "no valid record") }
                if record.kind == Record.Kind.message {
                    block.mark(record.sequence, at: offset)
                    let whole = try self.bytes(of: block, at: offset, count: record.length)
                    if let base = whole.baseAddress { block.signature?.insert(record.view(at: base).subject) }
                }
                offset += record.length
            }
        } catch {
            block.forgetDetails()
            throw error
        }
    }
}
