import NATSSubjects

extension BlockStore {
    func message(_ sequence: UInt64) throws(StoreError) -> StoredMessage? {
        try mending { () throws(StoreError) -> StoredMessage? in
            try withRecord(sequence) { record, place, _, _ in record.view(at: place).message }
        }
    }

    func withNext<Result>(
        from sequence: UInt64,
        matching filters: [SubjectFilter],
        _ body: (MessageView) -> Result
    ) throws(StoreError) -> Result? {
        var result: Result?
        try visit(from: sequence, matching: filters) { message in
            result = body(message)
            return false
        }
        return result
    }

    func visit(
        from sequence: UInt64,
        matching filters: [SubjectFilter],
        _ body: (MessageView) -> Bool
    ) throws(StoreError) {
        var next = sequence
        try mending { () throws(StoreError) in
            guard let range = bounds(of: filters, from: next) else { return }
            next = range.lowerBound
            var index = contents.blockIndex(next)
            var wanted: Wanted?
            while index < contents.blocks.count {
                let block = contents.blocks[index]
                guard block.base <= range.upperBound else { return }
                let isWhole = block.isSealed && next <= block.base && !filters.isEmpty
                if isWhole, wanted == nil { wanted = self.wanted(filters) }
                if isWhole, let wanted, try !mayHold(wanted, block) {
                    next = block.last + 1
                } else if block.live > 0, try !visit(block, &next, range.upperBound, filters, body) {
                    return
                }
                index += 1
            }
        }
    }

    /// The subjects that a visit is after, as far as they are few.
    private enum Wanted {
        case these(hashes: [UInt64], last: UInt64)
        case many
    }

    /// So many subjects are looked for in a block's signature.
    private var mostWanted: Int { 256 }

    private func wanted(_ filters: [SubjectFilter]) -> Wanted {
        // Where subjects are many, finding out takes as long as going through a block.
        guard contents.subjects.count <= 1 << 18 else { return .many }
        let found = entries(matching: filters)
        guard found.count <= mostWanted else { return .many }
        let hashes = found.map { contents.subjects.withSubject($0) { SubjectSignature.hash($0) } }
        return .these(hashes: hashes, last: found.map { contents.subjects.entries[$0].last }.max() ?? 0)
    }

    /// Whether a message that is looked for may be in a block.
    private func mayHold(_ wanted: Wanted, _ block: Block) throws(StoreError) -> Bool {
        guard case .these(let hashes, let last) = wanted else { return true }
        guard last >= block.base else { return false }
        guard let signature = try medium.signature(of: block) else { return true }
        return hashes.contains { signature.mayContain($0) }
    }

    /// Lends the messages of one block from `next` on.
    ///
    /// - Parameter next: moves on with each message that was lent or passed over.
    /// - Returns: false when `body` wants no more.
    private func visit(
        _ block: Block,
        _ next: inout UInt64,
        _ last: UInt64,
        _ filters: [SubjectFilter],
        _ body: (MessageView) -> Bool
    ) throws(StoreError) -> Bool {
        let from = next
        guard let expected = block.firstLive(from: next) else { return true }
        guard let start = try offset(of: max(next, block.base), in: block) else { throw damage(block, block.size) }
        // The search for the start checks no checksums: a record with a broken sequence may have been passed over.
        var isFirst = true
        var place = start
        var wantsMore = true
        try scan(block, from: start) { (record, bytes, offset) throws(StoreError) in
            place = offset + record.length
            try check(record, at: bytes, offset, of: block)
            guard record.kind == Record.Kind.message, block.holds(record.sequence) else { return true }
            if isFirst, record.sequence != expected { throw damage(block, offset) }
            isFirst = false
            if record.sequence > last { return false }
            let view = record.view(at: bytes)
            if filters.take(view.subject) {
                next = record.sequence + 1
                wantsMore = body(view)
                return wantsMore
            }
            next = record.sequence + 1
            return true
        }
        if !wantsMore {
            cursors.move(from: from, to: Cursors.Place(sequence: next, block: block.identity, offset: place))
        }
        return wantsMore
    }

    /// Between which sequences messages are that `filters` take, as far as that is known without reading.
    private func bounds(of filters: [SubjectFilter], from sequence: UInt64) -> ClosedRange<UInt64>? {
        var first = contents.state.firstSequence
        var last = contents.state.lastSequence
        if !filters.isEmpty && filters.allSatisfy(\.isLiteral) {
            let found = filters.compactMap { filter in filter.pattern.withUnsafeBytes { contents.subjects.find($0) } }
            let entries = found.map { contents.subjects.entries[$0] }
            first = entries.map(\.first).min() ?? .max
            last = entries.map(\.last).max() ?? 0
        }
        let from = max(first, sequence, 1)
        return contents.state.messages > 0 && from <= last ? from...last : nil
    }

