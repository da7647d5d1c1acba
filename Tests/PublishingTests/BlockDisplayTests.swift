import Guides
import Testing

@testable import Publishing

@Suite("How blocks are shown")
struct BlockDisplayTests {
    private func page(_ blocks: (language: String, text: String, attributes: [(String, String)])...) async throws
        -> String
    {
        var guide = GuideMaker("docs/index.md")
        guide.add(Tree.heading(1, "Title"))
        for block in blocks {
            guide.fence(.sample, block.language, block.text, attributes: block.attributes)
        }
        return try await SiteSource.sample([guide]).built("index.html")
    }

    @Test("a title stands in the bar above its block, beside the language")
    func title() async throws {
        let html = try await page(("swift", "let a = 1\n", [("title", "Connect <first>")]))
        #expect(html.contains("<figcaption><span class=\"title\">Connect &lt;first&gt;</span><span class=\"lang\">"))
    }

    @Test("a block without wishes has no rows, no fold and no tabs")
    func plain() async throws {
        let html = try await page(("text", "one\ntwo\n", []))
        #expect(html.contains("<pre><code>one\ntwo\n</code></pre>"))
        #expect(
            !html.contains("class=\"row") && !html.contains("<details class=\"fold\"") && !html.contains("data-tab"))
    }

    @Test("line numbers are drawn by the style, so that the text stays what it is")
    func numbers() async throws {
        let html = try await page(("text", "one\n\nthree\n", [("lines", "true")]))
        #expect(
            html.contains(
                "<pre class=\"numbered\"><code><span class=\"row\">one\n</span><span class=\"row\">\n</span>"
                    + "<span class=\"row\">three\n</span></code></pre>"
            )
        )
    }

    @Test("marked lines stand out, and a mark behind the last line is a warning")
    func marks() async throws {
        let html = try await page(("text", "one\ntwo\nthree\n", [("mark", "1,3-4")]))
        #expect(html.contains("<span class=\"row hit\">one\n</span><span class=\"row\">two\n</span>"))
        #expect(html.contains("<span class=\"row hit\">three\n</span>"))

        var guide = GuideMaker("docs/index.md")
        guide.add(Tree.heading(1, "Title"))
        guide.fence(.sample, "text", "one\n", attributes: [("mark", "2")])
        let site = await SiteBuilder(SiteSource.sample([guide]), theme: try Theme()).build()
        let warning = try #require(site.diagnostics.first { $0.code == "mark-out-of-range" })
        #expect(warning.message == "line 2 is marked, and this block has 1")
        #expect(warning.severity == .warning)
    }

    @Test("a diff's new and former lines are told apart, whatever their language")
    func diff() async throws {
        let html = try await page(("conf", "-port: 4222\n+port: 4333\n http: 8222\n", [("diff", "true")]))
        #expect(html.contains("<span class=\"row del\">"))
        #expect(html.contains("<span class=\"row ins\">"))
        #expect(html.ranges(of: "<span class=\"row\">").count == 1)
    }

    @Test("a folded block can be opened without JavaScript and tells how long it is")
    func fold() async throws {
        let html = try await page(("text", "one\ntwo\n", [("fold", "true")]))
        #expect(
            html.contains(
                "<details class=\"fold\"><summary>2 lines</summary>\n<pre><code>one\ntwo\n</code></pre>\n</details>"
            )
        )
    }

    @Test("neighbours with tabs are one group, each with its label; any other block ends it")
    func tabs() async throws {
        let html = try await page(
            ("swift", "let a = 1\n", [("tab", "Swift")]), ("kotlin", "val a = 1\n", [("tab", "Kotlin")]),
            ("text", "between\n", []), ("go", "a := 1\n", [("tab", "Go")])
        )
        #expect(html.ranges(of: "<div class=\"tabs\">").count == 2)
        #expect(html.contains("data-tab=\"Kotlin\">\n<figcaption><span class=\"title\">Kotlin</span></figcaption>"))
        let first = try #require(html.firstRange(of: "<div class=\"tabs\">"))
        let group = html[first.upperBound..<(try #require(html.firstRange(of: "between"))).lowerBound]
        #expect(group.contains("Swift") && group.contains("Kotlin") && group.contains("</figure>\n</div>"))
    }

    @Test(
        "rows join back to the text, and elements over several lines are closed on each",
        arguments: [
            ("a\nb\n", ["a", "b"]),
            ("<i>a\nb</i>\n", ["<i>a</i>", "<i>b</i>"]),
            ("<b>$ a</b>\n<i>x\ny\n</i>", ["<b>$ a</b>", "<i>x</i>", "<i>y</i>"]),
            ("<i>x\n</i><b>c</b>\n", ["<i>x</i>", "<i></i><b>c</b>"]),
            ("\n\n", ["", ""]),
            ("", []),
        ]
    )
    func rows(html: String, rows: [String]) {
        let spans = html.replacing("<i>", with: "<span class=u>").replacing("<b>", with: "<span class=k>")
            .replacing("</i>", with: "</span>").replacing("</b>", with: "</span>")
        let made = CodeRows().rows(of: Array(spans.utf8))
        let expected = rows.map { row in
            let inner = row.replacing("<i>", with: "<span class=u>").replacing("<b>", with: "<span class=k>")
                .replacing("</i>", with: "</span>").replacing("</b>", with: "</span>")
            return "<span class=\"row\">\(inner)\n</span>"
        }
        #expect(String(decoding: made.html, as: UTF8.self) == expected.joined())
        #expect(made.count == rows.count)
    }
}
