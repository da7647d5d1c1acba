/// A guide's text behind the front matter, in which some stretches may have been written anew, line by line.
///
/// Positions in it lead back to the file.
struct BodyText {
    /// One stretch of a line that was replaced.
    struct Edit {
        /// Behind the stretch, as a column (from 0) of the rewritten line.
        var column: Int
        /// Add it to columns from there on to have those of the file.
        var shift: Int
    }

    private(set) var text: SourceText
    /// Add it to line numbers to have those of the file.
    let lineOffset: Int
    private var edits: [Int: [Edit]] = [:]

    init(_ guide: Guide) {
        text = SourceText(Array(guide.source[guide.bodyOffset...]))
        lineOffset = guide.bodyLineOffset
    }

    /// The position in the file of byte `offset`.
    func position(of offset: Int) -> SourcePosition {
        let position = text.position(of: min(max(offset, 0), text.bytes.count))
        return self.position(line: position.line, column: position.column)
    }

    /// The position in the file of a line and a column (both from 1) of the body.
    func position(line: Int, column: Int) -> SourcePosition {
        var shift = 0
        for edit in edits[line] ?? [] where edit.column < column {
            shift = edit.shift
        }
        return SourcePosition(line: line + lineOffset, column: column + shift)
    }

    /// Replaces byte ranges, in ascending order, each inside one line and at most one a line, by `replacement`.
    mutating func replace(_ ranges: [Range<Int>], with replacement: [UInt8]) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.bytes.count)
        var copied = 0
        for range in ranges {
            bytes += text.bytes[copied..<range.lowerBound]
            bytes += replacement
            copied = range.upperBound
            let position = text.position(of: range.lowerBound)
            let before = edits[position.line]?.last?.shift ?? 0
            edits[position.line, default: []].append(
                Edit(
                    column: position.column - 1 + replacement.count,
                    shift: before + range.count - replacement.count
                )
            )
        }
        bytes += text.bytes[copied...]
        text = SourceText(bytes)
    }
}
