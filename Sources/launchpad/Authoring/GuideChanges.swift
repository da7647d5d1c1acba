import Guides
import Proving
import Tangling

/// What an edit of the guides touches: which guides have to be proven again, and which of their blocks are new.
struct GuideChanges {
    /// The guides that changed, and those whose workspaces hold files of them.
    let scenarios: [Scenario]
    /// The changed blocks, as `guide#block`.
    let blocks: [String]

    /// - Parameter former: the guides' scenarios before the edit, by path; empty when the loop begins.
    init(from former: [String: Scenario], to loaded: LoadedProject) {
        let files = GuideFiles(guides: loaded.guides, plan: loaded.described)
        var touched: Set<String> = []
        var blocks: [String] = []
        for scenario in loaded.scenarios {
            let path = scenario.guide.path
            guard let before = former[path] else {
                touched.insert(path)
                continue
            }
            let known = Dictionary(before.checks.map { ($0.block.name, $0) }, uniquingKeysWith: { first, _ in first })
            for check in scenario.checks where known[check.block.name]?.contentHash != check.contentHash {
                blocks.append("\(scenario.guide.name)#\(check.block.name)")
                touched.insert(path)
            }
            let isSame =
                Self.texts(before.guide) == Self.texts(scenario.guide) && before.checks.count == scenario.checks.count
            if !isSame { touched.insert(path) }
        }
        scenarios = loaded.scenarios.filter { scenario in
            touched.contains(scenario.guide.path)
                || files.of(scenario.guide).contains { touched.contains($0.guide) && $0.guide != scenario.guide.path }
        }
        self.blocks = blocks
    }

    /// What a guide says to the machine: its blocks and what its front matter starts.
    private static func texts(_ guide: Guide) -> [String] {
        [guide.frontMatter.broker ?? "", guide.frontMatter.services ?? ""] + guide.frontMatter.needs
            + guide.blocks.flatMap { block in
                [block.language, block.text] + block.attributes.entries.map { "\($0.key)=\($0.value)" }
            }
    }
}
