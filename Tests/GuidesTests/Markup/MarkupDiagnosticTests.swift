import Testing

@testable import Guides

@Suite("What is wrong with footnotes")
struct MarkupDiagnosticTests {
    private func diagnostics(_ text: String) throws -> [String] {
        try markupGuide(text).markup().diagnostics.map {
            let start = $0.range?.start ?? SourcePosition(line: 0, column: 0)
            let end = $0.range?.end ?? start
            return "\($0.severity.rawValue) \($0.code) \(start.line):\(start.column)-\(end.line):\(end.column)"
        }
    }

    @Test("a reference without a footnote is an error in its exact place")
    func missing() throws {
        #expect(
            try diagnostics("---\ntitle: T\n---\n\n> - é *a* &amp; \\* `x`[^nope] b\n")
                == ["error missing-footnote 5:24-5:31"]
        )
        #expect(try diagnostics("|a|b|\n|-|-|\n|c \\| d|*e*[^f]|\n") == ["error missing-footnote 3:12-3:16"])
        #expect(try diagnostics("a [b](c\n'd') e\nf[^g]\n") == ["error missing-footnote 3:2-3:6"])
    }

    @Test("the text of a missing reference stays, and the nearest label is proposed")
    func missingText() throws {
        let guide = try markupGuide("a[^ntoe] b[^note]\n\n[^note]: c\n")
        let (markup, diagnostics) = guide.markup()
        #expect(markup.children.first?.children.first?.plainText == "a")
        #expect(MarkupHTML.render(markup, of: guide).hasPrefix("<p>a[^ntoe] b<ref 1 note 1></p>"))
        #expect(diagnostics.first?.help?.contains("did you mean [^note]?") == true)
    }

    @Test("a footnote that nothing refers to is an error, and is not shown")
    func unused() throws {
        let text = "a\n\n> [^b]: c\n\n- d\n\n  [^e]: f[^e]\n"
        #expect(
            try diagnostics(text) == ["error unused-footnote 3:3-3:8", "error unused-footnote 7:3-7:8"]
        )
        let guide = try markupGuide(text)
        #expect(guide.markup().markup.children.allSatisfy { $0.kind != .footnotes })
    }

    @Test("a footnote that is defined twice is an error that names the first")
    func duplicate() throws {
        let guide = try markupGuide("[^a]\n\n[^a]: b\n[^A]: c\n")
        let diagnostics = guide.markup().diagnostics
        #expect(diagnostics.map(\.code) == ["duplicate-footnote"])
        #expect(diagnostics.first?.range?.start == SourcePosition(line: 4, column: 1))
        #expect(diagnostics.first?.notes.first?.range?.start == SourcePosition(line: 3, column: 1))
    }

    @Test("nothing in code, HTML, escapes and addresses is a footnote")
    func none() throws {
        let text =
            "`[^a]` \\[^b] <i title=\"[^c]\"> [^d](/e)\n\n    [^f]: g\n\n```\n[^h]\n[^i]: j\n```\n\n<div>\n[^k]: l\n</div>\n"
        #expect(try diagnostics(text).isEmpty)
    }
}
