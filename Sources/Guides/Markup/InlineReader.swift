import CCmark

/// Reads libcmark's tree of an ``InlineDocument`` back into the inlines of each content.
struct InlineReader {
    /// One content's inlines.
    struct Inlines {
        var markup: [Markup] = []
        /// Where they start, behind any link definitions.
        var start: SourcePosition?
    }

    /// Links, images and emphasis deeper than this are dissolved into the level above.
    static let depthLimit = 50

    /// A link or an image that is being read, or the content itself.
    private struct Frame {
        var node: CmarkNode?
        var tokens: [InlineToken] = []
        var isInLink = false
        /// An address in angle brackets, whose text is the address.
        var isAddress = false
        /// Add it to the line that libcmark gives for the start.
        var lineShift = 0
    }

    private let document: InlineDocument
    private let body: BodyText
    private var results: [Inlines]
    private var content = 0
    private var isReading = false
    /// Add it to libcmark's line numbers, which count neither the link definitions that start a paragraph nor the line
    /// breaks between a link's parentheses.
    private var lineShift = 0
    /// Line breaks that will not have been counted once the next one is; columns still go by the line before them.
    private var pendingShift = 0
    private var frames: [Frame] = []
    private var dissolved = 0

    static func read(_ document: InlineDocument, body: BodyText) -> [Inlines] {
        var reader = InlineReader(document: document, body: body)
        guard !document.placements.isEmpty, let tree = CmarkTree(document.bytes) else {
            return reader.results
        }
        var block = tree.root.firstChild
        while let node = block {
            block = node.next
            if let content = document.content(at: node.startLine, from: reader.content) {
                reader.content = content
                reader.readParagraph(node)
            }
        }
        return reader.results
    }

    private init(document: InlineDocument, body: BodyText) {
        self.document = document
        self.body = body
        results = Array(repeating: Inlines(), count: document.placements.count)
    }

    private mutating func readParagraph(_ paragraph: CmarkNode) {
        frames = [Frame(node: nil)]
        dissolved = 0
        lineShift = definitionLines(before: paragraph)
        pendingShift = 0
        results[content].start = body.position(
            of: document.source(of: offset(line: paragraph.startLine, column: 1))
        )
        CmarkTree.walk(paragraph) { node, entering in
            if node.pointer != paragraph.pointer {
                visit(node, entering: entering)
            }
        }
        if let frame = frames.first {
            results[content].markup += DelimiterMatcher.match(frame.tokens, depth: Self.depthLimit)
        }
    }

    /// How many lines of link definitions libcmark took from the start of the content.
    private func definitionLines(before paragraph: CmarkNode) -> Int {
        let placement = document.placements[content]
        guard let first = paragraph.firstChild, document.lineBytes(placement.firstLine).first == UInt8(ascii: "[")
        else {
            return 0
        }
        let openings: [UInt8] =
            switch first.type {
            // The text may begin with an escape or an entity.
            case CMARK_NODE_TEXT: first.literal.utf8.prefix(1) + [UInt8(ascii: "\\"), UInt8(ascii: "&")]
            case CMARK_NODE_LINK: [UInt8(ascii: "["), UInt8(ascii: "<")]
            case CMARK_NODE_IMAGE: [UInt8(ascii: "!")]
            case CMARK_NODE_CODE: [UInt8(ascii: "`")]
            default: [UInt8(ascii: "<")]
            }
        for line in 0..<placement.lineCount {
            let bytes = document.lineBytes(placement.firstLine + line)
            if !Self.startsDefinition(bytes), let byte = bytes.first, openings.contains(byte) {
                return line
            }
        }
        return 0
    }

    /// Whether a line starts with `[label]:`.
    private static func startsDefinition(_ line: ArraySlice<UInt8>) -> Bool {
        guard line.first == UInt8(ascii: "[") else {
            return false
        }
        var index = line.startIndex + 1
        while index + 1 < line.endIndex {
            switch line[index] {
            case UInt8(ascii: "\\"): index += 2
            case UInt8(ascii: "]"): return line[index + 1] == UInt8(ascii: ":")
            case UInt8(ascii: "\n"), UInt8(ascii: "["): return false
            default: index += 1
            }
        }
        return false
    }

    private mutating func visit(_ node: CmarkNode, entering: Bool) {
        switch node.type {
        case CMARK_NODE_LINK, CMARK_NODE_IMAGE, CMARK_NODE_EMPH, CMARK_NODE_STRONG:
            if entering {
                enter(node)
            } else {
                leave(node)
            }
        case CMARK_NODE_TEXT where frames[frames.count - 1].isAddress:
            let start = offset(of: node)
            append(.text(plain(node.literal)), range: range(start..<start + node.literal.utf8.count))
        case CMARK_NODE_TEXT:
            frames[frames.count - 1].tokens += TextSplitter.split(
                node.literal, at: offset(of: node), document: document, body: body,
                findsAddresses: !frames[frames.count - 1].isInLink
            )
        case CMARK_NODE_SOFTBREAK:
            append(.softBreak, range: endOfLast())
            settleLines()
        case CMARK_NODE_LINEBREAK:
            append(.lineBreak, range: endOfLast())
            settleLines()
        case CMARK_NODE_CODE: append(.code(document.markers.plain(node.literal)), range: range(of: node))
        default: append(.html(document.markers.plain(node.literal)), range: range(of: node))
        }
    }

