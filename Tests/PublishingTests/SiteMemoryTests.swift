import Guides
import Tangling
import Testing

@testable import Publishing

@Suite("Building a site again")
struct SiteMemoryTests {
    private func entry(_ name: String, _ text: String) throws -> SiteSource.Entry {
        let guide = try #require(GuideParser.parse(path: "docs/\(name).md", name: name, bytes: Array(text.utf8)).guide)
        return SiteSource.Entry(guide: guide, markup: guide.markup().markup)
    }

    @Test("with a memory of the last build it comes to the same pages and messages, whatever has changed")
    func same() async throws {
        let memory = SiteMemory()
        let theme = try Theme()
        var source = SiteSource.sample([])
        source.entries = [
            try entry("a", "# A\n\n[b](b.md#part)\n"), try entry("b", "# B\n\n## Part\n"),
            try entry("c", "# C\n\n```swift include=x.swift\n```\n\n![](i.png)\n"),
        ]
        source.files = MemoryFiles(files: ["x.swift": Array("let x = 1\n".utf8), "docs/i.png": [1]])
        let steps: [(inout SiteSource) throws -> Void] = [
            { _ in },
            { $0.entries[0] = try entry("a", "# A\n\nMore. [b](b.md#part)\n") },
            // The anchor that another page links to goes.
            { $0.entries[1] = try entry("b", "# B\n\n## Other\n") },
            { $0.entries[1] = try entry("b", "# B\n\n## Part\n\nText\n") },
            // The title of a page stands in the menu of all.
            { $0.entries[1] = try entry("b", "# New\n\n## Part\n") },
            { $0.files = MemoryFiles(files: ["x.swift": Array("let x = 2\n".utf8), "docs/i.png": [1]]) },
            { $0.configuration.title = "Renamed" },
            { $0.entries.remove(at: 1) },
            { $0.entries.append(try entry("b", "# New\n\n## Part\n")) },
        ]
        for (number, step) in steps.enumerated() {
            try step(&source)
            let fresh = await SiteBuilder(source, theme: theme).build()
            let again = await SiteBuilder(source, theme: theme).build(remembering: memory)
            let files = (again.files + (await again.search?() ?? [])).sorted { $0.path < $1.path }
            #expect(files.map(\.path) == fresh.files.map(\.path), "step \(number)")
            for (file, other) in zip(files, fresh.files) {
                #expect(file == other, "step \(number): \(file.path)")
            }
            #expect(again.diagnostics == fresh.diagnostics, "step \(number)")
        }
    }

    @Test("a server keeps its search until the new one comes")
    func serves() {
        var store = SiteStore()
        func file(_ path: String, _ text: String) -> SiteFile { SiteFile(path: path, contents: Array(text.utf8)) }
        _ = store.replace(with: [file("a.html", "1"), file("search/meta.js", "1")])
        let changed = store.replace(with: [file("a.html", "2")]) { $0.hasPrefix("search/") }
        #expect(changed == ["a.html"])
        #expect(store.answer("/search/meta.js").status == 200)
        _ = store.replace(with: [file("search/meta.js", "2")]) { !$0.hasPrefix("search/") }
        #expect(store.answer("/search/meta.js").body == Array("2".utf8))
        #expect(store.answer("/a.html").status == 200)
    }
}
