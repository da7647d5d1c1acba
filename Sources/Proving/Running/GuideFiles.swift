package import Guides
package import Tangling

/// The files that stand in a guide's workspace before its first block runs.
package enum GuideFiles {
    /// The guide's own files and those of the guides that it needs, and of those that they need.
    package static func of(_ guide: Guide, guides: [Guide], plan: TanglePlan) -> [TangledFile] {
        var wanted: Set<String> = []
        var open = [guide.path]
        while let path = open.popLast() {
            guard wanted.insert(path).inserted else { continue }
            open += guides.first { $0.path == path }?.frontMatter.needs ?? []
        }
        return plan.files.filter { wanted.contains($0.guide) }
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