    private mutating func append(_ kind: Markup.Kind, range: SourceRange) {
        frames[frames.count - 1].tokens.append(.markup(Markup(kind, range: range)))
    }

    private mutating func enter(_ node: CmarkNode) {
        if dissolved > 0 || frames.count >= Self.depthLimit {
            dissolved += 1
            return
        }
        let isLink = node.type == CMARK_NODE_LINK || node.type == CMARK_NODE_IMAGE
        var frame = Frame(node: node, lineShift: lineShift)
        frame.isInLink = isLink || frames[frames.count - 1].isInLink
        frame.isAddress = isLink && isAddress(node)
        frames.append(frame)
    }

    private mutating func leave(_ node: CmarkNode) {
        guard dissolved == 0, let frame = frames.popLast() else {
            dissolved -= 1
            return
        }
        let children = DelimiterMatcher.match(frame.tokens, depth: Self.depthLimit - frames.count)
        let kind: Markup.Kind =
            switch node.type {
            case CMARK_NODE_LINK: .link(destination: plain(node.url), title: plain(node.title))
            case CMARK_NODE_IMAGE: .image(source: plain(node.url), title: plain(node.title))
            case CMARK_NODE_EMPH: .emphasis
            default: .strong
            }
        let range = linkRange(of: node, lineShift: frame.lineShift, isAddress: frame.isAddress)
        frames[frames.count - 1].tokens.append(.markup(Markup(kind, children: children, range: range)))
    }

    private func plain(_ string: String) -> String { document.markers.plain(string) }

    // MARK: - Places

    private func offset(line: Int, column: Int) -> Int {
        document.place(line: line + lineShift, column: column, in: content).offset
    }

    private func offset(of node: CmarkNode) -> Int {
        offset(line: node.startLine, column: node.startColumn)
    }

    /// Whether a link is an address in angle brackets.
    private func isAddress(_ node: CmarkNode) -> Bool {
        guard node.type == CMARK_NODE_LINK, let child = node.firstChild, child.type == CMARK_NODE_TEXT,
            child.next == nil
        else {
            return false
        }
        let before = offset(of: child) - 1
        return before >= 0 && document.bytes[before] == UInt8(ascii: "<")
    }

    private mutating func settleLines() {
        lineShift += pendingShift
        pendingShift = 0
    }

    private mutating func range(of node: CmarkNode) -> SourceRange {
        var start = offset(of: node)
        if node.endLine > node.startLine {
            settleLines()
        }
        var end = max(start, offset(line: node.endLine, column: node.endColumn + 1))
        if node.type == CMARK_NODE_CODE {
            // libcmark leaves the backticks out.
            let tick = UInt8(ascii: "`")
            while start > 0, document.bytes[start - 1] == tick {
                start -= 1
            }
            while end < document.bytes.count, document.bytes[end] == tick {
                end += 1
            }
        }
        return range(start..<end)
    }

    private func range(_ offsets: Range<Int>) -> SourceRange {
        let start = body.position(of: document.source(of: offsets.lowerBound))
        let end = body.position(of: document.source(of: offsets.upperBound))
        return SourceRange(start: start, end: max(start, end))
    }

    /// libcmark gives a link the column of its start, but the line of its end, and an autolink the wrong column.
    private mutating func linkRange(of node: CmarkNode, lineShift opening: Int, isAddress: Bool) -> SourceRange {
        if isAddress, let child = node.firstChild {
            let start = offset(of: child) - 1
            let end = document.bytes[start...].firstIndex(of: UInt8(ascii: ">")) ?? start
            return range(start..<end + 1)
        }
        let child = node.firstChild.flatMap { $0.startLine > 0 ? $0 : nil }
        let closing = document.place(line: node.startLine + lineShift, column: node.endColumn + 1, in: content)
        pendingShift = max(pendingShift, closing.line - node.startLine - lineShift)
        let mark = UInt8(ascii: node.type == CMARK_NODE_IMAGE ? "!" : "[")
        var line = child?.startLine ?? node.startLine
        var start = closing.offset
        while line + opening >= document.placements[content].firstLine {
            start = document.place(line: line + opening, column: node.startColumn, in: content).offset
            if start < document.bytes.count, document.bytes[start] == mark {
                break
            }
            line -= 1
        }
        return range(min(start, closing.offset)..<closing.offset)
    }

    private func endOfLast() -> SourceRange {
        guard case .markup(let last) = frames[frames.count - 1].tokens.last else {
            let position = results[content].start ?? SourcePosition(line: body.lineOffset + 1, column: 1)
            return SourceRange(start: position, end: position)
        }
        return SourceRange(start: last.range.end, end: last.range.end)
    }
}
