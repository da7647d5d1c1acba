import Guides
import Tangling
import Testing

@testable import Publishing

@Suite("Includes and variables")
struct IncludeTests {
    private static let program = """
        import nats
        // ANCHOR: connect
            let client = connect()
            // ANCHOR: inner
            client.flush()
            // ANCHOR_END: inner
        // ANCHOR_END: connect
        // #region close
        client.close()
        // #endregion
        """

    private func page(_ reference: String, text: String = "") async throws -> (html: String, errors: [Diagnostic]) {
        var guide = GuideMaker("docs/a.md", title: "T")
        guide.fence(.sample, "swift", text, attributes: [("include", reference)])
        let file = TangledFile(
            path: "ops/a.conf", contents: Array("# made\nport: 1\n".utf8), guide: "docs/a.md",
            parts: [])
        let source = SiteSource.sample(
            [guide], plan: [file], files: MemoryFiles(files: ["src/main.swift": Array(Self.program.utf8)]))
        return (try await source.built("a.html"), try await source.diagnostics())
    }

    private func text(_ html: String) -> String {
        let code = html.firstMatch(of: /<pre><code>([\s\S]*?)<\/code>/).map { String($0.output.1) } ?? ""
        return code.replacing(/<[^>]*>/, with: "")
    }

    @Test(
        "a block shows a named part, lines or the whole of a file, without markers and common indentation",
        arguments: [
            ("src/main.swift#connect", "let client = connect()\nclient.flush()\n"),
            ("src/main.swift#inner", "client.flush()\n"),
            ("src/main.swift#close", "client.close()\n"),
            ("src/main.swift#L1", "import nats\n"),
            ("ops/a.conf#L1-L2", "# made\nport: 1\n"),
            ("src/main.swift", "import nats\n    let client = connect()\n    client.flush()\nclient.close()\n"),
        ])
    func parts(_ reference: String, _ expected: String) async throws {
        let (html, errors) = try await page(reference)
        #expect(errors.isEmpty)
        #expect(text(html) == expected)
        #expect(html.contains("href=\"files/\(FileParts.path(reference)).html\""))
    }

    @Test(
        "what is not there is an error that names what is",
        arguments: [
            ("src/none.swift", "no text file \"src/none.swift\""), ("../x", "no text file \"../x\""),
            ("src/main.swift#conect", "has no part \"conect\""), ("src/main.swift#L9-L99", "no lines of this file"),
        ])
    func missing(_ reference: String, _ message: String) async throws {
        let (_, errors) = try await page(reference)
        #expect(errors.map(\.code) == ["broken-include"])
        #expect(errors.first?.message.contains(message) == true)
    }

    @Test("a block that repeats the part must repeat it exactly")
    func drift() async throws {
        #expect(try await page("src/main.swift#close", text: "client.close()\n").errors.isEmpty)
        #expect(try await page("src/main.swift#close", text: "client.stop()\n").errors.map(\.code) == ["include-drift"])
    }

    @Test("variables stand in text and titles, not in code; unknown ones are errors once there are any")
    func variables() async throws {
        var guide = GuideMaker("docs/a.md")
        guide.add(
            Tree.heading(1, "NATS {{ version }}"),
            Tree.paragraph(Tree.text("v{{version}}{{ a b }}"), Tree.code("{{ version }}")))
        var entry = guide.entry
        entry.guide.source = Array("{{".utf8)
        var configuration = SiteConfiguration()
        configuration.variables = ["version": "2.15<1"]
        var source = SiteSource.sample([], configuration: configuration)
        source.entries = [entry]
        let html = try await source.built("a.html")
        #expect(html.contains("NATS 2.15&lt;1</h1>"))
        #expect(html.contains("<p>v2.15&lt;1{{ a b }}<code>{{ version }}</code></p>"))
        #expect(try await source.diagnostics().isEmpty)
        source.configuration.variables = ["versions": "x"]
        let errors = try await source.diagnostics()
        #expect(errors.map(\.code) == ["unknown-variable", "unknown-variable"])
        #expect(errors.first?.help?.hasPrefix("did you mean \"versions\"?") == true)
        source.configuration.variables = [:]
        #expect(try await source.diagnostics().isEmpty)
        #expect(try await source.built("a.html").contains("v{{version}}"))
    }
}
