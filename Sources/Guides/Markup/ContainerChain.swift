/// The quotes and list items around a block, innermost first, and what of a line belongs to them.
///
/// libcmark tells where a block starts, but not where each of its lines does.
final class ContainerChain {
    enum Kind {
        case quote
        /// A line belongs to the item when it is indented by `width` columns.
        case item(width: Int)
    }

    private let kind: Kind
    private let parent: ContainerChain?
    private let depth: Int
    private let firstLine: Int
    /// Behind the marker on `firstLine`.
    private let opening: LineCursor

    private init(kind: Kind, parent: ContainerChain?, firstLine: Int, opening: LineCursor) {
        self.kind = kind
        self.parent = parent
        self.firstLine = firstLine
        self.opening = opening
        depth = (parent?.depth ?? 0) + 1
    }

    /// A quote that starts on `line` inside `parent`.
    static func quote(in parent: ContainerChain?, line: Int, of text: SourceText) -> ContainerChain {
        var cursor = content(of: line, in: parent, text: text)
        _ = stepOverQuote(&cursor)
        return ContainerChain(kind: .quote, parent: parent, firstLine: line, opening: cursor)
    }

    /// A list item that starts on `line` inside `parent`.
    static func item(in parent: ContainerChain?, line: Int, of text: SourceText) -> ContainerChain {
        var cursor = content(of: line, in: parent, text: text)
        let start = cursor.column
        cursor.skipSpaces()
        while let byte = cursor.byte, UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte {
            cursor.advance(columns: 1)
        }
        cursor.advance(columns: 1)
        let marked = cursor.column
        let spaces = cursor.indentation(limit: 5)
        var behind = cursor
        behind.advance(columns: spaces)
        if (1...4).contains(spaces), behind.byte != nil {
            cursor = behind
        } else {
            // Empty, or an indented code block: one space belongs to the marker.
            cursor.advance(columns: min(spaces, 1))
        }
        let width = marked - start + (cursor.column > marked ? cursor.column - marked : 1)
        return ContainerChain(kind: .item(width: width), parent: parent, firstLine: line, opening: cursor)
    }

    /// A cursor behind those markers and indentations of `chain` that `line` has. A lazy line lacks some.
    static func content(of line: Int, in chain: ContainerChain?, text: SourceText) -> LineCursor {
        var pending: [ContainerChain] = []
        var cursor = LineCursor(text.bytes, line: text.lineContent(line))
        var link = chain
        while let current = link {
            if current.firstLine == line {
                cursor = current.opening
                break
            }
            pending.append(current)
            link = current.parent
        }
        for container in pending.reversed() {
            switch container.kind {
            case .quote:
                guard stepOverQuote(&cursor) else {
                    return cursor
                }
            case .item(let width):
                guard cursor.indentation(limit: width) >= width else {
                    return cursor
                }
                cursor.advance(columns: width)
            }
        }
        return cursor
    }

    private static func stepOverQuote(_ cursor: inout LineCursor) -> Bool {
        let indentation = cursor.indentation(limit: 4)
        var behind = cursor
        behind.advance(columns: indentation)
        guard indentation < 4, behind.byte == UInt8(ascii: ">") else {
            return false
        }
        behind.advance(columns: 1)
        if behind.isAtSpace {
            behind.advance(columns: 1)
        }
        cursor = behind
        return true
    }

    /// A chain of thousands would be freed recursively.
    static let depthLimit = 250
    var isTooDeep: Bool { depth >= Self.depthLimit }
}
