extension FileMedium {
    func mend(_ contents: StoreContents) throws(StoreError) {
        try flush(contents, sync: false)
        try removeWaiting()
        let known = contents.blocks
        closeFiles()
        try rebuild(contents, known.map(\.number), known: known, [], continuingAfter: contents.state)
    }

    private func removeWaiting() throws(StoreError) {
        for block in discarded {
            try files.remove(summaryPath(block.number))
            try files.remove(blockPath(block.number))
        }
        discarded = []
        sparse = []
    }

    /// Reads what was appended to a block since the index was written.
    func readRest(of block: Block, into contents: StoreContents, isLast: Bool) throws(StoreError) {
        _ = try files.withContents(of: blockPath(block.number)) { bytes throws(StoreError) in
            try read(
                bytes, of: block, from: block.size, after: block.last, into: contents, removed: nil, isLast: isLast)
        }
    }

    /// Reads one block and adds it to `contents`.
    ///
    /// - Parameters:
    ///   - known: the block as it was when it could be read last.
    ///   - removed: removals in it.
    func readBlock(
        _ number: UInt64,
        into contents: StoreContents,
        known: Block?,
        removed: [DeletionLog.Entry],
        isLast: Bool
    ) throws(StoreError) {
        let path = blockPath(number)
        let wasThere: Void? = try files.withContents(of: path) { bytes throws(StoreError) in
            try readBlock(number, bytes, into: contents, known: known, removed: removed, isLast: isLast)
        }
        if wasThere == nil { report(.missingBlock(path: path)) }
    }

    private func readBlock(
        _ number: UInt64,
        _ bytes: UnsafeRawBufferPointer,
        into contents: StoreContents,
        known: Block?,
        removed: [DeletionLog.Entry],
        isLast: Bool
    ) throws(StoreError) {
        let found = BlockHeader(bytes, nameKey: nameKey)
        guard let header = try mended(found, number, known, bytes.count, isLast) else { return }
        let block = Block(
            number: number,
            revision: (known?.revision ?? 0) + 1,
            salt: header.salt,
            key: header.key(name: name),
            base: header.base,
            start: BlockHeader.size
        )
        block.beginDetails(blockSize: blockSize)
        var gone = known?.deletions ?? SequenceBitmap()
        for entry in removed where entry.first >= block.base && entry.last - block.base < Block.span {
            gone.insert(Int(entry.first - block.base)..<Int(entry.last - block.base + 1))
        }
        contents.blocks.append(block)
        let previous = max(contents.state.lastSequence, block.base - 1)
        try read(bytes, of: block, from: block.start, after: previous, into: contents, removed: gone, isLast: isLast)
        // Blocks are packed once all that belongs together is there, and the last of it may be gone from them.
        if header.packedSize > 0 { openGroup = nil }
        if !isLast { block.forgetDetails() }
    }

    /// The header of a block, from its file or from what is known of it; `nil` where there is none, and then the block is
    /// put aside.
    private func mended(
        _ found: BlockHeader?, _ number: UInt64, _ known: Block?, _ size: Int, _ isLast: Bool
    ) throws(StoreError) -> BlockHeader? {
        let path = blockPath(number)
        if let found, found.number == number, found.base > 0 { return found }
        if isLast && size < BlockHeader.size {
            report(.tornTail(path: path, offset: 0, bytes: size))
            try files.remove(path)
            return nil
        }
        guard let known else {
            try files.rename(path, to: path + ".bad")
            report(.corruptBlock(path: path + ".bad"))
            return nil
        }
        report(.corruptRecord(path: path, offset: 0, bytes: BlockHeader.size))
        let header = BlockHeader(number: number, base: known.base, salt: known.salt)
        try overwrite(path, at: 0, with: header.bytes(nameKey: nameKey))
        return header
    }

    private func read(
        _ bytes: UnsafeRawBufferPointer,
        of block: Block,
        from start: Int,
        after previous: UInt64,
        into contents: StoreContents,
        removed: SequenceBitmap?,
        isLast: Bool
    ) throws(StoreError) {
        var damaged: [(range: Range<Int>, last: UInt64)] = []
        BlockScanner(bytes: bytes, key: block.key, base: block.base).scan(from: start, after: previous) {
            record, place, offset in
            if !record.isFollowed {
                openGroup = nil
            } else if openGroup == nil {
                openGroup = (block.number, offset)
            }
            guard record.kind == Record.Kind.message else { return block.size += record.length }
            if removed?.contains(Int(record.sequence - block.base)) == true {
                block.append(record.sequence, record.timestamp, length: record.length, storedSize: 0)
                block.deletions.insert(Int(record.sequence - block.base))
                contents.state.lastSequence = record.sequence
                contents.state.lastTimestamp = record.timestamp
            } else {
                let message = record.view(at: place)
                contents.append(message, length: record.length, storedSize: record.storedSize, to: block)
            }
        } damage: { range, last in
            damaged.append((range, last))
            if range.upperBound < bytes.count { block.size += range.count }
        }
        for (range, last) in damaged {
            try mend(range, last, of: block, bytes, isLast: isLast)
        }
        bytesSinceIndex += block.size - start
        block.written = block.size
        block.tail = TailBuffer(start: block.size)
    }

    /// Makes a record of bytes that hold none, so that readers pass over them, or cuts them off where nothing follows.
    private func mend(
        _ range: Range<Int>, _ last: UInt64, of block: Block, _ bytes: UnsafeRawBufferPointer, isLast: Bool
    ) throws(StoreError) {
        let path = blockPath(block.number)
        if range.upperBound == bytes.count {
            // A whole record that is broken was not torn: what belongs to it was written.
            if Record.isWhole(UnsafeRawBufferPointer(rebasing: bytes[range]), key: block.key) { openGroup = nil }
            let isTorn = isLast
            report(
                isTorn
                    ? .tornTail(path: path, offset: range.lowerBound, bytes: range.count)
                    : .corruptRecord(path: path, offset: range.lowerBound, bytes: range.count)
            )
            let file = try files.open(path, forWriting: true)
            defer { files.close(file) }
            return try files.truncate(file, to: range.lowerBound)
        }
        report(.corruptRecord(path: path, offset: range.lowerBound, bytes: range.count))
        guard range.count >= Record.smallest else {
            throw .corrupt(path: path, offset: range.lowerBound, reason: "\(range.count) stray bytes between records")
        }
        var filler = [UInt8](bytes[range])
        filler.withUnsafeMutableBytes { Record.writeFiller($0, sequence: max(last, 1), key: block.key) }
        try overwrite(path, at: range.lowerBound, with: filler)
    }

    private func overwrite(_ path: String, at offset: Int, with bytes: [UInt8]) throws(StoreError) {
        let file = try files.open(path, forWriting: true)
        defer { files.close(file) }
        try files.write(file, bytes, at: offset)
        try files.sync(file)
    }
}
