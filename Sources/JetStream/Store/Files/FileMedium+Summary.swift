extension FileMedium {
    private static let magic: UInt64 = 0x314D_5553_5044_4E4C

    /// Writes the marks of a sealed block beside it. They can be made anew from the block, so nothing is synced.
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
        writer.seal(key: nameKey ^ block.salt)
        let file = try files.open(summaryPath(block.number), forWriting: true)
        defer { files.close(file) }
        try files.truncate(file, to: 0)
        try files.write(file, writer.bytes, at: 0)
    }

    func marks(of block: Block) throws(StoreError) -> [Block.Mark] {
        if let marks = block.marks { return marks }
        let path = summaryPath(block.number)
        if let bytes = try files.contents(of: path), let marks = bytes.withUnsafeBytes({ readMarks($0, of: block) }) {
            block.marks = marks
            return marks
        }
        let marks = try findMarks(of: block)
        block.marks = marks
        guard block.isSealed, block.written == block.size else { return marks }
        report(.rebuilt(path: path, reason: "lost, or not that of the block"))
        do {
            try writeSummary(block)
        } catch {
            report(.postponed(path: path, error: error))
        }
        return marks
    }

    private func readMarks(_ bytes: UnsafeRawBufferPointer, of block: Block) -> [Block.Mark]? {
        guard var reader = ByteReader(bytes, sealedWith: nameKey ^ block.salt), reader.fixed() == Self.magic,
            reader.number() == block.number, reader.number() == block.base, reader.number() == block.last,
            reader.number() == UInt64(block.size)
        else { return nil }
        var marks: [Block.Mark] = []
        var mark = Block.Mark(index: 0, offset: 0)
        for _ in 0..<reader.count() {
            guard !reader.isBroken else { return nil }
            mark.index &+= UInt32(truncatingIfNeeded: reader.number())
            mark.offset &+= UInt32(truncatingIfNeeded: reader.number())
            marks.append(mark)
        }
        return reader.isBroken ? nil : marks
    }

    /// Goes from record to record.
    private func findMarks(of block: Block) throws(StoreError) -> [Block.Mark] {
        let kept = block.marks
        block.marks = []
        defer { block.marks = kept }
        var offset = block.start
        while offset < block.size {
            let bytes = try bytes(of: block, at: offset, count: Record.fixedSize)
            guard let base = bytes.baseAddress, let record = Record(base), offset + record.length <= block.size else {
                throw .corrupt(path: blockPath(block.number), offset: offset, reason: "no valid record")
            }
            if record.kind == Record.Kind.message { block.mark(record.sequence, at: offset) }
            offset += record.length
        }
        return block.marks ?? []
    }
}
