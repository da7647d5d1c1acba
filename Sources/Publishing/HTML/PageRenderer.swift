import Guides
import Proving
import Tangling

/// Renders one guide's text. In order: headings and inlines by CommonMark's rules; links through the ``LinkResolver``;
/// fenced blocks as figures with their colours, their copy button's text and their proof.
struct PageRenderer {
    /// What a page's text came to.
    struct Result: Sendable {
        /// The title as HTML.
        var title: String
        /// The anchor of the heading that is the title; nil where the title stands in the front matter alone.
        var titleAnchor: String?
        var html: [UInt8]
        var diagnostics: [Diagnostic]
        /// Files of the project that the page links to.
        var published: Set<PublishedFile>
        /// Paths of the guides that the page links to.
        var linked: Set<String>
        var sections: [SearchSection]
        var tally: ProofTally
        /// The kinds of alerts that the page has.
        var alerts: Set<Markup.AlertKind>
    }

    let entry: SiteSource.Entry
    let outline: PageOutline
    let resolver: LinkResolver
    let statuses: [Int: BlockStatus]
    let fileStatuses: [String: FileStatus]
    let parts: FileParts
    let engine: EngineIdentity?
    let policy: RawHTMLPolicy

    var writer = HTMLWriter(capacity: 32 * 1024)
    var sanitizer: HTMLSanitizer
    var diagnostics: [Diagnostic] = []
    var published: Set<PublishedFile> = []
    var linked: Set<String> = []
    var search: SearchCollector
    private var alerts: Set<Markup.AlertKind> = []
    private var nextHeading = 0
    private var footnoteReferences: [Int: Int] = [:]

    init(
        entry: SiteSource.Entry,
        outline: PageOutline,
        resolver: LinkResolver,
        statuses: [Int: BlockStatus],
        fileStatuses: [String: FileStatus],
        parts: FileParts,
        engine: EngineIdentity?,
        policy: RawHTMLPolicy
    ) {
        self.entry = entry
        self.outline = outline
        self.resolver = resolver
        self.statuses = statuses
        self.fileStatuses = fileStatuses
        self.parts = parts
        self.engine = engine
        self.policy = policy
        sanitizer = HTMLSanitizer(policy: policy)
        search = SearchCollector(title: outline.title)
    }

    /// Renders the guide. A title at its start is left out: the page's template shows it.
    mutating func render() -> Result {
        let children = entry.markup.children
        let title = title(children.first)
        let startsWithTitle = nextHeading > 0
        blocks(Array(startsWithTitle ? children.dropFirst() : children[...]))
        sanitizer.endScope(0, &writer)
        var tally = ProofTally()
        for status in statuses.values {
            tally.add(status)
        }
        return Result(
            title: title,
            titleAnchor: startsWithTitle ? outline.headings.first?.anchor : nil,
            html: writer.bytes,
            diagnostics: diagnostics,
            published: published,
            linked: linked,
            sections: search.finish(),
            tally: tally,
            alerts: alerts
        )
    }

    /// The title with its markup: the guide's first heading, else its title as text.
    private mutating func title(_ first: Markup?) -> String {
        guard let first, case .heading(level: 1) = first.kind else {
            return escapedHTML(outline.title)
        }
        nextHeading = 1
        let body = writer
        defer { writer = body }
        writer = HTMLWriter(capacity: 128)
        inlineScope(first)
        return writer.string
    }

    // MARK: Blocks

    private mutating func blocks(_ nodes: [Markup], tight: Bool = false) {
        var isInTabs = false
        for node in nodes {
            // Neighbours with tabs are one group. Without JavaScript they stand below each other, each with its label.
            if isTab(node) != isInTabs {
                isInTabs.toggle()
                writer.raw(isInTabs ? "<div class=\"tabs\">\n" : "</div>\n")
            }
            block(node, tight: tight)
        }
        if isInTabs {
            writer.raw("</div>\n")
        }
    }

    private func isTab(_ node: Markup) -> Bool {
        guard case .fence(let index) = node.kind, entry.guide.blocks.indices.contains(index) else { return false }
        return entry.guide.blocks[index].attributes["tab"] != nil
    }

    private mutating func block(_ node: Markup, tight: Bool = false) {
        switch node.kind {
        case .document: blocks(node.children)
        case .heading(let level): heading(node, level: level)
        case .paragraph:
            if tight {
                inlineScope(node)
            } else {
                writer.raw("<p>")
                inlineScope(node)
                writer.raw("</p>\n")
            }
            search.text(node.plainText)
        case .blockQuote: scoped("<blockquote>\n", "</blockquote>\n") { $0.blocks(node.children) }
        case .alert(let kind): alert(kind, title: nil, node)
        case .admonition(let kind?, let title): alert(kind, title: title, node)
        case .admonition(nil, let title):
            writer.raw("<details>")
            writer.raw("<summary>")
            writer.text(title)
            search.text(title)
            scoped("</summary>\n", "</details>\n") { $0.blocks(node.children) }
        case .bulletList(let tight):
            let isTasks = node.children.contains { if case .item(task: .some) = $0.kind { true } else { false } }
            scoped(isTasks ? "<ul class=\"tasks\">\n" : "<ul>\n", "</ul>\n") { $0.items(node.children, tight: tight) }
        case .orderedList(let start, _, let tight):
            writer.raw("<ol")
            if start != 1 {
                writer.attribute("start", String(start))
            }
            scoped(">\n", "</ol>\n") { $0.items(node.children, tight: tight) }
        case .fence(let index):
            if entry.guide.blocks.indices.contains(index) {
                fence(entry.guide.blocks[index])
            }
        case .indentedCode(let text):
            writer.raw("<figure class=\"code plain\"><pre><code>")
            writer.text(text)
            writer.raw("</code></pre></figure>\n")
            search.code(text)
        case .htmlBlock(let source):
            sanitizer.write(source, to: &writer)
        case .thematicBreak: writer.raw("<hr>\n")
        case .table(let alignments): table(node, alignments)
        case .footnotes: footnotes(node)
        case .item(let task): item(node, task: task, tight: false)
        case .footnoteDefinition, .tableRow, .tableCell:
            blocks(node.children)
        case .text, .softBreak, .lineBreak, .code, .html, .emphasis, .strong, .strikethrough, .link, .image,
            .footnoteReference:
            inline(node)
        }
    }

