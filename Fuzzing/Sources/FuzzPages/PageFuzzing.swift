import Guides
import Proving

@testable import Publishing

/// The way from a guide's Markdown to its page.
///
/// An input is a guide. Whatever it is, it is read and rendered without a crash, twice to the same page, and nothing in that
/// page could run in a reader's browser.
enum PageFuzzing {
    /// A project without any other file.
    private struct NoFiles: ProjectFiles {
        func kind(of path: String) -> ProjectFileKind? { nil }
        func contents(of path: String) -> [UInt8]? { nil }
    }

    static func run(_ input: [UInt8]) {
        guard let first = page(input) else { return }
        precondition(first == page(input), "two pages of one guide differ")
        let audit = PageAudit(String(decoding: first, as: UTF8.self))
        precondition(audit.faults.isEmpty, "\(audit.faults)")
    }

    /// The text of the page; nil where the guide cannot be read.
    private static func page(_ input: [UInt8]) -> [UInt8]? {
        guard let guide = GuideParser.parse(path: "docs/index.md", name: "index", bytes: input).guide else {
            return nil
        }
        let entry = SiteSource.Entry(
            guide: guide, markup: guide.markup().markup, scenario: Scenario.make(from: guide).scenario)
        let outline = PageOutline(entry, rawHTML: .safe)
        let files = NoFiles()
        var renderer = PageRenderer(
            entry: entry,
            outline: outline,
            resolver: LinkResolver(outlines: [outline], generated: [], files: files),
            statuses: ProofIndex(ledger: nil, currentTool: nil).statuses(of: entry),
            fileStatuses: [:],
            parts: FileParts(files: files, generated: [:], partNames: [:]),
            engine: nil,
            policy: .safe
        )
        let result = renderer.render()
        return Array("<h1>\(result.title)</h1>".utf8) + result.html
    }
}
