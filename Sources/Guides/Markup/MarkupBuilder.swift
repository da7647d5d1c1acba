import CCmark

/// Turns libcmark's tree of a guide into a ``Markup`` tree.
struct MarkupBuilder {
    /// Containers nested deeper than this are dissolved into the one above: a value tree of any depth would overflow the
    /// stack of whoever walks or frees it.
    static let depthLimit = 100

    let guide: Guide
    let text: SourceText
    /// The index of the fence that starts on a line.
    let fences: [Int: Int]
    private var stack: [Markup] = []
    private var dissolved = 0

    init(_ guide: Guide) {
        self.guide = guide
        text = SourceText(guide.source)
        fences = Dictionary(guide.blocks.map { ($0.range.start.line, $0.index) }) { first, _ in first }
    }

    mutating func build() -> Markup {
        let end = text.position(of: text.bytes.count)
        let start = SourcePosition(line: guide.bodyLineOffset + 1, column: 1)
        stack = [Markup(.document, range: SourceRange(start: start, end: max(start, end)))]
        if let tree = CmarkTree(guide.source[guide.bodyOffset...]) {
            tree.walk { visit($0, entering: $1) }
        }
        return stack.removeFirst()
    }

    private mutating func visit(_ node: CmarkNode, entering: Bool) {
        guard node.type != CMARK_NODE_DOCUMENT else {
            return
        }
        let kind = kind(of: node)
        guard node.firstChild != nil || !Self.isLeaf(kind) else {
            stack[stack.count - 1].children.append(Markup(kind, range: range(of: node)))
            return
        }
        if entering {
            // A list and its items stay together.
            let isItem = node.type == CMARK_NODE_ITEM
            if dissolved > 0 || (stack.count >= Self.depthLimit && !isItem) {
                dissolved += 1
            } else {
                stack.append(Markup(kind, range: range(of: node)))
            }
        } else if dissolved > 0 {
            dissolved -= 1
        } else {
            let markup = stack.removeLast()
            stack[stack.count - 1].children.append(markup)
        }
    }

    private static func isLeaf(_ kind: Markup.Kind) -> Bool {
        switch kind {
        case .fence, .indentedCode, .htmlBlock, .thematicBreak, .text, .softBreak, .lineBreak, .code, .html: true
        default: false
        }
    }

    private func kind(of node: CmarkNode) -> Markup.Kind {
        switch node.type {
        case CMARK_NODE_HEADING: .heading(level: node.headingLevel)
        case CMARK_NODE_BLOCK_QUOTE: .blockQuote
        case CMARK_NODE_LIST:
            node.isOrdered
                ? .orderedList(start: node.listStart, delimiter: node.listDelimiter, tight: node.isTight)
                : .bulletList(tight: node.isTight)
        case CMARK_NODE_ITEM: .item(task: nil)
        case CMARK_NODE_CODE_BLOCK:
            fences[node.startLine + guide.bodyLineOffset].map { .fence(block: $0) } ?? .indentedCode(node.lines)
        case CMARK_NODE_HTML_BLOCK: .htmlBlock(node.lines)
        case CMARK_NODE_THEMATIC_BREAK: .thematicBreak
        case CMARK_NODE_TEXT: .text(node.literal)
        case CMARK_NODE_SOFTBREAK: .softBreak
        case CMARK_NODE_LINEBREAK: .lineBreak
        case CMARK_NODE_CODE: .code(node.literal)
        case CMARK_NODE_HTML_INLINE: .html(node.literal)
        case CMARK_NODE_EMPH: .emphasis
        case CMARK_NODE_STRONG: .strong
        case CMARK_NODE_LINK: .link(destination: node.url, title: node.title)
        case CMARK_NODE_IMAGE: .image(source: node.url, title: node.title)
        default: .paragraph
        }
    }

    private func range(of node: CmarkNode) -> SourceRange {
        let start = SourcePosition(line: node.startLine + guide.bodyLineOffset, column: node.startColumn)
        let end = SourcePosition(line: node.endLine + guide.bodyLineOffset, column: node.endColumn + 1)
        return SourceRange(start: start, end: max(start, end))
    }
}
