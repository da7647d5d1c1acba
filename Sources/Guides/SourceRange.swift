/// A place in a text file: a line and a column, both counted from 1.
///
/// The column counts UTF-8 bytes, as libcmark does; whoever prints a caret under a line converts it to terminal cells.
package struct SourcePosition: Sendable, Hashable, Comparable, Codable {
    package var line: Int
    package var column: Int

    package init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    package static func < (left: SourcePosition, right: SourcePosition) -> Bool {
        (left.line, left.column) < (right.line, right.column)
    }
}

/// A stretch of a text file from `start` to `end`, where `end` is the position just behind its last byte.
package struct SourceRange: Sendable, Hashable, Codable {
    package var start: SourcePosition
    package var end: SourcePosition

    package init(start: SourcePosition, end: SourcePosition) {
        self.start = start
        self.end = end
    }

    /// The range of `length` bytes that starts at `line` and `column`.
    package init(line: Int, column: Int, length: Int = 1) {
        self.init(
            start: SourcePosition(line: line, column: column),
            end: SourcePosition(line: line, column: column + length)
        )
    }
}
