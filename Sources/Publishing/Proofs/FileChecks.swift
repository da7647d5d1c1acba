import Guides
import Proving
import Tangling

/// Which checks ran with which generated file: those of its guide, and of the guides that need that one.
struct FileChecks: Sendable {
    struct Check: Sendable {
        /// `running-nats#publish`
        var name: String
        /// The block's address from the site's root.
        var address: String
        var status: BlockStatus
    }

    private let byFile: [String: [Check]]

    init(_ guides: [RenderedGuide], plan: TanglePlan) {
        let files = Dictionary(grouping: plan.files, by: \.guide)
        let needs = Dictionary(
            guides.map { ($0.guide.path, $0.guide.frontMatter.needs) }, uniquingKeysWith: { first, _ in first })
        var byFile: [String: [Check]] = [:]
        for page in guides where page.statuses.values.contains(where: \.isCheck) {
            let checks = page.statuses.sorted { $0.key < $1.key }.compactMap { index, status -> Check? in
                guard status.isCheck, page.guide.blocks.indices.contains(index) else { return nil }
                let anchor = page.outline.blockAnchors[index].map { "#" + $0 } ?? ""
                return Check(
                    name: "\(page.guide.name)#\(page.guide.blocks[index].name)",
                    address: RelativePath.encoded(page.outline.path) + anchor,
                    status: status
                )
            }
            var seen: Set<String> = []
            var open = [page.guide.path]
            while let guide = open.popLast() {
                guard seen.insert(guide).inserted else { continue }
                open += needs[guide] ?? []
                for file in files[guide] ?? [] {
                    byFile[file.path, default: []] += checks
                }
            }
        }
        self.byFile = byFile
    }

    /// The checks that ran with the file at `path`.
    func checks(of path: String) -> [Check] { byFile[path] ?? [] }

    func tally(of path: String) -> ProofTally {
        checks(of: path).reduce(into: ProofTally()) { $0.add($1.status) }
    }

    /// Writes the checks of a file as a list that readers unfold; nothing where it has none.
    func write(_ path: String, root: String, to writer: inout HTMLWriter) {
        let tally = tally(of: path)
        guard let state = tally.state else { return }
        writer.trusted("<details class=\"used\"><summary><span class=\"state is-\(state.rawValue)\">".utf8)
        writer.trusted("<svg class=\"i\"><use href=\"#i-\(state.rawValue)\"/></svg>".utf8)
        writer.text(tally.sentence)
        writer.raw("</span> with this file</summary>\n<ul class=\"checklist\">\n")
        for check in checks(of: path) {
            let state = check.status.state
            writer.trusted("<li><span class=\"state is-\(state.rawValue)\"><svg class=\"i\">".utf8)
            writer.trusted("<use href=\"#i-\(state.rawValue)\"/></svg>\(state.label)</span> <a".utf8)
            writer.attribute("href", root + check.address)
            writer.raw(">")
            writer.text(check.name)
            writer.raw("</a></li>\n")
        }
        writer.raw("</ul></details>\n")
    }
}
