import Guides

/// Replaces lines of a guide, keeping the prefixes of the lists and quotes that they stand in.
struct Rewriter {
    private let guide: Guide
    /// The guide's lines with their endings.
    private let lines: [ArraySlice<UInt8>]
    /// New content for line ranges (from 0), in rising order once sorted.
    private var edits: [(range: Range<Int>, with: [[UInt8]])] = []
    private(set) var changes: [Acceptance.Change] = []
    /// Blocks with new content, and the longest run of fence characters in it.
    private var fences: [Int: [String]] = [:]

    init(guide: Guide) {
        self.guide = guide
        var lines: [ArraySlice<UInt8>] = []
        var rest = guide.source[...]
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            lines.append(rest[...end])
            rest = rest[(end + 1)...]
        }
        if !rest.isEmpty { lines.append(rest) }
        self.lines = lines
    }

    /// Replaces what `block` shows as the output of `step`.
    mutating func replace(
        in block: Block,
        after step: Step,
        with output: [String],
        change: Acceptance.Change
    ) {
        guard let shown = step.expectation else { return }
        let significant = shown.significantLines
        let first: Int
        if block.kind == .console {
            // Directly behind the command's last line.
            first = step.line + step.command.split(separator: "\n", omittingEmptySubsequences: false).count
        } else {
            first = block.contentLine
        }
        let range = first - 1..<first - 1 + significant.count
        let container = prefix(of: block)
        let ending = lineEnding
        edits.append((range, output.map { prefix(for: $0, container) + Array($0.utf8) + ending }))
        fences[block.index, default: []] += output
        changes.append(Acceptance.Change(block: change.block, line: first, command: change.command))
    }

    func bytes() -> [UInt8] {
        var all = edits
        for (index, output) in fences {
            all += longerFence(guide.blocks[index], output)
        }
        var result: [UInt8] = []
        result.reserveCapacity(guide.source.count)
        var position = 0
        for edit in all.sorted(by: {
            ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound)
        }) {
            for line in lines[position..<edit.range.lowerBound] { result += line }
            for line in edit.with { result += line }
            position = edit.range.upperBound
        }
        for line in lines[position...] { result += line }
        return result
    }

    /// `\r\n` in a guide that has it.
    private var lineEnding: [UInt8] {
        lines.first?.suffix(2) == [0x0d, 0x0a] ? [0x0d, 0x0a] : [0x0a]
    }

    /// What stands before a block's lines: quote marks and indentation. List markers become spaces.
    private func prefix(of block: Block) -> [UInt8] {
        let opening = lines[block.range.start.line - 1]
        return opening.prefix(block.range.start.column - 1).map { byte in
            byte == UInt8(ascii: ">") || byte == UInt8(ascii: "\t") ? byte : UInt8(ascii: " ")
        }
    }

    /// Blank lines get no trailing space.
    private func prefix(for line: String, _ prefix: [UInt8]) -> [UInt8] {
        guard line.isEmpty else { return prefix }
        return Array(prefix.reversed().drop { $0 == UInt8(ascii: " ") }.reversed())
    }

    /// New fence lines where the output holds a line that would close the block.
    private func longerFence(_ block: Block, _ output: [String]) -> [(range: Range<Int>, with: [[UInt8]])] {
        let opening = lines[block.range.start.line - 1]
        let closing = lines[block.range.end.line - 1]
        let fence = opening.dropFirst(block.range.start.column - 1)
        guard let mark = fence.first, mark == UInt8(ascii: "`") || mark == UInt8(ascii: "~") else { return [] }
        let length = fence.prefix { $0 == mark }.count
        let longest =
            output.map { line in line.utf8.drop { $0 == UInt8(ascii: " ") }.prefix { $0 == mark }.count }.max() ?? 0
        guard longest >= length, let closingFence = closing.firstIndex(of: mark) else { return [] }
        let more = [UInt8](repeating: mark, count: longest + 1 - length)
        let start = block.range.start.line - 1
        let end = block.range.end.line - 1
        let place = opening.startIndex + block.range.start.column - 1
        return [
            (start..<start + 1, [Array(opening[..<place]) + more + Array(opening[place...])]),
            (end..<end + 1, [Array(closing[..<closingFence]) + more + Array(closing[closingFence...])]),
        ]
    }
}
