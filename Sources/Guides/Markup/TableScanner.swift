/// Finds a GFM table in the lines of a paragraph.
struct TableScanner {
    /// A table in a paragraph's content.
    struct Table {
        var alignments: [Markup.Alignment]
        /// The number of the header row's line.
        var firstLine: Int
        /// Each row's cells as ranges of the content, without white space around them, as many as there are alignments.
        var rows: [[Range<Int>]]
    }

    /// So many cells at most are added to short rows: a few bytes could ask for billions.
    static let paddingLimit = 100_000

    private let bytes: [UInt8]
    private let lines: [Range<Int>]

    /// The table in `content`, which starts at the first line that is followed by a delimiter row of as many cells.
    static func scan(_ content: InlineDocument.Content) -> Table? {
        guard content.lines.count > 1, content.bytes.contains(UInt8(ascii: "-")) else {
            return nil
        }
        var lines: [Range<Int>] = []
        for (index, line) in content.lines.enumerated() {
            let end = index + 1 < content.lines.count ? content.lines[index + 1].start - 1 : content.bytes.count
            lines.append(line.start..<end)
        }
        return TableScanner(bytes: content.bytes, lines: lines).scan()
    }

    private func scan() -> Table? {
        for line in 1..<lines.count {
            guard let alignments = alignments(lines[line]) else {
                continue
            }
            let header = cells(lines[line - 1])
            guard header.count == alignments.count else {
                continue
            }
            var padding = Self.paddingLimit
            var rows = [header]
            for row in lines[(line + 1)...] {
                var cells = cells(row)
                if cells.count > alignments.count {
                    cells.removeLast(cells.count - alignments.count)
                } else {
                    let missing = min(alignments.count - cells.count, padding)
                    padding -= missing
                    cells += Array(repeating: row.upperBound..<row.upperBound, count: missing)
                }
                rows.append(cells)
            }
            return Table(alignments: alignments, firstLine: line - 1, rows: rows)
        }
        return nil
    }

    /// The alignments of a delimiter row such as `| :--- | ---: |`, or nil when `line` is none.
    private func alignments(_ line: Range<Int>) -> [Markup.Alignment]? {
        guard bytes[line].allSatisfy({ "|:- \t".utf8.contains($0) }), bytes[line].contains(UInt8(ascii: "-")),
            // Dashes alone underline a heading.
            bytes[line].contains(where: { $0 == UInt8(ascii: "|") || $0 == UInt8(ascii: ":") })
        else {
            return nil
        }
        var result: [Markup.Alignment] = []
        for cell in cells(line) {
            var dashes = bytes[cell]
            let left = dashes.first == UInt8(ascii: ":")
            if left {
                dashes.removeFirst()
            }
            let right = dashes.last == UInt8(ascii: ":")
            if right {
                dashes.removeLast()
            }
            guard !dashes.isEmpty, dashes.allSatisfy({ $0 == UInt8(ascii: "-") }) else {
                return nil
            }
            result.append(left ? (right ? .center : .left) : (right ? .right : .none))
        }
        return result
    }

    private func cells(_ line: Range<Int>) -> [Range<Int>] {
        let line = trimmed(line)
        var cells: [Range<Int>] = []
        var start = line.lowerBound
        if start < line.upperBound, bytes[start] == UInt8(ascii: "|") {
            start += 1
        }
        var index = start
        while index < line.upperBound {
            switch bytes[index] {
            case UInt8(ascii: "\\"):
                index += 2
            case UInt8(ascii: "|"):
                cells.append(trimmed(start..<index))
                index += 1
                start = index
            default:
                index += 1
            }
        }
        let last = trimmed(min(start, line.upperBound)..<line.upperBound)
        if !last.isEmpty {
            cells.append(last)
        }
        return cells
    }

    private func trimmed(_ range: Range<Int>) -> Range<Int> {
        var range = range
        while let first = bytes[range].first, first == UInt8(ascii: " ") || first == UInt8(ascii: "\t") {
            range = range.lowerBound + 1..<range.upperBound
        }
        while let last = bytes[range].last, last == UInt8(ascii: " ") || last == UInt8(ascii: "\t") {
            range = range.lowerBound..<range.upperBound - 1
        }
        return range
    }
}
