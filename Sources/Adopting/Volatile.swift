import Proving

/// Parts of an output that are others each time: times, durations, identifiers, figures.
enum Volatile {
    /// Whether what differs is nothing but such parts.
    static func areAlike(_ mismatch: Mismatch) -> Bool {
        func text(_ side: Mismatch.Side) -> [String] {
            mismatch.lines.filter { $0.side == side || $0.side == .both }.map { leveled($0.text) }
                .filter { !$0.isEmpty }
        }
        return text(.expected) == text(.actual)
    }

    /// A line in which each number and each long word with digits or capitals is a `#`, and each run of blanks one blank.
    static func leveled(_ line: String) -> String {
        line.split(whereSeparator: \.isWhitespace).map { word -> String in
            let pieces = word.split(omittingEmptySubsequences: false) { !$0.isLetter && !$0.isNumber && $0 != "µ" }
            let isIdentifier = pieces.contains { piece in
                piece.count >= 20 && piece.allSatisfy { $0.isUppercase || $0.isNumber || $0.isLetter }
            }
            if isIdentifier || word.contains(where: \.isNumber) { return "#" }
            return String(word)
        }.joined(separator: " ")
    }
}
