import CCmark

/// Where a fenced code block stands in its file.
struct FencePlace {
    /// From the opening fence's first mark to behind the closing fence.
    let range: SourceRange
    /// The opening run of backticks or tildes.
    let marks: Range<Int>
    /// What stands behind the run, blanks at both ends left out.
    let info: Range<Int>
    /// The content lines with their line endings and the prefixes of containers.
    let contentBytes: Range<Int>
    /// The columns before the opening fence.
    let indentation: Int
    /// The line that closes the block; nil where none does.
    let closingLine: Int?

    /// Finds the fence of a code block; nil for an indented one.
    ///
    /// libcmark tells neither whether a code block is fenced nor whether a fence is closed.
    init?(_ node: CmarkNode, text: SourceText, lineOffset: Int) {
        let line = node.startLine + lineOffset
        let chain = ContainerChain.around(node, text: text, lineOffset: lineOffset)
        var opening = ContainerChain.content(of: line, in: chain, text: text)
        guard opening.indentation(limit: 4) < 4 else {
            return nil
        }
        opening.skipSpaces()
        guard let mark = Self.run(at: opening, in: text) else {
            return nil
        }
        marks = opening.offset..<opening.offset + mark.count
        info = Self.trimmed(marks.upperBound..<text.lineContent(line).upperBound, in: text)
        indentation = Self.columns(from: text.lineBytes(line).lowerBound, to: marks.lowerBound, in: text)

        let contentEnd = line + 1 + Self.lineCount(of: node)
        contentBytes =
            text.lineBytes(line)
            .upperBound..<max(
                text.lineBytes(line).upperBound, text.lineBytes(contentEnd).lowerBound
            )
        closingLine = Self.closes(mark, on: contentEnd, in: chain, text: text) ? contentEnd : nil
        var end = Self.trimmed(text.lineContent(closingLine ?? max(line, contentEnd - 1)), in: text).upperBound
        end = max(end, marks.upperBound)
        range = SourceRange(start: text.position(of: marks.lowerBound), end: text.position(of: end))
    }

    private static func run(at cursor: LineCursor, in text: SourceText) -> (byte: UInt8, count: Int)? {
        guard let byte = cursor.byte, byte == UInt8(ascii: "`") || byte == UInt8(ascii: "~") else {
            return nil
        }
        let count = text.bytes[cursor.offset..<cursor.end].prefix { $0 == byte }.count
        return count >= 3 ? (byte, count) : nil
    }

    private static func closes(
        _ mark: (byte: UInt8, count: Int),
        on line: Int,
        in chain: ContainerChain?,
        text: SourceText
    ) -> Bool {
        guard line <= text.lineCount else {
            return false
        }
        var cursor = ContainerChain.content(of: line, in: chain, text: text)
        cursor.skipSpaces()
        guard let run = run(at: cursor, in: text), run.byte == mark.byte, run.count >= mark.count else {
            return false
        }
        return trimmed(cursor.offset + run.count..<cursor.end, in: text).isEmpty
    }

    private static func trimmed(_ range: Range<Int>, in text: SourceText) -> Range<Int> {
        var range = range
        while let first = range.first, text.bytes[first] == 0x20 || text.bytes[first] == 0x09 {
            range.removeFirst()
        }
        while let last = range.last, text.bytes[last] == 0x20 || text.bytes[last] == 0x09 {
            range.removeLast()
        }
        return range
    }

    private static func columns(from start: Int, to end: Int, in text: SourceText) -> Int {
        var column = 0
        for byte in text.bytes[start..<end] where byte & 0xC0 != 0x80 {
            column += byte == 0x09 ? 4 - column % 4 : 1
        }
        return column
    }

    /// The number of lines of a code block's text, which libcmark always ends with a line feed.
    private static func lineCount(of node: CmarkNode) -> Int {
        guard var pointer = cmark_node_get_literal(node.pointer) else {
            return 0
        }
        var count = 0
        while pointer.pointee != 0 {
            count += pointer.pointee == 0x0A ? 1 : 0
            pointer += 1
        }
        return count
    }
}

extension CmarkNode {
    /// Whether it holds other blocks.
    var isContainer: Bool {
        type == CMARK_NODE_BLOCK_QUOTE || type == CMARK_NODE_LIST || type == CMARK_NODE_ITEM
    }
}

extension ContainerChain {
    /// The containers around `node`; nil where there are none.
    ///
    /// - Parameter lineOffset: what to add to libcmark's line numbers to get lines of `text`.
    static func around(_ node: CmarkNode, text: SourceText, lineOffset: Int) -> ContainerChain? {
        var containers: [CmarkNode] = []
        var ancestor = node.parent
        while let current = ancestor {
            if current.type == CMARK_NODE_BLOCK_QUOTE || current.type == CMARK_NODE_ITEM {
                containers.append(current)
            }
            ancestor = current.parent
        }
        var chain: ContainerChain?
        for container in containers.reversed() {
            let line = container.startLine + lineOffset
            chain =
                container.type == CMARK_NODE_BLOCK_QUOTE
                ? .quote(in: chain, line: line, of: text) : .item(in: chain, line: line, of: text)
        }
        return chain
    }
}
