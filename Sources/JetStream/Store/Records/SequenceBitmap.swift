/// Which sequences of a block are not there any more, counted from the block's first one. Takes no memory while all are there.
struct SequenceBitmap: Equatable {
    private(set) var words: [UInt64] = []
    /// How many are not there.
    private(set) var count = 0

    init() {}

    /// From words that were written out; bits beyond `span` are dropped.
    init(words: [UInt64], span: Int) {
        self.words = words
        let whole = span / 64
        if words.count > whole + 1 { self.words.removeLast(words.count - whole - 1) }
        if words.count > whole { self.words[whole] &= (1 << UInt64(span % 64)) - 1 }
        count = self.words.reduce(0) { $0 + $1.nonzeroBitCount }
    }

    func contains(_ index: Int) -> Bool {
        let word = index >> 6
        return word < words.count && words[word] & (1 << UInt64(index & 63)) != 0
    }

    /// - Returns: false where it was set already.
    @discardableResult
    mutating func insert(_ index: Int) -> Bool {
        let word = index >> 6
        if word >= words.count { grow(to: word) }
        let bit: UInt64 = 1 << UInt64(index & 63)
        if words[word] & bit != 0 { return false }
        words[word] |= bit
        count += 1
        return true
    }

    /// - Returns: how many of `range` were not set before.
    @discardableResult
    mutating func insert(_ range: Range<Int>) -> Int {
        guard !range.isEmpty else { return 0 }
        let before = count
        let last = (range.upperBound - 1) >> 6
        if last >= words.count { grow(to: last) }
        for word in range.lowerBound >> 6...last {
            var mask = UInt64.max
            if word == range.lowerBound >> 6 { mask &= UInt64.max << UInt64(range.lowerBound & 63) }
            if word == last { mask &= UInt64.max >> UInt64(63 - (range.upperBound - 1) & 63) }
            count += (mask & ~words[word]).nonzeroBitCount
            words[word] |= mask
        }
        return count - before
    }

    /// The first index at or after `index` that is not set. It may lie behind the block's last sequence.
    func firstClear(from index: Int) -> Int {
        var word = index >> 6
        guard word < words.count else { return index }
        var free = ~words[word] & UInt64.max << UInt64(index & 63)
        while free == 0 {
            word += 1
            guard word < words.count else { return word << 6 }
            free = ~words[word]
        }
        return word << 6 + free.trailingZeroBitCount
    }

    /// The first index at or after `index` that is set, `nil` where none is.
    func firstSet(from index: Int) -> Int? {
        var word = index >> 6
        guard word < words.count else { return nil }
        var set = words[word] & UInt64.max << UInt64(index & 63)
        while set == 0 {
            word += 1
            guard word < words.count else { return nil }
            set = words[word]
        }
        return word << 6 + set.trailingZeroBitCount
    }

    /// How many before `index` are set.
    func countSet(before index: Int) -> Int {
        var sum = 0
        let whole = min(index >> 6, words.count)
        for word in 0..<whole { sum += words[word].nonzeroBitCount }
        if whole < words.count, index & 63 != 0 {
            sum += (words[whole] & ((1 << UInt64(index & 63)) - 1)).nonzeroBitCount
        }
        return sum
    }

    private mutating func grow(to word: Int) {
        if words.capacity <= word { words.reserveCapacity(max(word + 1, words.count * 2)) }
        words.append(contentsOf: repeatElement(0, count: word + 1 - words.count))
    }
}
