import Guides

extension PageRenderer {
    /// Writes a node's inlines; raw HTML that they leave open is closed behind them.
    mutating func inlineScope(_ node: Markup) {
        let scope = sanitizer.beginScope()
        inlines(node.children)
        sanitizer.endScope(scope, &writer)
    }

    mutating func inlines(_ nodes: [Markup]) {
        for node in nodes {
            inline(node)
        }
    }

    mutating func inline(_ node: Markup) {
        switch node.kind {
        case .text(let text): writer.text(text)
        case .softBreak: writer.raw("\n")
        case .lineBreak: writer.raw("<br>\n")
        case .code(let text):
            writer.raw("<code>")
            writer.text(text)
            writer.raw("</code>")
        case .html(let source): sanitizer.write(source, to: &writer)
        case .emphasis: element("<em>", node, "</em>")
        case .strong: element("<strong>", node, "</strong>")
        case .strikethrough: element("<del>", node, "</del>")
        case .link(let destination, let title): link(node, destination, title)
        case .image(let source, let title): image(node, source, title)
        case .footnoteReference(_, let number, let occurrence):
            writer.raw("<sup class=\"fn\"><a")
            writer.attribute("id", FootnoteAnchor.reference(number, occurrence))
            writer.attribute("href", "#" + FootnoteAnchor.definition(number))
            writer.attribute("aria-label", "Footnote \(number)")
            writer.raw(">")
            writer.number(number)
            writer.raw("</a></sup>")
        case .document, .heading, .paragraph, .blockQuote, .alert, .admonition, .bulletList, .orderedList, .item,
            .fence,
            .indentedCode, .htmlBlock, .thematicBreak, .table, .tableRow, .tableCell, .footnotes, .footnoteDefinition:
            inlines(node.children)
        }
    }

    private mutating func element(_ open: StaticString, _ node: Markup, _ close: StaticString) {
        writer.raw(open)
        inlines(node.children)
        writer.raw(close)
    }

    private mutating func link(_ node: Markup, _ destination: String, _ title: String) {
        var used: PublishedFile?
        var followed: String?
        let resolution = resolver.link(
            destination, on: outline, range: node.range, publish: { used = $0 }, follow: { followed = $0 })
        if let used { published.insert(used) }
        if let followed { linked.insert(followed) }
        switch resolution {
        case .address(let address):
            writer.raw("<a")
            writer.attribute("href", address)
            if !title.isEmpty {
                writer.attribute("title", title)
            }
            if address.hasPrefix("http://") || address.hasPrefix("https://") {
                writer.raw(" rel=\"noopener\"")
            }
            element(">", node, "</a>")
        case .plain:
            inlines(node.children)
        case .broken(let diagnostic):
            diagnostics.append(diagnostic)
            inlines(node.children)
        }
    }

    private mutating func image(_ node: Markup, _ source: String, _ title: String) {
        var used: Set<PublishedFile> = []
        let resolution = resolver.image(source, on: outline, range: node.range) { used.insert($0) }
        published.formUnion(used)
        switch resolution {
        case .address(let address):
            writer.raw("<img loading=\"lazy\"")
            writer.attribute("src", address)
            writer.attribute("alt", node.plainText)
            if !title.isEmpty {
                writer.attribute("title", title)
            }
            if let file = used.first, let size = ImageSize(of: resolver.files.contents(of: file.source) ?? []) {
                writer.attribute("width", String(size.width))
                writer.attribute("height", String(size.height))
            }
            writer.raw(">")
        case .plain:
            writer.text(node.plainText)
        case .broken(let diagnostic):
            diagnostics.append(diagnostic)
            writer.text(node.plainText)
        }
    }
}