    /// Writes an element whose raw HTML is balanced inside of it.
    mutating func scoped(_ open: StaticString, _ close: StaticString, _ body: (inout PageRenderer) -> Void) {
        writer.raw(open)
        let scope = sanitizer.beginScope()
        body(&self)
        sanitizer.endScope(scope, &writer)
        writer.raw(close)
    }

    private mutating func heading(_ node: Markup, level: Int) {
        let heading = outline.headings[nextHeading]
        nextHeading += 1
        search.startSection(heading.text, anchor: heading.anchor)
        let tag = "h\(max(level, 2))"
        writer.trusted("<\(tag)".utf8)
        writer.attribute("id", heading.anchor)
        writer.raw(">")
        inlineScope(node)
        writer.raw("<a class=\"anchor\"")
        writer.attribute("href", "#" + RelativePath.encoded(heading.anchor))
        writer.trusted(" aria-label=\"Link to this section\">#</a></\(tag)>\n".utf8)
    }

    private mutating func alert(_ kind: Markup.AlertKind, title: String?, _ node: Markup) {
        let title = title ?? kind.rawValue.prefix(1).uppercased() + kind.rawValue.dropFirst()
        search.text(title)
        alerts.insert(kind)
        writer.trusted("<div class=\"alert \(kind.rawValue)\" role=\"note\">".utf8)
        writer.trusted("<p class=\"alert-title\"><svg class=\"i\"><use href=\"#i-\(kind.rawValue)\"/></svg>".utf8)
        writer.text(title)
        writer.raw("</p>\n")
        scoped("", "</div>\n") { $0.blocks(node.children) }
    }

    private mutating func items(_ nodes: [Markup], tight: Bool) {
        for node in nodes {
            guard case .item(let task) = node.kind else { continue }
            item(node, task: task, tight: tight)
        }
    }

    private mutating func item(_ node: Markup, task: Bool?, tight: Bool) {
        scoped("<li>", "</li>\n") { renderer in
            if let task {
                renderer.writer.raw("<input type=\"checkbox\" disabled aria-label=\"")
                renderer.writer.raw(task ? "done\" checked> " : "to do\"> ")
            }
            var follows = false
            for child in node.children {
                let isText = if case .paragraph = child.kind { true } else { false }
                // Without tags of their own, two paragraphs would be one line.
                if tight, isText, follows {
                    renderer.writer.raw("<br>")
                }
                renderer.block(child, tight: tight)
                follows = isText
            }
        }
    }

    private mutating func table(_ node: Markup, _ alignments: [Markup.Alignment]) {
        writer.raw("<div class=\"table\"><table>\n")
        for (row, line) in node.children.enumerated() {
            // GitHub's tables must have a head; one without any text is none.
            if row == 0, line.children.allSatisfy(\.children.isEmpty), node.children.count > 1 { continue }
            writer.raw(row == 0 ? "<thead><tr>" : row == 1 ? "<tbody>\n<tr>" : "<tr>")
            for (column, cell) in line.children.enumerated() {
                let alignment = alignments.indices.contains(column) ? alignments[column] : .none
                // A heading that says nothing is none.
                let isHeading = row == 0 && !cell.children.isEmpty
                writer.raw(isHeading ? "<th scope=\"col\"" : "<td")
                if alignment != .none {
                    writer.attribute("class", alignment.rawValue)
                }
                writer.raw(">")
                inlineScope(cell)
                writer.raw(isHeading ? "</th>" : "</td>")
            }
            writer.raw(row == 0 ? "</tr></thead>\n" : "</tr>\n")
            search.text(line.children.map(\.plainText).joined(separator: " "))
        }
        writer.raw(node.children.count > 1 ? "</tbody></table></div>\n" : "</table></div>\n")
    }

    private mutating func footnotes(_ node: Markup) {
        writer.raw("<section class=\"footnotes\" aria-label=\"Footnotes\"><ol>\n")
        for definition in node.children {
            guard case .footnoteDefinition(_, let number, let references) = definition.kind else { continue }
            writer.raw("<li")
            writer.attribute("id", FootnoteAnchor.definition(number))
            scoped(">", "") { renderer in
                renderer.blocks(definition.children)
            }
            for occurrence in stride(from: 1, through: references, by: 1) {
                writer.raw("<a class=\"back\"")
                writer.attribute("href", "#" + FootnoteAnchor.reference(number, occurrence))
                writer.attribute("aria-label", "Back to the text")
                writer.raw(">↩</a> ")
            }
            writer.raw("</li>\n")
        }
        writer.raw("</ol></section>\n")
    }
}
