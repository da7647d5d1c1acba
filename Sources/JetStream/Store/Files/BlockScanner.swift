/// Goes through a block's bytes record by record, checks each, and finds the next good one after broken ones.
struct BlockScanner {
    let bytes: UnsafeRawBufferPointer
    let key: UInt64
    let base: UInt64

    /// - Parameters:
    ///   - start: where the first record lies.
    ///   - previous: sequences are greater than this.
    ///   - record: called with each good record, its place in memory and its offset.
    ///   - damage: called with each range of bytes that hold no good record.
    func scan(
        from start: Int,
        after previous: UInt64,
        record: (Record, UnsafeRawPointer, Int) -> Void,
        damage: (Range<Int>, UInt64) -> Void
    ) {
        var offset = start
        var last = previous
        while offset < bytes.count {
            if let found = good(at: offset, after: last), let place = bytes.baseAddress {
                record(found, place + offset, offset)
                if found.kind == Record.Kind.message { last = found.sequence }
                offset += found.length
                continue
            }
            var next = offset + 1
            while next < bytes.count, good(at: next, after: last) == nil { next += 1 }
            damage(offset..<next, last)
            offset = next
        }
    }

    private func good(at offset: Int, after last: UInt64) -> Record? {
        guard let start = bytes.baseAddress, offset + Record.smallest <= bytes.count,
            let record = Record(start + offset), offset + record.length <= bytes.count,
            record.kind == Record.Kind.erased || record.sequence > last && record.sequence &- base < Block.span,
            record.isIntact(at: start + offset, key: key)
        else { return nil }
        return record
    }
}
