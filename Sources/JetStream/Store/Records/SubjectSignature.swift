/// Which subjects may be in a block: a Bloom filter over their hashes.
///
/// Whoever looks for a few subjects passes over blocks in which none of them can be. It takes a two-thousandth of the block;
/// with more than some tens of thousands of subjects in a block, it says that any may be there.
struct SubjectSignature: Hashable {
    private(set) var words: [UInt64]

    /// - Parameter blockSize: the size of the block in bytes.
    init(blockSize: Int) {
        words = [UInt64](repeating: 0, count: max(1, blockSize >> 14))
    }

    init(words: [UInt64]) {
        self.words = words
    }

    /// The hash that places a subject: the same in every process, since signatures are kept in files.
    static func hash(_ subject: UnsafeRawBufferPointer) -> UInt64 { XXHash64.hash(subject, seed: 0) }

    mutating func insert(_ subject: UnsafeRawBufferPointer) {
        let (first, second) = places(of: Self.hash(subject))
        words[first >> 6] |= 1 << UInt64(first & 63)
        words[second >> 6] |= 1 << UInt64(second & 63)
    }

    /// Whether a subject with this ``hash(_:)`` may be there.
    func mayContain(_ hash: UInt64) -> Bool {
        let (first, second) = places(of: hash)
        return words[first >> 6] & 1 << UInt64(first & 63) != 0 && words[second >> 6] & 1 << UInt64(second & 63) != 0
    }

    private func places(of hash: UInt64) -> (Int, Int) {
        let bits = UInt64(words.count * 64)
        return (Int(hash % bits), Int((hash >> 32 | hash << 32) % bits))
    }
}
