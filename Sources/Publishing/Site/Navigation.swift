import Guides

/// The tree of pages: folders as groups, in the order that front matter gives.
struct Navigation: Sendable {
    /// One page, or a folder with what is in it.
    struct Node: Sendable {
        var title: String
        /// The page; for a folder its `index.md`, if it has one.
        var path: String?
        var children: [Node]
        var order: Int
        /// What breaks ties: names of files, so that the order never depends on anything else.
        var key: String

        /// The page that a link to the folder leads to.
        var firstPath: String? { path ?? children.lazy.compactMap(\.firstPath).first }

        func contains(_ page: String) -> Bool {
            path == page || children.contains { $0.contains(page) }
        }
    }

    let roots: [Node]
    /// Every page in reading order.
    let sequence: [(path: String, title: String)]
    private let positions: [String: Int]
    /// With more pages than this, a page lists only the folders that lead to it; the tree would outweigh the text.
    static let fullTreeLimit = 80

    init(_ pages: [(outline: PageOutline, order: Int?)]) {
        let entries = pages.map { page in
            Entry(
                parts: page.outline.path.dropLast(5).split(separator: "/").map(String.init),
                title: page.outline.title,
                path: page.outline.path,
                order: page.order ?? Int.max
            )
        }
        roots = Self.nodes(entries, depth: 0)
        var sequence: [(path: String, title: String)] = []
        func walk(_ nodes: [Node]) {
            for node in nodes {
                if let path = node.path { sequence.append((path, node.title)) }
                walk(node.children)
            }
        }
        walk(roots)
        self.sequence = sequence
        positions = Dictionary(
            sequence.enumerated().map { ($1.path, $0) },
            uniquingKeysWith: { first, _ in first }
        )
    }

    private struct Entry {
        var parts: [String]
        var title: String
        var path: String
        var order: Int
    }

    private static func nodes(_ entries: [Entry], depth: Int) -> [Node] {
        var nodes: [Node] = []
        var folders: [String: [Entry]] = [:]
        for entry in entries {
            if entry.parts.count > depth + 1 {
                folders[entry.parts[depth], default: []].append(entry)
            } else if depth == 0 || entry.parts[depth] != "index" {
                // The start page comes first whatever its title.
                let order = entry.path == "index.html" && entry.order == Int.max ? Int.min : entry.order
                nodes.append(
                    Node(title: entry.title, path: entry.path, children: [], order: order, key: entry.parts[depth])
                )
            }
        }
        for (name, entries) in folders {
            let index = entries.first { $0.parts.count == depth + 2 && $0.parts[depth + 1] == "index" }
            let children = Self.nodes(entries, depth: depth + 1)
            nodes.append(
                Node(
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

    /// The page before and the page behind `path` in reading order.
    func neighbours(of path: String) -> (previous: (path: String, title: String)?, next: (path: String, title: String)?)
    {
        guard let index = positions[path] else { return (nil, nil) }
        return (
            index > 0 ? sequence[index - 1] : nil, index + 1 < sequence.count ? sequence[index + 1] : nil
        )
    }

    /// The titles of the folders that lead to `path`, joined; nil at the top.
    func crumbs(of path: String) -> String? {
        var titles: [String] = []
        var nodes = roots
        while let node = nodes.first(where: { !$0.children.isEmpty && $0.path != path && $0.contains(path) }) {
            titles.append(node.title)
            nodes = node.children
        }
        return titles.isEmpty ? nil : titles.joined(separator: " / ")
    }

    /// The tree as seen from `page`.
    ///
    /// - Parameter root: what leads from the page to the site's root.
    func html(on page: String, root: String) -> String {
        var writer = HTMLWriter(capacity: 4096)
        let isFull = sequence.count <= Self.fullTreeLimit
        list(roots, page, root, isFull, &writer)
        return writer.string
    }

    private func list(_ nodes: [Node], _ page: String, _ root: String, _ isFull: Bool, _ writer: inout HTMLWriter) {
        writer.raw("<ul>\n")
        for node in nodes {
            writer.raw("<li>")
            if node.children.isEmpty {
                link(node, node.path, page, root, &writer)
            } else if isFull || node.contains(page) {
                writer.raw(node.contains(page) ? "<details open><summary>" : "<details><summary>")
                writer.text(node.title)
                writer.raw("</summary>\n")
                var children = node.children
                if let path = node.path {
                    children.insert(Node(title: "Overview", path: path, children: [], order: 0, key: ""), at: 0)
                }
                list(children, page, root, isFull, &writer)
                writer.raw("</details>")
            } else {
                link(node, node.firstPath, page, root, &writer)
            }
            writer.raw("</li>\n")
        }
        writer.raw("</ul>\n")
    }

    private func link(_ node: Node, _ path: String?, _ page: String, _ root: String, _ writer: inout HTMLWriter) {
        writer.raw("<a")
        writer.attribute("href", root + RelativePath.encoded(path ?? ""))
        if path == page {
            writer.raw(" aria-current=\"page\"")
        }
        writer.raw(">")
        writer.text(node.title)
        writer.raw("</a>")
    }
}
