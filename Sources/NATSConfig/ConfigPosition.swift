/// A place in a configuration file, counted the way nats-server counts it.
///
/// nats-server measures a column from the line break before it, so columns start at 1 on every line but the first, where
/// they start at 0. Messages repeat its numbers; ``columnFromOne`` is for whoever draws a caret.
package struct ConfigPosition: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The file's path as it was asked for, or as an `include` made it.
    package var file: String
    /// Counted from 1.
    package var line: Int
    /// In bytes; see above for where it starts.
    package var column: Int

    package init(file: String, line: Int, column: Int) {
        self.file = file
        self.line = line
        self.column = column
    }

    /// The column in bytes, counted from 1 on every line.
    package var columnFromOne: Int {
        line == 1 ? column + 1 : column
    }

    /// `file:line:column`, as nats-server writes it before a message.
    package var description: String {
        "\(file):\(line):\(column)"
    }

    package static func < (left: ConfigPosition, right: ConfigPosition) -> Bool {
        (left.file, left.line, left.column) < (right.file, right.line, right.column)
    }
}
