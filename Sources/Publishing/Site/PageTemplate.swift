import Mustache

/// What the page's template may use. Names are what templates write: `{{title}}`, `{{{content}}}`.
struct PageContent: Sendable {
    var path: String
    var title: String
    /// HTML; the title with its markup.
    var heading: String
    /// The anchor of the title.
    var anchor: String?
    var description: String?
    var content: [UInt8]
    var rollup = ""
    var crumbs: String?
    var headings: [PageOutline.Heading] = []
    var previous: (path: String, title: String)?
    var next: (path: String, title: String)?
    /// Name of the Markdown copy beside the page.
    var source: String?
    /// Where the guide can be edited.
    var edit: String?
    var layout = "guide"
}

/// Puts pages together from their parts and the theme's templates.
struct PageTemplate: Sendable {
    let theme: Theme
    let navigation: Navigation
    let configuration: SiteConfiguration
    /// True when `proofs.json` lies beside the pages.
    let hasProofs: Bool

    /// - Parameter root: what leads from the page to the site's root; worked out from the page's path where it is nil.
    func render(_ page: PageContent, root: String? = nil) -> SiteFile {
        let root = root ?? PageOutline.root(of: page.path)
        let contents = page.headings.filter { (2...3).contains($0.level) }
        let values: [String: Any?] = [
            "title": page.title,
            "heading": page.heading,
            "anchor": page.anchor,
            "site": configuration.title,
            "isInner": page.title != configuration.title,
            "description": page.description ?? configuration.description,
            "canonical": configuration.baseURL.map { Self.absolute(page.path, base: $0) },
            "root": root,
            "icon": theme.asset("icon.svg"),
            "style": theme.asset("launchpad.css"),
            "themeScript": theme.asset("theme.js"),
            "pageScript": theme.asset("page.js"),
            "searchScript": theme.asset("search.js"),
            "layout": contents.count > 1 ? page.layout : page.layout + " narrow",
            "navigation": navigation.html(on: page.path, root: root),
            "crumbs": page.crumbs,
            "rollup": page.rollup,
            "content": String(decoding: page.content, as: UTF8.self),
            "hasContents": contents.count > 1,
            "contents": contents.count > 1 ? Self.list(contents) : "",
            "hasPager": page.previous != nil || page.next != nil,
            "previous": page.previous.map { Self.link($0, root) },
            "next": page.next.map { Self.link($0, root) },
            "source": page.source,
            "repository": configuration.repository.flatMap { SafeURL.checked($0) },
            "edit": page.edit,
            "hasProofs": hasProofs,
            "onProof": page.path == "proof.html",
        ]
        let text = theme.templates.render(values.compactMapValues { $0 }, withTemplate: "page") ?? ""
        return SiteFile(path: page.path, contents: Array(text.utf8))
    }

    /// The page's address on the web. An index page is called by its folder.
    static func absolute(_ path: String, base: String) -> String {
        let base = base.hasSuffix("/") ? base : base + "/"
        let isIndex = path == "index.html" || path.hasSuffix("/index.html")
        return base + RelativePath.encoded(isIndex ? String(path.dropLast("index.html".count)) : path)
    }

    private static func link(_ page: (path: String, title: String), _ root: String) -> [String: String] {
        ["href": root + RelativePath.encoded(page.path), "title": page.title]
    }

    private static func list(_ headings: [PageOutline.Heading]) -> String {
        var writer = HTMLWriter(capacity: 1024)
        writer.raw("<ul>\n")
        for heading in headings {
            writer.raw(heading.level > 2 ? "<li class=\"deep\"><a" : "<li><a")
            writer.attribute("href", "#" + RelativePath.encoded(heading.anchor))
            writer.raw(">")
            writer.text(heading.text)
            writer.raw("</a></li>\n")
        }
        writer.raw("</ul>")
        return writer.string
    }
}
