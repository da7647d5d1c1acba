/// A place on one line that knows its column, as block structure counts it: a tab reaches to the next multiple of four.
struct LineCursor {
    let bytes: [UInt8]
    /// The end of the line's content, line ending excluded.
    let end: Int
    private(set) var offset: Int
    private(set) var column = 0
    /// The columns of the tab at `offset` that are already used.
    private var usedOfTab = 0

    init(_ bytes: [UInt8], line: Range<Int>) {
        self.bytes = bytes
        offset = line.lowerBound
        end = line.upperBound
    }

    var byte: UInt8? { offset < end ? bytes[offset] : nil }

    var isAtSpace: Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }

    /// How many columns of white space lie ahead, counted up to `limit`.
    func indentation(limit: Int = .max) -> Int {
        var cursor = self
        let start = column
        while cursor.isAtSpace, cursor.column - start < limit {
            cursor.advance(columns: 1)
        }
        return cursor.column - start
    }

    /// Steps over `count` columns of white space, or over one byte each where there is none.
    mutating func advance(columns count: Int) {
        var left = count
        while left > 0, let byte {
            if byte == UInt8(ascii: "\t") {
                let width = 4 - column % 4
                let step = min(width, left)
                usedOfTab += step
                column += step
                left -= step
                if step == width {
                    offset += 1
                    usedOfTab = 0
                }
            } else {
                offset += 1
                column += 1
                left -= 1
            }
        }
    }

    mutating func skipSpaces() {
        while isAtSpace {
            advance(columns: 1)
        }
    }
}
