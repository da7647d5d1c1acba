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

/// How wide text is on a terminal.
package enum TerminalCells {
    /// The number of cells that `text` takes: two for East Asian wide characters and emoji, none for combining marks.
    package static func width(of text: String) -> Int {
        text.reduce(0) { $0 + width(of: $1) }
    }

    /// `text` with line breaks in the place of blanks, so that no line takes more than `limit` cells if its words allow.
    ///
    /// - Parameters:
    ///   - column: how many cells stand before the text already.
    ///   - indentation: how many blanks begin each further line.
    package static func wrap(_ text: String, limit: Int?, column: Int, indentation: Int) -> String {
        guard let limit else {
            return text
        }
        var result = ""
        var cells = column
        for (index, word) in text.split(separator: " ", omittingEmptySubsequences: false).enumerated() {
            let width = width(of: String(word))
            if index > 0, cells + 1 + width > limit, cells > indentation {
                result += "\n" + String(repeating: " ", count: indentation)
                cells = indentation
            } else if index > 0 {
                result += " "
                cells += 1
            }
            result += word
            cells += width
        }
        return result
    }

    private static func width(of character: Character) -> Int {
        guard let first = character.unicodeScalars.first else {
            return 0
        }
        if first.properties.isEmojiPresentation || character.unicodeScalars.contains("\u{FE0F}") {
            return 2
        }
        switch first.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format, .control: return 0
        default: break
        }
        switch first.value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
            0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x20000...0x3FFFD:
            return 2
        default: return 1
        }
    }
}
