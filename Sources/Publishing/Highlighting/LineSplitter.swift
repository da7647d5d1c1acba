/// Splits tokens at line ends, for pages that show lines one by one.
enum LineSplitter {
    /// The tokens of each line, line ends left out. A line end at the text's end starts no further line.
    static func split(_ tokens: [Token], of text: UnsafeBufferPointer<UInt8>) -> [[Token]] {
        var lines: [[Token]] = []
        var line: [Token] = []
        for token in tokens {
            var start = token.range.lowerBound
            while let end = text[start..<token.range.upperBound].firstIndex(of: UInt8(ascii: "\n")) {
                if end > start {
                    line.append(Token(kind: token.kind, range: start..<end))
                }
                lines.append(line)
                line = []
                start = end + 1
            }
            if start < token.range.upperBound {
                line.append(Token(kind: token.kind, range: start..<token.range.upperBound))
            }
        }
        if !line.isEmpty {
            lines.append(line)
        }
        return lines
    }
}