    func sequence(at timestamp: Int64) throws(StoreError) -> UInt64 {
        try mending { () throws(StoreError) -> UInt64 in
            for block in contents.blocks where block.lastTimestamp >= timestamp && block.live > 0 {
                var found: UInt64?
                try scan(block, from: try offset(at: timestamp, in: block)) {
                    (record, place, offset) throws(StoreError) in
                    try check(record, at: place, offset, of: block)
                    guard record.timestamp >= timestamp, record.kind == Record.Kind.message,
                        block.holds(record.sequence)
                    else { return true }
                    found = record.sequence
                    return false
                }
                if let found { return found }
            }
            return contents.state.lastSequence + 1
        }
    }

    /// A place in `block` before which all messages are older than `timestamp`.
    private func offset(at timestamp: Int64, in block: Block) throws(StoreError) -> Int {
        let marks = try medium.marks(of: block)
        var low = 0
        var high = marks.count
        while low < high {
            let middle = (low + high) / 2
            if try header(at: Int(marks[middle].offset), of: block).timestamp < timestamp {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low == 0 ? block.start : Int(marks[low - 1].offset)
    }
}

extension BlockStore {
    /// Lends the record of a message with its place in memory and in its block, if the message is there.
    func withRecord<Result>(
        _ sequence: UInt64, _ body: (Record, UnsafeRawPointer, Int, Block) -> Result
    ) throws(StoreError) -> Result? {
        let index = contents.blockIndex(sequence)
        guard index < contents.blocks.count, contents.blocks[index].holds(sequence) else { return nil }
        let block = contents.blocks[index]
        guard let offset = try offset(of: sequence, in: block) else { throw damage(block, block.size) }
        let fixed = try header(at: offset, of: block)
        guard fixed.sequence == sequence,
            let place = try medium.bytes(of: block, at: offset, count: fixed.length).baseAddress
        else { throw damage(block, offset) }
        try check(fixed, at: place, offset, of: block)
        let next = Cursors.Place(sequence: sequence + 1, block: block.identity, offset: offset + fixed.length)
        cursors.move(from: sequence, to: next)
        return body(fixed, place, offset, block)
    }

    /// Where the first message with `sequence` or a later one lies in `block`.
    func offset(of sequence: UInt64, in block: Block) throws(StoreError) -> Int? {
        if sequence <= block.base { return block.start }
        guard sequence <= block.last else { return nil }
        let cursor = cursors.nearest(sequence, in: block.identity)
        var start = cursor?.offset ?? block.start
        if cursor?.sequence != sequence {
            start = max(start, block.nearest(sequence, in: try medium.marks(of: block)))
        }
        var found: Int?
        try scan(block, from: start) { (record, _, offset) in
            if record.kind == Record.Kind.message && record.sequence >= sequence { found = offset }
            return found == nil
        }
        return found
    }

    /// Lends record by record from `start` on until `body` returns false.
    @inline(__always)
    func scan(
        _ block: Block,
        from start: Int,
        _ body: (Record, UnsafeRawPointer, Int) throws(StoreError) -> Bool
    ) throws(StoreError) {
        var offset = start
        var chunk = UnsafeRawBufferPointer(start: nil, count: 0)
        var chunkStart = start
        while offset < block.size {
            if offset + Record.fixedSize > chunkStart + chunk.count {
                chunk = try medium.bytes(of: block, at: offset, count: Record.fixedSize)
                chunkStart = offset
            }
            guard let base = chunk.baseAddress, let record = Record(base + (offset - chunkStart)),
                offset + record.length <= block.size
            else { throw damage(block, offset) }
            if offset + record.length > chunkStart + chunk.count {
                chunk = try medium.bytes(of: block, at: offset, count: record.length)
                chunkStart = offset
            }
            guard let base = chunk.baseAddress else { throw damage(block, offset) }
            guard try body(record, base + (offset - chunkStart), offset) else { return }
            offset += record.length
        }
    }

    /// The fixed part of the record at `offset`.
    func header(at offset: Int, of block: Block) throws(StoreError) -> Record {
        let bytes = try medium.bytes(of: block, at: offset, count: Record.fixedSize)
        guard let base = bytes.baseAddress, let record = Record(base), offset + record.length <= block.size else {
            throw damage(block, offset)
        }
        return record
    }

    @inline(__always)
    func check(_ record: Record, at place: UnsafeRawPointer, _ offset: Int, of block: Block) throws(StoreError) {
        if Medium.hasChecksums && !record.isIntact(at: place, key: block.key) { throw damage(block, offset) }
    }

    func damage(_ block: Block, _ offset: Int) -> StoreError {
        .corrupt(path: String(block.number), offset: offset, reason: "no valid record")
    }
}
