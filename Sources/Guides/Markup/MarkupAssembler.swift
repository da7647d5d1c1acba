/// Builds the tree from a ``MarkupBuilder``'s events.
struct MarkupAssembler {
    /// Containers nested deeper than this are dissolved into the one above: a value tree of any depth would overflow the
    /// stack of whoever walks or frees it.
    static let depthLimit = 50

    /// Footnote definitions, which are no part of the text around them.
    private(set) var definitions: [(markup: Markup, label: String)] = []
    private let inlines: [InlineReader.Inlines]
    private var stack: [Markup]
    /// For each event that opened a block that is still open, whether the block was dissolved.
    private var dissolved: [Bool] = []
    /// Open admonitions that are nested too deeply to be one.
    private var skipped = 0

    init(inlines: [InlineReader.Inlines], range: SourceRange) {
        self.inlines = inlines
        stack = [Markup(.document, range: range)]
    }

    /// The tree; what is still open ends here.
    var document: Markup {
        mutating get {
            while isInAdmonition { fold() }
            return stack[0]
        }
    }

    mutating func add(_ event: MarkupBuilder.Event) {
        switch event {
        case .open(let kind, let range): open(kind, range)
        case .close: close()
        case .closeAdmonition:
            if skipped > 0 {
                skipped -= 1
            } else if isInAdmonition {
                fold()
            }
        case .leaf(let markup): stack[stack.count - 1].children.append(markup)
        case .inlines(let content, let startsBlock):
            let inlines = inlines[content]
            if startsBlock, let start = inlines.start {
                stack[stack.count - 1].range.start = start
            }
            stack[stack.count - 1].children += inlines.markup
        }
    }

    private var isInAdmonition: Bool {
        if case .admonition = stack[stack.count - 1].kind { true } else { false }
    }

    private mutating func open(_ kind: Markup.Kind, _ range: SourceRange) {
        if case .admonition = kind {
            // Its end is a line of its own, and no container's.
            if stack.count < Self.depthLimit {
                stack.append(Markup(kind, range: range))
            } else {
                skipped += 1
            }
            return
        }
        let dissolves =
            switch kind {
            case .blockQuote, .alert, .bulletList, .orderedList: stack.count >= Self.depthLimit
            // Items go the way of their list.
            case .item, .footnoteDefinition: dissolved.last ?? false
            default: false
            }
        dissolved.append(dissolves)
        if !dissolves {
            stack.append(Markup(kind, range: range))
        }
    }

    private mutating func close() {
        guard dissolved.popLast() == false else {
            return
        }
        // A container ends what begins in it.
        while isInAdmonition { fold() }
        fold()
    }

    /// Puts the innermost open block into the one around it.
    private mutating func fold() {
        guard stack.count > 1 else {
            return
        }
        let block = stack.removeLast()
        switch block.kind {
        case .footnoteDefinition(let label, _, _):
            definitions.append((block, label))
        case .paragraph where block.children.isEmpty, .bulletList where block.children.isEmpty,
            .orderedList where block.children.isEmpty:
            // It held only link definitions, or only footnotes.
            break
        default:
            stack[stack.count - 1].children.append(block)
        }
    }
}
