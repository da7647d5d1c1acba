/// Finds footnote definitions (`[^label]: text`) and makes them list items, which libcmark parses by the same rules:
/// whatever is indented by four columns belongs to it.
struct FootnoteScanner {
    /// One definition, found by where its item starts in the rewritten body.
    struct Definition {
        var label: String
        /// From `[^` to `]:`.
        var range: SourceRange
    }

    struct Place: Hashable {
        var line: Int
        /// From 1, in the rewritten body.
        var column: Int
    }

    /// Definitions inside definitions are found to this depth.
    private static let rounds = 8
    /// What is in doubt after so many attempts stays text.
    private static let attempts = 4

    private(set) var body: BodyText
    private(set) var definitions: [Place: Definition] = [:]
    private(set) var tree: CmarkTree?
    /// Whether there may be footnotes, or references to them.
    let mayHoldFootnotes: Bool
    private let marker: [UInt8]

    /// What turned out to be no definition, once those before it were items.
    private var excluded: Set<SourcePosition> = []

    init(_ body: BodyText) {
        self.body = body
        marker = Self.unusedMarker(in: body.text.bytes)
        tree = CmarkTree(body.text.bytes)
        mayHoldFootnotes = Self.mayDefine(body.text.bytes)
        guard mayHoldFootnotes else {
            return
        }
        for _ in 0..<Self.attempts {
            scan()
            let lost = lostDefinitions()
            guard !lost.isEmpty else {
                return
            }
            excluded.formUnion(lost)
            self.body = body
            definitions = [:]
            tree = CmarkTree(body.text.bytes)
        }
    }

    private mutating func scan() {
        for _ in 0..<Self.rounds {
            guard let tree, rewrite(LineOutline(tree, text: self.body.text)) else {
                return
            }
            self.tree = CmarkTree(body.text.bytes)
        }
    }

    /// Where definitions start that are no items in the tree.
    private func lostDefinitions() -> [SourcePosition] {
        var lost = definitions
        tree?.walk { node, entering in
            if entering, node.isItem {
                lost[Place(line: node.startLine, column: node.startColumn)] = nil
            }
        }
        return lost.values.map(\.range.start)
    }

    private mutating func rewrite(_ lines: LineOutline) -> Bool {
        var ranges: [Range<Int>] = []
        for line in 1...body.text.lineCount where !lines.isOpaque(line) {
            let bytes = body.text.bytes[body.text.lineContent(line)]
            guard Self.mayDefine(bytes) else {
                continue
            }
            var cursor = ContainerChain.content(of: line, in: lines.chain(at: line), text: body.text)
            guard cursor.indentation(limit: 4) < 4 else {
                continue
            }
            cursor.skipSpaces()
            guard let found = Self.definition(at: cursor.offset, before: cursor.end, in: body.text.bytes),
                // An empty list item would not end the paragraph before it.
                found.end < cursor.end || isBlank(line - 1),
                !excluded.contains(body.position(of: cursor.offset))
            else {
                continue
            }
            let column = cursor.offset - bytes.startIndex + 1
            definitions[Place(line: line, column: column)] = Definition(
                label: String(decoding: body.text.bytes[found.label], as: UTF8.self),
                range: SourceRange(
                    start: body.position(of: cursor.offset),
                    end: body.position(of: found.label.upperBound + 2)
                )
            )
            ranges.append(cursor.offset..<found.end)
        }
        guard !ranges.isEmpty else {
            return false
        }
        body.replace(ranges, with: marker)
        return true
    }

    private func isBlank(_ line: Int) -> Bool {
        body.text.bytes[body.text.lineContent(line)].allSatisfy { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
    }

    /// The label of a definition that starts at `start`, and where its text starts.
    private static func definition(
        at start: Int,
        before end: Int,
        in bytes: [UInt8]
    ) -> (label: Range<Int>, end: Int)? {
        guard let label = label(at: start, before: end, in: bytes), label.upperBound + 1 < end,
            bytes[label.upperBound + 1] == UInt8(ascii: ":")
        else {
            return nil
        }
        var index = label.upperBound + 2
        while index < end, bytes[index] == UInt8(ascii: " ") || bytes[index] == UInt8(ascii: "\t") {
            index += 1
        }
        return (label, index)
    }

    /// The label in `[^label]`, which holds neither white space nor brackets, when `start` is at its `[`.
    static func label(at start: Int, before end: Int, in bytes: [UInt8]) -> Range<Int>? {
        guard start + 3 < end, bytes[start] == UInt8(ascii: "["), bytes[start + 1] == UInt8(ascii: "^") else {
            return nil
        }
        var index = start + 2
        while index < end {
            switch bytes[index] {
            case UInt8(ascii: "]"): return index > start + 2 ? start + 2..<index : nil
            case 0...0x20, UInt8(ascii: "["), UInt8(ascii: "`"): return nil
            default: index += 1
            }
        }
        return nil
    }

    private static func mayDefine(_ bytes: some Collection<UInt8>) -> Bool {
        var before: UInt8 = 0
        for byte in bytes {
            if before == UInt8(ascii: "["), byte == UInt8(ascii: "^") {
                return true
            }
            before = byte
        }
        return false
    }

    /// A list marker, four columns wide, that no list of the body has, so that no definition becomes part of a list.
    private static func unusedMarker(in bytes: [UInt8]) -> [UInt8] {
        var used: Set<UInt8> = []
        for (index, byte) in bytes.enumerated() {
            switch byte {
            case UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "*"), UInt8(ascii: ")"):
                if index + 1 == bytes.count || bytes[index + 1] <= 0x20 { used.insert(byte) }
            default: continue
            }
        }
        let markers = ["+   ", "-   ", "*   ", "1)  "].map { Array($0.utf8) }
        return markers.first { !used.contains($0[0] == UInt8(ascii: "1") ? UInt8(ascii: ")") : $0[0]) } ?? markers[0]
    }
}
