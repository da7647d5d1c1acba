import CCmark

/// Turns a guide's text into a ``Markup`` tree.
///
/// 1. The lines that open and close admonitions are made comments.
/// 2. Footnote definitions are made list items, so that libcmark knows what belongs to them.
/// 3. libcmark's tree of that gives the blocks. Their lines are cut into paragraphs, tables, task boxes and alert titles.
/// 4. What remains is parsed by libcmark once more, as an ``InlineDocument``, for the inlines.
/// 5. Blocks and inlines are put together, and footnotes numbered.
struct MarkupBuilder {
    /// A step of building the tree, in document order.
    enum Event {
        case open(Markup.Kind, SourceRange)
        case close
        case leaf(Markup)
        /// Ends the innermost admonition, if one is open.
        case closeAdmonition
        /// The inlines of a content. `startsBlock` when the block around them starts where they do.
        case inlines(Int, startsBlock: Bool)
    }

    let guide: Guide
    let body: BodyText
    let admonitions: AdmonitionScanner
    let footnotes: FootnoteScanner
    /// The index of the fence that starts on a line of the file.
    let fences: [Int: Int]
    var document: InlineDocument
    var events: [Event] = []
    /// The events that opened the containers around the current node.
    var openings: [Int] = []
    var chains: [ContainerChain?] = [nil]

    /// The guide's tree and what is wrong with its footnotes.
    static func build(_ guide: Guide) -> (markup: Markup, diagnostics: [Diagnostic]) {
        var builder = MarkupBuilder(guide)
        builder.footnotes.tree?.walk { builder.visit($0, entering: $1) }
        let inlines = InlineReader.read(builder.document, body: builder.body)
        var assembler = MarkupAssembler(inlines: inlines, range: builder.wholeRange)
        for event in builder.events {
            assembler.add(event)
        }
        var document = assembler.document
        guard builder.footnotes.mayHoldFootnotes else {
            return (document, builder.admonitions.diagnostics)
        }
        let labels = Dictionary(
            builder.footnotes.definitions.values.map { ($0.range.start, $0.range) },
            uniquingKeysWith: { first, _ in first }
        )
        let definitions = assembler.definitions.map { definition in
            (definition.markup, definition.label, labels[definition.markup.range.start] ?? definition.markup.range)
        }
        let diagnostics = FootnoteResolver.resolve(&document, definitions: definitions, file: guide.path)
        return (document, builder.admonitions.diagnostics + diagnostics)
    }

    private init(_ guide: Guide) {
        self.guide = guide
        admonitions = AdmonitionScanner(BodyText(guide), file: guide.path)
        let footnotes = FootnoteScanner(admonitions.body)
        let body = footnotes.body
        fences = Dictionary(guide.blocks.map { ($0.range.start.line, $0.index) }) { first, _ in first }
        let markers = InlineMarkers(absentFrom: body.text.bytes)
        let definitions = footnotes.tree.map { LinkDefinitions.lines(of: body.text, tree: $0, markers: markers) }
        self.footnotes = footnotes
        self.body = body
        document = InlineDocument(markers: markers, definitions: definitions ?? [])
    }

    private var wholeRange: SourceRange {
        let start = SourcePosition(line: guide.bodyLineOffset + 1, column: 1)
        return SourceRange(start: start, end: max(start, body.position(of: body.text.bytes.count)))
    }

    private mutating func visit(_ node: CmarkNode, entering: Bool) {
        switch node.type {
        case CMARK_NODE_BLOCK_QUOTE: visitContainer(node, kind: .blockQuote, entering: entering)
        case CMARK_NODE_LIST:
            visitContainer(
                node,
                kind: node.isOrdered
                    ? .orderedList(start: node.listStart, delimiter: node.listDelimiter, tight: node.isTight)
                    : .bulletList(tight: node.isTight),
                entering: entering
            )
        case CMARK_NODE_ITEM:
            let place = FootnoteScanner.Place(line: node.startLine, column: node.startColumn)
            let definition = footnotes.definitions[place]
            visitContainer(
                node,
                kind: definition.map { .footnoteDefinition(label: $0.label, number: 0, references: 0) }
                    ?? .item(task: nil),
                entering: entering
            )
        case CMARK_NODE_CODE_BLOCK: addCode(node)
        case CMARK_NODE_HTML_BLOCK:
            switch admonitions.lines[node.startLine] {
            case .open(let kind, let title): events.append(.open(.admonition(kind, title: title), range(of: node)))
            case .close: events.append(.closeAdmonition)
            case nil: events.append(.leaf(Markup(.htmlBlock(node.lines), range: range(of: node))))
            }
        case CMARK_NODE_THEMATIC_BREAK: events.append(.leaf(Markup(.thematicBreak, range: range(of: node))))
        case CMARK_NODE_HEADING where entering: addHeading(node)
        case CMARK_NODE_PARAGRAPH where entering: addParagraph(node)
        default: break
        }
    }

    private mutating func visitContainer(_ node: CmarkNode, kind: Markup.Kind, entering: Bool) {
        let isList = node.type == CMARK_NODE_LIST
        guard entering else {
            events.append(.close)
            openings.removeLast()
            if !isList {
                chains.removeLast()
            }
            return
        }
        openings.append(events.count)
        events.append(.open(kind, range(of: node)))
        if !isList {
            chains.append(ContainerChain.nested(node, in: chains[chains.count - 1], text: body.text))
        }
    }

    private mutating func addCode(_ node: CmarkNode) {
        // A fence inside a footnote is none to the guide, which knows no footnotes; it is shown as code.
        if let index = fences[node.startLine + body.lineOffset] {
            events.append(.leaf(Markup(.fence(block: index), range: guide.blocks[index].range)))
        } else {
            events.append(.leaf(Markup(.indentedCode(node.lines), range: range(of: node))))
        }
    }

    // MARK: - Places

    /// The node's place in the file, without blank lines at its end.
    func range(of node: CmarkNode) -> SourceRange {
        range(from: node.startLine, column: node.startColumn, to: lastLine(of: node))
    }

    /// From a place in the body to the end of a line.
    func range(from line: Int, column: Int, to last: Int) -> SourceRange {
        let start = body.position(line: line, column: column)
        let end = body.position(of: body.text.lineContent(max(line, last)).upperBound)
        return SourceRange(start: start, end: max(start, end))
    }

    /// libcmark counts the blank lines behind a list or an HTML block to it.
    func lastLine(of node: CmarkNode) -> Int {
        let end = node.type == CMARK_NODE_HTML_BLOCK ? node.lastHTMLLine : node.endLine
        var line = min(end, body.text.lineCount)
        while line > node.startLine, isBlank(line) {
            line -= 1
        }
        return max(line, node.startLine)
    }

    private func isBlank(_ line: Int) -> Bool {
        body.text.bytes[body.text.lineContent(line)].allSatisfy { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
    }
}
