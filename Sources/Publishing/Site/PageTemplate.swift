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

    /// - Parameter root: what leads from the page to the site's root; worked out from the page's path where it is nil.
    func render(_ page: PageContent, root: String? = nil) -> SiteFile {
        let root = root ?? PageOutline.root(of: page.path)
        let contents = page.headings.filter { (2...3).contains($0.level) }
        let hasContents = contents.count > 1
        var values: [String: Any?] = [
            "title": page.title,
            "heading": page.heading,
            "anchor": page.anchor,
            "site": configuration.title,
            "isInner": page.title != configuration.title,
            "description": page.description ?? configuration.description,
            "canonical": configuration.baseURL.map { Self.absolute(page.path, base: $0) },
            "feed": configuration.baseURL != nil && hasProofs ? root + "proofs.xml" : nil,
            "root": root,
            "icon": theme.asset("icon.svg"),
            "style": theme.asset("launchpad.css"),
            "themeScript": theme.asset("theme.js"),
            "pageScript": theme.asset("page.js"),
            "searchScript": theme.asset("search.js"),
            "layout": hasContents ? page.layout : page.layout + " narrow",
            "hasCrumbs": !page.crumbs.isEmpty,
            "crumbs": page.crumbs.map { Self.crumb($0, root) },
            "rollup": page.rollup,
            "hasContents": hasContents,
            "hasPager": page.previous != nil || page.next != nil,
            "previous": page.previous.map { Self.link($0, root) },
            "next": page.next.map { Self.link($0, root) },
            "source": page.source,
            "repository": configuration.repository.flatMap { SafeURL.checked($0) },
            "edit": page.edit,
            "updated": page.updated.map { ["iso": $0, "text": Readable.day($0)] },
            "hasProofs": hasProofs,
            "onProof": page.path == "proof.html",
        ]
        values.merge(versions(root)) { first, _ in first }
        for slot in Slot.allCases {
            values[slot.rawValue] = slot.marker
        }
        let text = theme.templates.render(values.compactMapValues { $0 }, withTemplate: "page") ?? ""
        let parts: [Slot: [UInt8]] = [
            .content: page.content,
            .navigation: Array(navigation.html(on: page.path, root: root).utf8),
            .contents: hasContents ? Self.list(contents) : [],
        ]
        return SiteFile(path: page.path, contents: Self.fill(text, parts))
    }

    /// What is put into a rendered template as bytes: the large parts need not go through it.
    private enum Slot: String, CaseIterable {
        case content, navigation, contents

        /// Stands for the part while the template is rendered. The character is for private use, and not escaped.
        var marker: String { "\u{F8FF}\(rawValue)\u{F8FF}" }
    }

    private static func fill(_ text: String, _ parts: [Slot: [UInt8]]) -> [UInt8] {
        var text = text
        var out: [UInt8] = []
        let sign = Array("\u{F8FF}".utf8)
        text.withUTF8 { bytes in
            out.reserveCapacity(bytes.count + parts.values.reduce(0) { $0 + $1.count })
            var copied = 0
            var index = 0
            while index < bytes.count {
                guard bytes[index] == sign[0], bytes[index...].starts(with: sign),
                    let slot = Slot.allCases.first(where: { bytes[index...].starts(with: $0.marker.utf8) })
                else {
                    index += 1
                    continue
                }
                out += bytes[copied..<index]
                out += parts[slot] ?? []
                index += slot.marker.utf8.count
                copied = index
            }
            out += bytes[copied...]
        }
        return out
    }

    /// The menu of versions: the one that is built, and the others with their addresses.
    private func versions(_ root: String) -> [String: Any?] {
        guard let label = configuration.versionLabel ?? configuration.versions.first?.key,
            !configuration.versions.isEmpty || configuration.versionLabel != nil
        else { return [:] }
        let others = configuration.versions.filter { $0.key != label }
        let newest = configuration.versions.first
        return [
            "version": label,
            "versions": others.map { ["label": $0.key, "href": Self.address($0.value, root)] },
            "hasVersions": !others.isEmpty,
            "newest": newest.flatMap {
                $0.key == label ? nil : ["label": $0.key, "href": Self.address($0.value, root)]
            },
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

    private static func link(_ page: (path: String, title: String), _ root: String) -> [String: String] {
        ["href": root + RelativePath.encoded(page.path), "title": page.title]
    }

    private static func crumb(_ crumb: (title: String, path: String?), _ root: String) -> [String: Any] {
        var values: [String: Any] = ["name": crumb.title]
        values["href"] = crumb.path.map { root + RelativePath.encoded($0) }
        return values
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
