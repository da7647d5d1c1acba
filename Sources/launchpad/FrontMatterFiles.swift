import Guides
import Proving
import Tangling

/// Checks the files that front matter names: a guide's workspace holds what guides describe, and nothing else.
struct FrontMatterFiles {
    let guides: [Guide]
    /// The files that guides describe.
    let plan: TanglePlan

    /// Everything that is wrong with `broker:` and `services:`, at the very value.
    func check() -> [Diagnostic] {
        let files = GuideFiles(guides: guides, plan: plan)
        return guides.flatMap { guide in
            [("broker", guide.frontMatter.broker), ("services", guide.frontMatter.services)].compactMap { key, path in
                path.flatMap { problem(with: $0, key, of: guide, among: files.of(guide)) }
            }
        }
    }

    private func problem(
        with path: String, _ key: String, of guide: Guide, among files: [TangledFile]
    ) -> Diagnostic? {
        let own = files.map(\.path)
        guard !own.contains(path) else {
            return nil
        }
        let message: String
        let help: String
        if let other = plan.files.first(where: { $0.path == path }) {
            message = "\"\(path)\" is a file of \(other.guide), which this guide does not need"
            help = "add to the front matter: needs: \(other.guide)"
        } else {
            message = "no guide describes \"\(path)\", so there is no such file when this guide's checks are run"
            let near = nearestName(to: path, among: own).map { "did you mean \"\($0)\"? " } ?? ""
            let valid = own.isEmpty ? "" : "; this guide's files are: \(own.joined(separator: ", "))"
            help = near + "describe it in a block with file=\(path)" + valid
        }
        return Diagnostic(
            code: "unknown-\(key)", message, file: guide.path, range: guide.frontMatter.place(of: key), help: help
        )
    }
}
