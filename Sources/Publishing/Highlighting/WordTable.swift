/// A set of words that is asked with bytes.
///
/// Words of up to eight bytes are packed into an integer, longer ones are hashed (FNV-1a); a clash of two long words
/// would give one of them a wrong colour and nothing worse.
struct WordTable: Sendable, ExpressibleByStringLiteral {
    private var keys: Set<UInt64> = []
    private let folded: Bool

    /// - Parameters:
    ///   - words: separated by blanks or line ends.
    ///   - ignoringCase: ASCII letters match in either case.
    init(_ words: String, ignoringCase: Bool = false) {
        folded = ignoringCase
        for word in words.split(whereSeparator: \.isWhitespace) {
            Array(word.utf8).withUnsafeBufferPointer { bytes in
                _ = keys.insert(Self.key(bytes, folded: ignoringCase))
            }
        }
    }

    init(stringLiteral words: String) {
        self.init(words)
    }

    var isEmpty: Bool { keys.isEmpty }

    func contains(_ word: UnsafeBufferPointer<UInt8>) -> Bool {
        !keys.isEmpty && keys.contains(Self.key(word, folded: folded))
    }

    private static func key(_ word: UnsafeBufferPointer<UInt8>, folded: Bool) -> UInt64 {
        var packed: UInt64 = word.count <= 8 ? 0 : 0xcbf2_9ce4_8422_2325
        for byte in word {
            let letter = folded && (0x41...0x5a).contains(byte) ? byte | 0x20 : byte
            packed = word.count <= 8 ? packed << 8 | UInt64(letter) : (packed ^ UInt64(letter)) &* 0x100_0000_01b3
        }
        return packed
    }
}
