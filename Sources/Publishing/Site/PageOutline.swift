import Guides

/// What other pages, and the page's own contents, need to know about a page before it is rendered.
struct PageOutline: Sendable {
    struct Heading: Sendable, Hashable {
        var level: Int
        var text: String
        var anchor: String
    }

    /// The page's file in the site, such as `broker/limits.html`.
    var path: String
    var guidePath: String
    var title: String
    var description: String?
    /// In document order, the title included.
    var headings: [Heading]
    /// The anchor of each fenced block, by its index in the guide.
    var blockAnchors: [Int: String]
    /// Everything on the page that a link may point at.
    var anchors: Set<String>

    /// `../` as often as the page lies deep; what a page writes in front of a path from the site's root.
    var root: String { Self.root(of: path) }

    static func root(of path: String) -> String {
        String(repeating: "../", count: path.utf8.count { $0 == UInt8(ascii: "/") })
    }

    /// Reads a guide's outline.
    init(_ entry: SiteSource.Entry, rawHTML: RawHTMLPolicy) {
        var collector = OutlineCollector(guide: entry.guide, rawHTML: rawHTML)
        collector.visit(entry.markup)
        path = entry.guide.name + ".html"
        guidePath = entry.guide.path
        headings = collector.headings
        blockAnchors = collector.blockAnchors
        anchors = collector.anchors
        title = entry.guide.frontMatter.title ?? headings.first { $0.level == 1 }?.text ?? entry.guide.name
        description = entry.guide.frontMatter.description
    }
}

private struct OutlineCollector {
    let guide: Guide
    let rawHTML: RawHTMLPolicy
    var slugger = Slugger()
    var headings: [PageOutline.Heading] = []
    var blockAnchors: [Int: String] = [:]
    var anchors: Set<String> = []

    init(guide: Guide, rawHTML: RawHTMLPolicy) {
        self.guide = guide
        self.rawHTML = rawHTML
    }

    mutating func visit(_ node: Markup) {
        switch node.kind {
        case .heading(let level):
            let anchor = slugger.slug(for: node.plainText)
            headings.append(PageOutline.Heading(level: level, text: node.plainText, anchor: anchor))
            anchors.insert(anchor)
        case .fence(let index) where guide.blocks.indices.contains(index):
            let anchor = slugger.unique("block-" + Slugger.base(guide.blocks[index].name))
            blockAnchors[index] = anchor
            anchors.insert(anchor)
        case .footnoteReference(_, let number, let occurrence):
            anchors.insert(FootnoteAnchor.reference(number, occurrence))
        case .footnoteDefinition(_, let number, _):
            anchors.insert(FootnoteAnchor.definition(number))
        case .htmlBlock(let source), .html(let source):
            var sanitizer = HTMLSanitizer(policy: .safe)
            var discarded = HTMLWriter(capacity: source.utf8.count)
            sanitizer.write(source, to: &discarded)
            for anchor in sanitizer.anchors {
                anchors.insert(slugger.unique(anchor))
                anchors.insert(anchor)
            }
        default:
            break
        }
        for child in node.children {
            visit(child)
        }
    }
}

/// The anchors of footnotes, at both ends.
enum FootnoteAnchor {
    static func definition(_ number: Int) -> String { "fn-\(number)" }

    static func reference(_ number: Int, _ occurrence: Int) -> String {
        occurrence == 1 ? "fnref-\(number)" : "fnref-\(number)-\(occurrence)"
    }
}
