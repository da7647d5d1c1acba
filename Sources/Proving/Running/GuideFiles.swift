package import Guides
package import Tangling

/// The files that stand in a guide's workspace before its first block runs.
package struct GuideFiles: Sendable {
    private let files: [String: [TangledFile]]
    private let needs: [String: [String]]

    /// - Parameters:
    ///   - guides: all guides of the project, for what `needs:` names.
    ///   - plan: the files that they describe.
    package init(guides: [Guide], plan: TanglePlan) {
        files = Dictionary(grouping: plan.files, by: \.guide)
        needs = Dictionary(guides.map { ($0.path, $0.frontMatter.needs) }, uniquingKeysWith: { first, _ in first })
    }

    /// The guide's own files and those of the guides that it needs, and of those that they need, by path.
    package func of(_ guide: Guide) -> [TangledFile] {
        var wanted: Set<String> = []
        var found: [TangledFile] = []
        var open = [guide.path]
        while let path = open.popLast() {
            guard wanted.insert(path).inserted else { continue }
            found += files[path] ?? []
            open += needs[path] ?? []
        }
        return wanted.count > 1 ? found.sorted { $0.path < $1.path } : found
    }

    /// SHA-256 over paths, modes and contents, and over which of them is the broker's or the services' configuration, in
    /// lower-case hexadecimal. Unlike a guide's input hash it is the same on
    /// every machine, so that whoever publishes a proof can tell whether the files are still those it ran with.
    package static func hash(_ files: [TangledFile], of guide: Guide) -> String {
        var fields = HashFields()
        fields.add("broker", guide.frontMatter.broker ?? "")
        fields.add("services", guide.frontMatter.services ?? "")
        for file in files {
            fields.add("file", file.path)
            fields.add("mode", String(file.mode))
            fields.add("contents", file.contents)
        }
        return fields.hash
    }
}
