/// A line of a file as a terminal shows it, with the cells that a range takes in it.
struct SourceExcerpt {
    private(set) var line: String
    /// The cells before the mark, and those that it takes; at least one.
    private(set) var mark: (before: Int, width: Int)

    /// - Parameters:
    ///   - bytes: the line without its ending.
    ///   - range: the bytes that are marked, counted from the line's first.
    ///   - limit: the number of cells that there are. What does not fit is left out on the side that is farther from the
    ///     mark, with `…` in its place.
    init(_ line: ArraySlice<UInt8>, marking marked: Range<Int>, limit: Int) {
        let (bytes, range) = Self.surroundings(of: marked, in: line, limit: limit)
        let before = TerminalCells.width(of: Self.printable(bytes.prefix(range.lowerBound)))
        let width = TerminalCells.width(of: Self.printable(bytes.dropFirst(range.lowerBound).prefix(range.count)))
        self.line = Self.printable(bytes)
        mark = (before, max(1, width))
        if limit > 8, bytes.count < line.count || TerminalCells.width(of: self.line) > limit {
            cut(to: limit)
        }
    }

    /// The part of `line` in which everything lies that can be shown, so that work does not grow with the line; and the
    /// range in it.
    private static func surroundings(
        of range: Range<Int>,
        in line: ArraySlice<UInt8>,
        limit: Int
    ) -> (bytes: ArraySlice<UInt8>, range: Range<Int>) {
        // No character of one cell takes more bytes, combining marks aside.
        let reach = max(limit, 8) * 8
        guard line.count > 2 * reach else {
            return (line, range)
        }
        let isBoundary = { (index: Int) in index == line.endIndex || line[index] & 0xC0 != 0x80 }
        var start = line.startIndex + max(0, range.lowerBound - reach)
        while !isBoundary(start) { start += 1 }
        var end = line.startIndex + min(line.count, range.lowerBound + reach)
        while !isBoundary(end) { end += 1 }
        let hidden = start - line.startIndex
        return (line[start..<end], range.lowerBound - hidden..<min(range.upperBound - hidden, end - start))
    }

    private mutating func cut(to limit: Int) {
        // A third of the line stands before the mark, if the mark would not be seen otherwise.
        let start = mark.before + mark.width < limit ? 0 : max(0, mark.before - limit / 3)
        var cell = 0
        var shown = start > 0 ? "…" : ""
        var width = start > 0 ? 1 : 0
        var hidden = 0
        for character in line {
            let cells = TerminalCells.width(of: String(character))
            defer { cell += cells }
            if start > 0, cell <= start {
                hidden = cell + cells
                continue
            }
            guard width + cells < limit else {
                shown += "…"
                break
            }
            shown.append(character)
            width += cells
        }
        let before = start > 0 ? mark.before - hidden + 1 : mark.before
        line = shown
        mark = (max(0, before), max(1, min(mark.width, limit - before)))
    }

    /// The bytes as text that a terminal shows in one line: tabs as four blanks, control characters as `�`.
    private static func printable(_ bytes: ArraySlice<UInt8>) -> String {
        var result = ""
        for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
            switch scalar.value {
            case 0x09: result += "    "
            case 0..<0x20, 0x7F: result += "\u{FFFD}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
