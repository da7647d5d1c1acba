import Guides
import NIOConcurrencyHelpers

/// The tree of pages: folders as groups, in the order that front matter gives.
struct Navigation: Sendable {
    /// One page, or a folder with what is in it.
    final class Node: Sendable {
        let title: String
        /// The page; for a folder its `index.md`, if it has one.
        let path: String?
        let children: [Node]
        /// Where its pages stand in reading order.
        let positions: Range<Int>

        fileprivate init(title: String, path: String?, children: [Node], positions: Range<Int>) {
            self.title = title
            self.path = path
            self.children = children
            self.positions = positions
        }

        /// The page that a link to the folder leads to.
        var firstPath: String? { path ?? children.lazy.compactMap(\.firstPath).first }
    }

    let roots: [Node]
    /// Every page in reading order.
    let sequence: [(path: String, title: String)]
    private let positions: [String: Int]
    private let views: NIOLockedValueBox<[View.Key: View]> = NIOLockedValueBox([:])
    /// With more pages than this, a page lists only the folders that lead to it; the tree would outweigh the text.
    static let fullTreeLimit = 80

    init(_ pages: [(outline: PageOutline, order: Int?)]) {
        let drafts = pages.map { page in
            NavigationDraft.Page(
                parts: page.outline.path.dropLast(5).split(separator: "/").map(String.init),
                title: page.outline.title,
                path: page.outline.path,
                order: page.order ?? Int.max
            )
        }
        var sequence: [(path: String, title: String)] = []
        roots = NavigationDraft.nodes(drafts, depth: 0).map { Self.node($0, &sequence) }
        self.sequence = sequence
        positions = Dictionary(
            sequence.enumerated().map { ($1.path, $0) },
            uniquingKeysWith: { first, _ in first }
        )
    }

    private static func node(_ draft: NavigationDraft, _ sequence: inout [(path: String, title: String)]) -> Node {
        let start = sequence.count
        if let path = draft.path { sequence.append((path, draft.title)) }
        let children = draft.children.map { node($0, &sequence) }
        return Node(title: draft.title, path: draft.path, children: children, positions: start..<sequence.count)
    }

    /// The page before and the page behind `path` in reading order.
    func neighbours(of path: String) -> (previous: (path: String, title: String)?, next: (path: String, title: String)?)
    {
        guard let index = positions[path] else { return (nil, nil) }
        return (
            index > 0 ? sequence[index - 1] : nil, index + 1 < sequence.count ? sequence[index + 1] : nil
        )
    }

    /// The folders that lead to `path`, the outermost first, each with the page that it leads to; empty at the top.
    func crumbs(of path: String) -> [(title: String, path: String?)] {
        guard let position = positions[path] else { return [] }
        var crumbs: [(title: String, path: String?)] = []
        var nodes = roots
        while let node = nodes.first(where: { $0.positions.contains(position) }), !node.children.isEmpty,
            node.path != path
        {
            crumbs.append((node.title, node.path))
            nodes = node.children
        }
        return crumbs
    }

    /// The tree as seen from `page`.
    ///
    /// - Parameter root: what leads from the page to the site's root.
    func html(on page: String, root: String) -> [UInt8] {
        let position = positions[page]
        let key = View.Key(folder: position == nil ? nil : RelativePath.directory(of: page), root: root)
        let view = views.withLockedValue { $0[key] } ?? view(key, from: position ?? -1)
        guard let place = view.links[page] else { return view.html }
        return view.html[..<place] + Array(" aria-current=\"page\"".utf8) + view.html[place...]
    }

    /// The tree as all pages of a folder see it, each of which only marks itself.
    private struct View {
        struct Key: Hashable {
            /// Nil for pages that are not in the tree.
            var folder: String?
            var root: String
        }

        var html: [UInt8]
        /// Where the tag of the link to a page ends, by the page's path.
        var links: [String: Int]
    }

    private func view(_ key: View.Key, from position: Int) -> View {
        var drawing = Drawing(position: position, root: key.root, isFull: sequence.count <= Self.fullTreeLimit)
        drawing.list(roots, overview: nil)
        let view = View(html: drawing.writer.bytes, links: drawing.links)
        views.withLockedValue { $0[key] = view }
        return view
    }

    private struct Drawing {
        var position: Int
        var root: String
        var isFull: Bool
        var writer = HTMLWriter(capacity: 4096)
        var links: [String: Int] = [:]

        mutating func list(_ nodes: [Node], overview: String?) {
            writer.raw("<ul>\n")
            if let overview {
                writer.raw("<li>")
                link("Overview", overview)
                writer.raw("</li>\n")
            }
            for node in nodes {
                writer.raw("<li>")
                let isAbove = node.positions.contains(position)
                if node.children.isEmpty {
                    link(node.title, node.path)
                } else if isFull || isAbove {
                    writer.raw(isAbove ? "<details open><summary>" : "<details><summary>")
                    writer.text(node.title)
                    writer.raw("</summary>\n")
                    list(node.children, overview: node.path)
                    writer.raw("</details>")
                } else {
                    link(node.title, node.firstPath)
                }
                writer.raw("</li>\n")
            }
            writer.raw("</ul>\n")
        }

        private mutating func link(_ title: String, _ path: String?) {
            writer.raw("<a")
            writer.attribute("href", root + RelativePath.encoded(path ?? ""))
            if let path { links[path] = writer.bytes.count }
            writer.raw(">")
            writer.text(title)
            writer.raw("</a>")
        }
    }
}

/// A node of the navigation before its place in the reading order is known.
private struct NavigationDraft {
    struct Page {
        var parts: [String]
        var title: String
        var path: String
        var order: Int
    }

    var title: String
    var path: String?
    var children: [NavigationDraft]
    var order: Int
    /// What breaks ties: names of files, so that the order never depends on anything else.
    var key: String

    static func nodes(_ pages: [Page], depth: Int) -> [NavigationDraft] {
        var nodes: [NavigationDraft] = []
        var folders: [String: [Page]] = [:]
        for page in pages {
            if page.parts.count > depth + 1 {
                folders[page.parts[depth], default: []].append(page)
            } else if depth == 0 || page.parts[depth] != "index" {
                // The start page comes first whatever its title.
                let order = page.path == "index.html" && page.order == Int.max ? Int.min : page.order
                nodes.append(
                    NavigationDraft(
                        title: page.title, path: page.path, children: [], order: order, key: page.parts[depth])
                )
            }
        }
        for (name, pages) in folders {
            let index = pages.first { $0.parts.count == depth + 2 && $0.parts[depth + 1] == "index" }
            let children = Self.nodes(pages, depth: depth + 1)
            nodes.append(
                NavigationDraft(
                    title: index?.title ?? readable(name),
                    path: index?.path,
                    children: children,
                    order: index?.order ?? children.map(\.order).min() ?? Int.max,
                    key: name
                )
            )
        }
        return nodes.sorted { ($0.order, $0.title, $0.key) < ($1.order, $1.title, $1.key) }
    }

    /// `running-nats` as a title: `Running nats`.
    private static func readable(_ folder: String) -> String {
        let words = folder.replacing("-", with: " ").replacing("_", with: " ")
        return words.prefix(1).uppercased() + words.dropFirst()
    }
}
