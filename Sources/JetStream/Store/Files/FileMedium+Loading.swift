extension FileMedium {
    /// Reads in what is in the directory. `contents` is filled anew; its first sequence may be that of a message that is gone.
    func load(_ contents: StoreContents) throws(StoreError) {
        closeFiles()
        unwritten = []
        discarded = []
        sparse = []
        needsIndex = false
        openGroup = nil
        try files.makeDirectory(directory)
        let names = try files.list(directory)
        for name in names where name.hasSuffix(".tmp") { try files.remove(path(name)) }
        let numbers = names.compactMap { Self.number(in: $0, suffix: ".blk") }.sorted()
        let generations = names.compactMap { name in
            name.hasPrefix("deletions.") ? UInt64(name.dropFirst("deletions.".count)) : nil
        }
        lastNumber = numbers.last ?? 0
        let hasIndex = names.contains(StoreIndex.fileName)
        if hasIndex { files.close(try files.open(path(StoreIndex.fileName), forWriting: true)) }
        let bytes = hasIndex ? try files.contents(of: path(StoreIndex.fileName)) : nil
        guard let bytes, let index = bytes.withUnsafeBytes({ StoreIndex($0, name: name, nameKey: nameKey) }) else {
            var removals: [DeletionLog.Entry] = []
            for generation in generations.sorted() { removals += try readDeletions(generation, 0) }
            deletions = DeletionLog(generation: generations.max() ?? 0, indexedThrough: 0)
            if !numbers.isEmpty {
                report(.rebuilt(path: path(StoreIndex.fileName), reason: hasIndex ? "broken" : "lost"))
            }
            return try rebuild(contents, numbers, known: [], removals, continuingAfter: StoreState())
        }
        indexSize = bytes.count
        bytesSinceIndex = 0
        lastNumber = max(lastNumber, index.contents.blocks.last?.number ?? 0)
        let indexed = index.contents.state.lastSequence
        deletions = DeletionLog(generation: index.generation, indexedThrough: indexed)
        for generation in generations where generation != index.generation {
            try files.remove(path(DeletionLog.name(generation)))
        }
        let removals = generations.contains(index.generation) ? try readDeletions(index.generation, indexed) : []
        if let place = index.firstBroken {
            // It is written anew with the next flush.
            needsIndex = true
            if index.isWhole { report(.mended(path: path(StoreIndex.fileName), offset: place)) }
        }
        if !index.isWhole {
            report(.rebuilt(path: path(StoreIndex.fileName), reason: "broken"))
            let state = index.contents.state
            try rebuild(contents, numbers, known: index.contents.blocks, removals, continuingAfter: state)
        } else if try !adopt(index, contents, numbers, removals) {
            let state = index.contents.state
            try rebuild(contents, numbers, known: index.contents.blocks, removals, continuingAfter: state)
        }
    }

    static func number(in name: String, suffix: String) -> UInt64? {
        name.hasSuffix(suffix) ? UInt64(name.dropLast(suffix.count)) : nil
    }

    /// What the file of `generation` says; where it ends badly, the next frame is written over that.
    private func readDeletions(_ generation: UInt64, _ indexed: UInt64) throws(StoreError) -> [DeletionLog.Entry] {
        let path = path(DeletionLog.name(generation))
        guard let bytes = try files.contents(of: path) else { return [] }
        let read = bytes.withUnsafeBytes { DeletionLog.read($0, generation: generation, key: nameKey) }
        if let place = read.firstBroken { report(.tornDeletions(path: path, offset: place)) }
        if read.good < bytes.count {
            let file = try files.open(path, forWriting: true)
            defer { files.close(file) }
            try files.truncate(file, to: read.good)
        }
        deletions = DeletionLog(generation: generation, indexedThrough: indexed, written: read.good)
        return read.entries
    }

    /// Takes over what the index says, and adds what came later.
    ///
    /// - Returns: false where the blocks are not those of the index.
    private func adopt(
        _ index: StoreIndex, _ contents: StoreContents, _ numbers: [UInt64], _ removals: [DeletionLog.Entry]
    ) throws(StoreError) -> Bool {
        contents.take(over: index.contents)
        for removal in removals { contents.apply(removal) }
        let last = contents.blocks.last
        contents.blocks.removeAll { $0.live == 0 && $0 !== last }
        for block in contents.blocks where try !isAsIndexed(block, isLast: block === last) { return false }
        let indexed = Set(contents.blocks.map(\.number))
        if let last, last.size < (try files.size(blockPath(last.number)) ?? 0) {
            try readRest(of: last, into: contents, isLast: last.number == numbers.last)
        }
        for number in numbers where !indexed.contains(number) {
            if number < last?.number ?? 0 {
                try files.remove(blockPath(number))
                try files.remove(summaryPath(number))
            } else {
                try readBlock(number, into: contents, known: nil, removed: [], isLast: number == numbers.last)
            }
        }
        if try cutOpenGroup(numbers) {
            try load(contents)
            return true
        }
        for removal in removals { contents.apply(removal) }
        // Messages that were appended since, and are gone with their blocks: their sequences are not used again.
        contents.state.lastSequence = max(contents.state.lastSequence, removals.map(\.last).max() ?? 0)
        if contents.state.messages == 0 && contents.state.lastSequence > 0 { contents.markEmpty() }
        finishLoading(contents)
        return true
    }

    private func isAsIndexed(_ block: Block, isLast: Bool) throws(StoreError) -> Bool {
        let path = blockPath(block.number)
        guard let size = try files.size(path) else {
            report(.missingBlock(path: path))
            return false
        }
        if size == block.size || isLast && !block.isSealed && size > block.size { return true }
        let file = try files.open(path, forWriting: false)
        defer { files.close(file) }
        var head = [UInt8](repeating: 0, count: BlockHeader.size)
        let result = head.withUnsafeMutableBytes { buffer in
            Result { () throws(StoreError) in try files.read(file, into: buffer, at: 0) }
        }
        _ = try result.get()
        let header = head.withUnsafeBytes { BlockHeader($0, nameKey: nameKey) }
        guard block.isSealed, let header, header.salt == block.salt, header.packedSize == UInt64(size) else {
            report(.rebuilt(path: self.path(StoreIndex.fileName), reason: "block \(block.number) has another size"))
            return false
        }
        block.size = size
        block.written = size
        block.tail = TailBuffer(start: size)
        return true
    }

    /// Reads all blocks.
    ///
    /// - Parameters:
    ///   - known: what is known of blocks otherwise: where they start, what was removed.
    ///   - state: from which the last sequence goes on, even where the messages are gone.
    func rebuild(
        _ contents: StoreContents,
        _ numbers: [UInt64],
        known: [Block],
        _ removals: [DeletionLog.Entry],
        continuingAfter state: StoreState
    ) throws(StoreError) {
        contents.take(over: StoreContents())
        let removed = Dictionary(grouping: removals, by: \.block)
        for number in numbers {
            try readBlock(
                number,
                into: contents,
                known: known.first { $0.number == number },
                removed: removed[number] ?? [],
                isLast: number == numbers.last
            )
        }
        if try cutOpenGroup(numbers) { return try load(contents) }
        let last = max(state.lastSequence, removals.map(\.last).max() ?? 0)
        if last > contents.state.lastSequence {
            contents.state.lastSequence = last
            contents.state.lastTimestamp = max(contents.state.lastTimestamp, state.lastTimestamp)
        }
        if contents.state.messages == 0 && last > 0 { contents.markEmpty() }
        finishLoading(contents)
        do {
            try writeIndex(contents)
        } catch .noSpace {
            // Everything can be read all the same, and the next flush tries again.
            needsIndex = true
            report(.postponed(path: path(StoreIndex.fileName), error: .noSpace))
        }
    }

    /// Takes back messages that belong together and of which the last was not written.
    ///
    /// - Returns: whether there were such; then what was read is not what is there any more.
    private func cutOpenGroup(_ numbers: [UInt64]) throws(StoreError) -> Bool {
        guard let group = openGroup else { return false }
        // From behind, so that what is left is a beginning wherever the process ends.
        for number in numbers.reversed() where number > group.block {
            try files.remove(blockPath(number))
            try files.remove(summaryPath(number))
        }
        let path = blockPath(group.block)
        report(.unfinishedGroup(path: path, offset: group.offset))
        let file = try files.open(path, forWriting: true)
        defer { files.close(file) }
        try files.truncate(file, to: group.offset)
        return true
    }

    private func finishLoading(_ contents: StoreContents) {
        for block in contents.blocks.dropLast() { block.isSealed = true }
        let unused = contents.blocks.filter { $0.live == 0 && $0.isSealed }
        contents.blocks.removeAll { $0.live == 0 && $0.isSealed }
        discarded += unused
        for block in contents.blocks where block.isSealed && block.liveSize * 2 < block.size - block.start {
            sparse.append(block)
        }
        if let active = contents.active, active.marks == nil { active.marks = [] }
    }
}

extension StoreContents {
    func take(over other: StoreContents) {
        blocks = other.blocks
        subjects = other.subjects
        expirations = other.expirations
        state = other.state
    }

    /// Counts out what a deletion log names, as far as it is still there.
    fileprivate func apply(_ removal: DeletionLog.Entry) {
        guard let block = blocks.first(where: { $0.number == removal.block }) else { return }
        guard removal.first >= block.base, removal.last <= block.last else { return }
        let gone = block.deletions.insert(Int(removal.first - block.base)..<Int(removal.last - block.base + 1))
        guard gone > 0 else { return }
        block.bytes -= min(block.bytes, removal.bytes)
        removal.subject.withUnsafeBytes {
            subjects.remove($0, through: removal.first...removal.last, messages: UInt64(gone))
        }
        state.messages -= min(state.messages, UInt64(gone))
        state.bytes -= min(state.bytes, UInt64(removal.bytes))
        if state.messages == 0 { markEmpty() }
    }
}
