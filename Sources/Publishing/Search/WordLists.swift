/// The words that a misspelt one may have been meant for, by their first letter and their length: a search that finds
/// nothing compares what was typed with a few lists of words, not with all.
struct WordLists {
    /// Shorter words are not looked for misspelt.
    static let shortest = 3
    /// Words from this length on are in one list.
    static let longest = 24

    private struct Key: Hashable, Comparable {
        var letter: String
        var length: Int

        static func < (left: Key, right: Key) -> Bool { (left.letter, left.length) < (right.letter, right.length) }
    }

    private var lists: [Key: [(term: [UInt8], count: Int)]] = [:]

    /// Takes in terms; every term of a list must come after those that were there before.
    mutating func add(_ terms: [(term: [UInt8], count: Int)]) {
        for (term, count) in terms where !term.contains(UInt8(ascii: ":")) {
            let text = String(decoding: term, as: UTF8.self)
            let length = text.unicodeScalars.count
            guard length >= Self.shortest, let letter = text.unicodeScalars.first else { continue }
            lists[Key(letter: String(letter), length: min(length, Self.longest)), default: []].append((term, count))
        }
    }

    /// The rows of each list with its key, such as `c8`, in the order of the keys.
    ///
    /// - Parameter size: a list that would be longer leaves out its rarest words.
    func rows(size: Int) -> [(key: String, bytes: [UInt8])] {
        lists.sorted { $0.key < $1.key }.map { key, words in
            var bytes = Self.rows(words)
            var count = words.count
            while bytes.count > size, count > 1 {
                count = max(1, min(count - 1, count * size / bytes.count))
                let often = words.indices.sorted { (-words[$0].count, $0) < (-words[$1].count, $1) }
                bytes = Self.rows(often.prefix(count).sorted().map { words[$0] })
            }
            return ("\(key.letter)\(key.length)", bytes)
        }
    }

    /// A row for each word: what it shares with the one before, about how often it is, and the rest of it.
    private static func rows(_ words: [(term: [UInt8], count: Int)]) -> [UInt8] {
        var rows: [UInt8] = []
        var previous: [UInt8] = []
        for (term, count) in words {
            let shared = SearchDigits.sharedPrefix(previous, term)
            rows.append(SearchDigits.digit(shared))
            rows.append(SearchDigits.digit(count.bitWidth - count.leadingZeroBitCount))
            rows += term[shared...]
            rows.append(UInt8(ascii: ";"))
            previous = term
        }
        return rows
    }
}
