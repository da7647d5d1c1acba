/// Replaces lines of a guide's blocks, keeping the prefixes of the lists and quotes that they stand in.
package struct GuideRewriter {
    private let guide: Guide
    private let text: SourceText
    /// New lines, with endings, for ranges of the guide's lines (from 1).
    private var edits: [(lines: Range<Int>, with: [[UInt8]])] = []
    /// New content by the index of its block; it may need a longer fence.
    private var contents: [Int: [String]] = [:]

    package init(guide: Guide) {
        self.guide = guide
        text = SourceText(guide.source)
    }

    /// Replaces lines of a block's content.
    ///
    /// - Parameters:
    ///   - lines: numbers of the guide's lines, from 1; empty to put something in before a line. Ranges of several calls must
    ///     not overlap.
    ///   - content: the new lines as the block has them, without endings and prefixes.
    package mutating func replace(lines: Range<Int>, of block: Block, with content: [String]) {
        let container = prefix(of: block)
        let ending = lineEnding
        edits.append((lines, content.map { prefix(for: $0, container) + Array($0.utf8) + ending }))
        contents[block.index, default: []] += content
    }

    /// The guide's new bytes.
    package func bytes() -> [UInt8] {
        var all = edits
        for (index, content) in contents {
            all += longerFence(guide.blocks[index], content)
        }
        var result: [UInt8] = []
        result.reserveCapacity(guide.source.count)
        var position = 1
        for edit in all.sorted(by: {
            ($0.lines.lowerBound, $0.lines.upperBound) < ($1.lines.lowerBound, $1.lines.upperBound)
        }) {
            for number in position..<edit.lines.lowerBound { result += text.bytes[text.lineBytes(number)] }
            for line in edit.with { result += line }
            position = edit.lines.upperBound
        }
        for number in position..<max(position, text.lineCount + 1) { result += text.bytes[text.lineBytes(number)] }
        return result
    }

    /// `\r\n` in a guide that has it.
    private var lineEnding: [UInt8] {
        text.bytes[text.lineBytes(1)].suffix(2) == [0x0d, 0x0a] ? [0x0d, 0x0a] : [0x0a]
    }

    /// What stands before a block's lines: quote marks and indentation. List markers become spaces.
    private func prefix(of block: Block) -> [UInt8] {
        let opening = text.bytes[text.lineBytes(block.range.start.line)]
        return opening.prefix(block.range.start.column - 1).map { byte in
            byte == UInt8(ascii: ">") || byte == UInt8(ascii: "\t") ? byte : UInt8(ascii: " ")
        }
    }

    /// Blank lines get no trailing space.
    private func prefix(for line: String, _ prefix: [UInt8]) -> [UInt8] {
        guard line.isEmpty else { return prefix }
        return Array(prefix.reversed().drop { $0 == UInt8(ascii: " ") }.reversed())
    }

    /// New fence lines where the content holds a line that would close the block.
    private func longerFence(_ block: Block, _ content: [String]) -> [(lines: Range<Int>, with: [[UInt8]])] {
        let (start, end) = (block.range.start.line, block.range.end.line)
        let opening = text.bytes[text.lineBytes(start)]
        let closing = text.bytes[text.lineBytes(end)]
        let fence = opening.dropFirst(block.range.start.column - 1)
        guard let mark = fence.first, mark == UInt8(ascii: "`") || mark == UInt8(ascii: "~") else { return [] }
        let length = fence.prefix { $0 == mark }.count
        let longest =
            content.map { line in line.utf8.drop { $0 == UInt8(ascii: " ") }.prefix { $0 == mark }.count }.max() ?? 0
        guard longest >= length, let closingFence = closing.firstIndex(of: mark) else { return [] }
        let more = [UInt8](repeating: mark, count: longest + 1 - length)
        let place = opening.startIndex + block.range.start.column - 1
        return [
            (start..<start + 1, [Array(opening[..<place]) + more + Array(opening[place...])]),
            (end..<end + 1, [Array(closing[..<closingFence]) + more + Array(closing[closingFence...])]),
        ]
    }
}
