import Guides
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
    /// The kinds of alerts in the content, whose icons the page then brings.
    var alerts: Set<Markup.AlertKind> = []
    var rollup = ""
    /// The folders that lead to the page, the outermost first.
    var crumbs: [(title: String, path: String?)] = []
    var headings: [PageOutline.Heading] = []
    var previous: (path: String, title: String)?
    var next: (path: String, title: String)?
    /// Name of the Markdown copy beside the page.
    var source: String?
    /// Where the guide can be edited.
    var edit: String?
    /// When the guide was changed last, ISO 8601.
    var updated: String?
    var layout = "guide"
}

/// Puts pages together from their parts and the theme's templates.
struct PageTemplate: Sendable {
    let theme: Theme
    let navigation: Navigation
    let configuration: SiteConfiguration
    /// True when `proofs.json` lies beside the pages.
    let hasProofs: Bool
    private let skeletons = PageSkeletons()

    init(theme: Theme, navigation: Navigation, configuration: SiteConfiguration, hasProofs: Bool) {
        self.theme = theme
        self.navigation = navigation
        self.configuration = configuration
        self.hasProofs = hasProofs
    }

    /// - Parameter root: what leads from the page to the site's root; worked out from the page's path where it is nil.
    func render(_ page: PageContent, root: String? = nil) -> SiteFile {
        let root = root ?? PageOutline.root(of: page.path)
        var texts = Texts()
        let values = values(page, root, &texts)
        let skeleton = skeletons.skeleton(texts.shape) {
            theme.templates.render(values.compactMapValues { $0 }, withTemplate: "page") ?? ""
        }
        return SiteFile(path: page.path, contents: skeleton.fill(texts.bytes))
    }

    /// The texts of a page, and which of its parts there are.
    private struct Texts {
        var bytes: [[UInt8]] = []
        var shape: [Bool] = []

        /// What the template is given for a text: a mark; nil where there is none.
        mutating func text(_ text: String?) -> String? {
            bytes.append(text.map { Array($0.utf8) } ?? [])
            shape.append(text != nil)
            return text.map { _ in PageSkeleton.mark(bytes.count - 1) }
        }

        mutating func html(_ html: [UInt8]) -> String {
            bytes.append(html)
            return PageSkeleton.mark(bytes.count - 1)
        }

        mutating func flag(_ isTrue: Bool) -> Bool {
            shape.append(isTrue)
            return isTrue
        }
    }

    private func values(_ page: PageContent, _ root: String, _ texts: inout Texts) -> [String: Any?] {
        let contents = page.headings.filter { (2...3).contains($0.level) }
        let hasContents = texts.flag(contents.count > 1)
        let hasFeed = configuration.baseURL != nil && hasProofs
        var values: [String: Any?] = [
            "title": texts.text(page.title),
            "heading": texts.text(page.heading),
            "anchor": texts.text(page.anchor),
            "site": configuration.title,
            "isInner": texts.flag(page.title != configuration.title),
            "description": texts.text(page.description ?? configuration.description),
            "canonical": texts.text(configuration.baseURL.map { Self.absolute(page.path, base: $0) }),
            "feed": texts.text(hasFeed ? root + "proofs.xml" : nil),
            "root": texts.text(root),
            "icon": theme.asset("icon.svg"),
            "style": theme.asset("launchpad.css"),
            "themeScript": theme.asset("theme.js"),
            "pageScript": theme.asset("page.js"),
            "searchScript": theme.asset("search.js"),
            "layout": texts.text(hasContents ? page.layout : page.layout + " narrow"),
            "navigation": texts.html(navigation.html(on: page.path, root: root)),
            "hasCrumbs": texts.flag(!page.crumbs.isEmpty),
            "rollup": texts.text(page.rollup),
            "content": texts.html(page.content),
            "alerts": Dictionary(
                uniqueKeysWithValues: Markup.AlertKind.allCases.map {
                    ($0.rawValue, texts.flag(page.alerts.contains($0)))
                }),
            "hasContents": hasContents,
            "contents": texts.html(hasContents ? Self.list(contents) : []),
            "hasPager": texts.flag(page.previous != nil || page.next != nil),
            "source": texts.text(page.source),
            "repository": configuration.repository.flatMap { SafeURL.checked($0) },
            "edit": texts.text(page.edit),
            "hasProofs": hasProofs,
            "onProof": texts.flag(page.path == "proof.html"),
        ]
        values["previous"] = link(page.previous, root, &texts)
        values["next"] = link(page.next, root, &texts)
        let iso = texts.text(page.updated)
        let day = texts.text(page.updated.map(Readable.day))
        values["updated"] = iso.flatMap { iso in day.map { ["iso": iso, "text": $0] } }
        values["crumbs"] = page.crumbs.map { crumb in
            let name = texts.text(crumb.title)
            let href = texts.text(crumb.path.map { root + RelativePath.encoded($0) })
            return ["name": name, "href": href].compactMapValues { $0 }
        }
        values.merge(versions(root, &texts)) { first, _ in first }
        return values
    }

    /// The menu of versions: the one that is built, and the others with their addresses.
    private func versions(_ root: String, _ texts: inout Texts) -> [String: Any?] {
        guard let label = configuration.versionLabel ?? configuration.versions.first?.key else { return [:] }
        let others = configuration.versions.filter { $0.key != label }
        let newest = configuration.versions.first
        func address(_ version: ProjectConfiguration.Pair) -> [String: String] {
            ["label": version.key, "href": texts.text(Self.address(version.value, root)) ?? ""]
        }
        return [
            "version": label,
            "versions": others.map(address),
            "hasVersions": !others.isEmpty,
            "newest": newest.flatMap { $0.key == label ? nil : address($0) },
        ]
    }

    /// An address as a page writes it: what is no address of the web counts from the site's root.
    private static func address(_ value: String, _ root: String) -> String {
        guard SafeURL.scheme(of: value) == nil else { return SafeURL.checked(value) ?? "" }
        return value.hasPrefix("/") ? value : root + value
    }

    /// The page's address on the web. An index page is called by its folder.
    static func absolute(_ path: String, base: String) -> String {
        let base = base.hasSuffix("/") ? base : base + "/"
        let isIndex = path == "index.html" || path.hasSuffix("/index.html")
        return base + RelativePath.encoded(isIndex ? String(path.dropLast("index.html".count)) : path)
    }

    private func link(
        _ page: (path: String, title: String)?, _ root: String, _ texts: inout Texts
    ) -> [String: String]? {
        let href = texts.text(page.map { root + RelativePath.encoded($0.path) })
        let title = texts.text(page?.title)
        return href.flatMap { href in title.map { ["href": href, "title": $0] } }
    }

    private static func list(_ headings: [PageOutline.Heading]) -> [UInt8] {
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
        return writer.bytes
    }
}
