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

    @Test("an edited page can be had before the rest, and is as the next build makes it")
    func preview() async throws {
        let memory = SiteMemory()
        let theme = try Theme()
        var source = SiteSource.sample([])
        source.configuration.variables = ["port": "4222"]
        source.entries = [
            try entry("a", "# A\n\n[b](b.md#part)\n"),
            try entry("b", "# B\n\n## Part\n\n```conf file=x.conf\nx: 1\n```\n"),
        ]
        #expect(memory.preview(source.entries[0]) == nil, "nothing is known yet")
        _ = await SiteBuilder(source, theme: theme).build(remembering: memory)
        let edits = [
            "# A\n\nMore on {{ port }}. [b](b.md#part)\n", "# A\n\n## New\n\n[own](#new)\n\n```console\n$ true\n```\n",
        ]
        for text in edits {
            source.entries[0] = try entry("a", text)
            let early = try #require(memory.preview(source.entries[0]))
            #expect(early.map(\.path).sorted() == ["a.html", "a.md"])
            let site = await SiteBuilder(source, theme: theme).build(remembering: memory)
            for file in early {
                #expect(site.files.contains(file), "\(text): \(file.path)")
            }
        }
    }

    @Test(
        "what other pages or checks depend on, and what is wrong, waits for the build",
        arguments: [
            ("a", "# Renamed\n\n[b](b.md#part)\n"), ("a", "---\norder: 3\n---\n# A\n"), ("a", "# A\n\n[b](b.md#prt)\n"),
            ("b", "# B\n\n## Part\n\n```conf file=x.conf\nx: 2\n```\n"),
            ("b", "# B\n\n## Part\n\n```c\n```\n\n```conf file=x.conf\nx: 1\n```\n"), ("new", "# New\n"),
        ])
    func noPreview(_ name: String, _ text: String) async throws {
        let memory = SiteMemory()
        var source = SiteSource.sample([])
        source.entries = [
            try entry("a", "# A\n\n[b](b.md#part)\n"),
            try entry("b", "# B\n\n## Part\n\n```conf file=x.conf\nx: 1\n```\n"),
        ]
        _ = await SiteBuilder(source, theme: try Theme()).build(remembering: memory)
        #expect(memory.preview(try entry(name, text)) == nil)
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
