import NATSSubjects

extension BlockStore {
    /// So many records are looked through one by one before a table is made of their block.
    private var patience: Int { 512 }

    /// The first message at or after `sequence` on exactly `subject`.
    ///
    /// Where the next one is not near, the block gets a table by subject. Whoever limits the messages of each of many subjects
    /// asks for every message in the block, and each answer takes a binary search then instead of a walk.
    func nextSequence(on subject: [UInt8], from sequence: UInt64) throws(StoreError) -> UInt64? {
        try mending { () throws(StoreError) -> UInt64? in
            let hash = subject.withUnsafeBytes { ByteHash.hash($0) }
            var index = contents.blockIndex(sequence)
            while index < contents.blocks.count {
                let block = contents.blocks[index]
                try learn(block)
                let known = postings
                let found = try known.first(hash, from: sequence, of: block) { (found) throws(StoreError) in
                    guard block.holds(found) else { return false }
                    return try isOn(subject, found)
                }
                if let found { return found }
                let next = max(sequence, block.base, (postings.last(of: block) ?? 0) + 1)
                if let found = try walk(block, from: next, to: subject) { return found }
                index += 1
            }
            return nil
        }
    }

    /// Makes a table of a block, or adds to it what was appended since, where that is more than a few messages.
    private func learn(_ block: Block) throws(StoreError) {
        let next = postings.last(of: block).map { $0 + 1 } ?? block.base
        guard next <= block.last, block.last - next >= patience, let start = try offset(of: next, in: block) else {
            return
        }
        var entries: [Postings.Entry] = []
        try scan(block, from: start) { (record, place, offset) throws(StoreError) in
            try check(record, at: place, offset, of: block)
            guard record.kind == Record.Kind.message, record.sequence >= next, block.holds(record.sequence) else {
                return true
            }
            entries.append(Postings.entry(record.view(at: place).subject, record.sequence, of: block))
            return true
        }
        postings.add(entries, upTo: block.last, of: block)
    }

    private func isOn(_ subject: [UInt8], _ sequence: UInt64) throws(StoreError) -> Bool {
        try withRecord(sequence) { record, place, _, _ in
            subject.withUnsafeBytes { ByteHash.equal($0, record.view(at: place).subject) }
        } ?? false
    }

    private func walk(_ block: Block, from sequence: UInt64, to subject: [UInt8]) throws(StoreError) -> UInt64? {
        guard block.firstLive(from: sequence) != nil, let start = try offset(of: sequence, in: block) else {
            return nil
        }
        var found: UInt64?
        try scan(block, from: start) { (record, place, offset) throws(StoreError) in
            try check(record, at: place, offset, of: block)
            guard record.kind == Record.Kind.message, block.holds(record.sequence) else { return true }
            if subject.withUnsafeBytes({ ByteHash.equal($0, record.view(at: place).subject) }) {
                found = record.sequence
            }
            return found == nil
        }
        return found
    }
}
