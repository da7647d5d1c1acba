extension FileMedium {
    /// A tail that has grown beyond this is given up once it is written.
    private static let longestTail = 524_288

    func flush(_ contents: StoreContents, sync: Bool) throws(StoreError) {
        if let error = failure {
            // The disk could not be brought back in order last time; what was appended since has no place.
            try load(contents)
            failure = nil
            throw error
        }
        if let active = contents.active, active.written < active.size, !unwritten.contains(where: { $0 === active }) {
            unwritten.append(active)
        }
        do {
            // With nothing to append, what was removed makes room first: on a full disk that is the way out.
            if unwritten.isEmpty { try removeDiscarded() }
            for block in unwritten { try write(block) }
            if needsIndex { try writeIndex(contents) } else { try writeDeletions() }
            if sync { try syncAll() }
        } catch {
            try undo(contents, error)
        }
        finishWriting()
        keepHouse(contents)
    }

    func close(_ contents: StoreContents) throws(StoreError) {
        defer { closeFiles() }
        try flush(contents, sync: true)
        if bytesSinceIndex > 0 || deletions.written > 0 || indexSize == 0 { try writeIndex(contents) }
    }

    func delete() throws(StoreError) {
        closeFiles()
        for name in try files.list(directory) { try files.remove(path(name)) }
        try files.remove(directory)
    }

    private func write(_ block: Block) throws(StoreError) {
        let bytes = UnsafeRawBufferPointer(block.tail.bytes(from: block.written))
        guard bytes.count > 0 else { return }
        if block.written == 0 { hasNewNames = true }
        try files.write(try fileForWriting(block.number), bytes, at: block.written)
        unsynced.insert(block.number)
    }

    private func writeDeletions() throws(StoreError) {
        guard !deletions.isEmpty else { return }
        let frame = deletions.frame(key: nameKey)
        let file = try fileForDeletions()
        try files.write(file, frame, at: deletions.written)
        deletionsToCommit = frame.count
    }

    private func syncAll() throws(StoreError) {
        for number in unsynced {
            guard try files.size(blockPath(number)) != nil else { continue }
            let file = try files.open(blockPath(number), forWriting: true)
            defer { files.close(file) }
            try files.sync(file)
        }
        if deletions.written + deletionsToCommit > 0 { try files.sync(try fileForDeletions()) }
        if hasNewNames {
            let file = try files.open(directory, forWriting: false)
            defer { files.close(file) }
            try files.sync(file)
        }
        unsynced = []
        hasNewNames = false
    }

    private func finishWriting() {
        deletions.didWrite(deletionsToCommit)
        deletionsToCommit = 0
        for block in unwritten {
            bytesSinceIndex += block.size - block.written
            block.written = block.size
            if block.isSealed {
                tryLater(summaryPath(block.number)) { () throws(StoreError) in try writeSummary(block) }
                block.tail.clear(releasing: true)
                block.forgetDetails()
                closeWritten(ifSealed: block)
            } else if block.tail.count > Self.longestTail {
                block.tail.clear(releasing: false)
            }
        }
        unwritten.removeAll(keepingCapacity: true)
    }

    /// Takes back what was written since the last flush, and reads in what is there.
    private func undo(_ contents: StoreContents, _ error: StoreError) throws(StoreError) -> Never {
        failure = error
        let blocks = unwritten
        unwritten = []
        deletionsToCommit = 0
        for block in blocks {
            if block.written > 0 {
                try files.truncate(try fileForWriting(block.number), to: block.written)
            } else {
                try files.remove(blockPath(block.number))
            }
        }
        if deletions.written > 0 { try files.truncate(try fileForDeletions(), to: deletions.written) }
        closeFiles()
        try load(contents)
        failure = nil
        throw error
    }

    private func removeDiscarded() throws(StoreError) {
        while let block = discarded.last {
            closeFiles()
            try files.remove(summaryPath(block.number))
            try files.remove(blockPath(block.number))
            unsynced.remove(block.number)
            discarded.removeLast()
        }
    }

    /// What may fail without harm: it is tried again with the next flush.
    private func keepHouse(_ contents: StoreContents) {
        tryLater(directory) { () throws(StoreError) in try removeDiscarded() }
        if let block = sparse.popLast(), block.isSealed, contents.blocks.contains(where: { $0 === block }) {
            tryLater(blockPath(block.number)) { () throws(StoreError) in try pack(block, in: contents) }
        }
        let isDue =
            bytesSinceIndex > max(blockSize * 4, indexSize * 4)
            || deletions.written > max(blockSize / 4, indexSize * 2)
        if isDue { tryLater(path(StoreIndex.fileName)) { () throws(StoreError) in try writeIndex(contents) } }
    }

    private func tryLater(_ path: String, _ body: () throws(StoreError) -> Void) {
        do {
            try body()
        } catch {
            report(.postponed(path: path, error: error))
        }
    }
}

extension FileMedium {
    /// Writes down what is there, so that opening need not read it from the blocks.
    func writeIndex(_ contents: StoreContents) throws(StoreError) {
        contents.expirations.filter { sequence in
            let index = contents.blockIndex(sequence)
            return index < contents.blocks.count && contents.blocks[index].holds(sequence)
        }
        let old = deletions.generation
        let bytes = StoreIndex.encode(contents, generation: old + 1, nameKey: nameKey)
        try files.replace(path(StoreIndex.fileName), with: bytes)
        hasNewNames = true
        deletions = DeletionLog(generation: old + 1, indexedThrough: contents.state.lastSequence)
        deletionsToCommit = 0
        needsIndex = false
        indexSize = bytes.count
        bytesSinceIndex = 0
        tryLater(path(DeletionLog.name(old))) { () throws(StoreError) in
            try files.remove(path(DeletionLog.name(old)))
        }
    }

    /// Moves together what is left of a sealed block.
    private func pack(_ block: Block, in contents: StoreContents) throws(StoreError) {
        guard let bytes = try files.contents(of: blockPath(block.number)), bytes.count >= block.size else { return }
        let packed = bytes.withUnsafeBytes {
            block.copyOfLive(from: UnsafeRawBufferPointer(rebasing: $0[block.start..<block.size]), checked: true)
        }
        // What is broken is mended when somebody reads it; until then nothing is thrown away.
        guard let packed, let index = contents.blocks.firstIndex(where: { $0 === block }) else { return }
        let header = BlockHeader(
            number: block.number,
            base: block.base,
            salt: block.salt,
            packedSize: UInt64(packed.size)
        )
        let records = packed.tail.bytes(from: packed.start)
        try files.replace(blockPath(block.number), with: header.bytes(nameKey: nameKey) + records)
        closeFiles()
        packed.written = packed.size
        packed.tail.clear(releasing: true)
        contents.blocks[index] = packed
        try writeSummary(packed)
        packed.forgetDetails()
    }
}
