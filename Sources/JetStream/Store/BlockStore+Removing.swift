extension BlockStore {
    private func size(of record: Record) -> Int {
        Medium.storedSize(payload: record.payload, hasHeader: record.headerLength > 0)
    }

    @discardableResult
    func remove(_ sequence: UInt64, secure: Bool) throws(StoreError) -> Bool {
        let removed = try mending { () throws(StoreError) -> Bool in
            let removed = try withRecord(sequence) { record, place, offset, block in
                let subject = record.view(at: place).subject
                contents.remove(sequence, subject: subject, storedSize: size(of: record), from: block)
                medium.noteRemoval(sequence, of: block, subject: subject, storedSize: size(of: record))
                return (record, offset, block)
            }
            guard let (record, offset, block) = removed else { return false }
            if secure { try medium.erase(record, at: offset, of: block) }
            tidy(block)
            return true
        }
        if removed { try findFirst() }
        return removed
    }

    func skip(to sequence: UInt64, timestamp: Int64) throws(StoreError) {
        guard sequence > contents.state.lastSequence else { return }
        let nothing = UnsafeRawBufferPointer(start: nil, count: 0)
        try append(
            sequence: sequence, timestamp: timestamp, expires: 0, subject: nothing, header: nothing, body: nothing)
        try remove(sequence, secure: false)
    }

    @discardableResult
    func compact(to sequence: UInt64) throws(StoreError) -> Int {
        guard !isClosed else { throw .closed }
        let before = contents.state.messages
        if sequence > contents.state.lastSequence {
            let blocks = contents.blocks
            if before > 0 || sequence > contents.state.lastSequence + 1 { medium.noteBulkRemoval() }
            contents.removeAll(continuingAt: sequence)
            cursors.removeAll()
            for block in blocks { medium.discard(block) }
            return Int(before)
        }
        guard sequence > contents.state.firstSequence else { return 0 }
        let isBulk = Int(before) - contents.live(from: sequence) > bulk
        if isBulk { medium.noteBulkRemoval() }
        try removeAll(before: sequence, noting: !isBulk)
        try findFirst()
        return Int(before - contents.state.messages)
    }

    @discardableResult
    func purge(matching filter: SubjectFilter?, before sequence: UInt64?, keep: Int?) throws(StoreError) -> Int {
        guard !isClosed else { throw .closed }
        let end = sequence ?? contents.state.lastSequence + 1
        guard let filter else {
            guard let keep, keep > 0 else { return try compact(to: end) }
            let first = try firstOfLast(keep)
            return try compact(to: sequence.map { min($0, first) } ?? first)
        }
        var most = UInt64.max
        if let keep, keep > 0 {
            let messages = entries(matching: [filter]).reduce(UInt64(0)) { sum, index in
                sum + contents.subjects.entries[index].messages
            }
            most = messages - min(messages, UInt64(keep))
        }
        var going: [UInt64] = []
        try visit(from: 0, matching: [filter]) { message in
            guard message.sequence < end, UInt64(going.count) < most else { return false }
            going.append(message.sequence)
            return true
        }
        for sequence in going { try remove(sequence, secure: false) }
        return going.count
    }
}

extension BlockStore {
    /// The sequence of the first of the last `keep` messages.
    private func firstOfLast(_ keep: Int) throws(StoreError) -> UInt64 {
        guard contents.state.messages > UInt64(keep) else { return contents.state.firstSequence }
        var low = contents.state.firstSequence
        var high = contents.state.lastSequence
        while low < high {
            let middle = low + (high - low) / 2 + 1
            if contents.live(from: middle) >= keep { low = middle } else { high = middle - 1 }
        }
        return low
    }

    private func removeAll(before sequence: UInt64, noting: Bool) throws(StoreError) {
        try mending { () throws(StoreError) in
            while let block = contents.blocks.first, block.base < sequence {
                try scan(block, from: block.start) { (record, place, offset) throws(StoreError) in
                    try check(record, at: place, offset, of: block)
                    if record.sequence >= sequence { return false }
                    guard record.kind == Record.Kind.message, block.holds(record.sequence) else { return true }
                    let subject = record.view(at: place).subject
                    contents.remove(record.sequence, subject: subject, storedSize: size(of: record), from: block)
                    if noting {
                        medium.noteRemoval(
                            record.sequence,
                            of: block,
                            subject: subject,
                            storedSize: size(of: record)
                        )
                    }
                    return true
                }
                guard block.live == 0, block.isSealed else { return tidy(block) }
                drop(block)
            }
        }
    }

    /// Sets the first sequence and its time anew where the first message is not there any more.
    func findFirst() throws(StoreError) {
        if contents.state.messages == 0 {
            // A store in which nothing ever was has no first sequence, not even a next one.
            return contents.state.lastSequence > 0 || contents.state.firstSequence > 0 ? contents.markEmpty() : ()
        }
        guard !holds(contents.state.firstSequence),
            let first = contents.firstLive(from: contents.state.firstSequence)
        else { return }
        contents.state.firstSequence = first
        try mending { () throws(StoreError) in
            // Mending may find that this one is broken, and sets the first one itself.
            let index = contents.blockIndex(first)
            guard index < contents.blocks.count, contents.blocks[index].holds(first) else { return }
            let block = contents.blocks[index]
            guard let offset = try offset(of: first, in: block) else { throw damage(block, block.size) }
            let record = try header(at: offset, of: block)
            guard record.sequence == first else { throw damage(block, offset) }
            contents.state.firstTimestamp = record.timestamp
            // It is the one that goes next, mostly.
            cursors.move(from: first, to: Cursors.Place(sequence: first, block: block.identity, offset: offset))
        }
    }

    /// Lets go of a block in which nothing or little is left.
    private func tidy(_ block: Block) {
        guard block.isSealed else { return }
        if block.live == 0 { drop(block) } else { checkSparse(block) }
    }

    private func drop(_ block: Block) {
        guard let index = contents.blocks.firstIndex(where: { $0 === block }) else { return }
        contents.blocks.remove(at: index)
        medium.discard(block)
    }

    /// A block from whose front messages go will go soon as a whole: that one is left alone for longer.
    func checkSparse(_ block: Block) {
        let share = contents.blocks.first === block ? 8 : 2
        if block.liveSize * share < block.size - block.start { medium.noteSparse(block, in: contents) }
    }
}
