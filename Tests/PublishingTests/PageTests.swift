import Guides
import Proving
import Testing

@testable import Publishing

@Suite("Pages")
struct PageTests {
    private func page(_ nodes: Markup..., configuration: SiteConfiguration = SiteConfiguration()) async throws -> String
    {
        var guide = GuideMaker("docs/index.md")
        for node in nodes {
            guide.add(node)
        }
        return try await SiteSource.sample([guide], configuration: configuration).built("index.html")
    }

    @Test("text is escaped wherever it stands")
    func escapes() async throws {
        let evil = "</p><script>alert('\"1\"')</script>"
        let html = try await page(
            Tree.heading(1, evil),
            Tree.heading(2, evil),
            Tree.paragraph(Tree.text(evil), Tree.code(evil), Tree.link("https://example.com/\"><script>", evil)),
            Tree.node(.indentedCode(evil)),
            Tree.node(.htmlBlock(evil))
        )
        #expect(!html.contains("<script>"))
        #expect(!html.contains("alert('\""))
        #expect(html.ranges(of: "<script").count == 2, "only the theme's two scripts")
    }

    @Test("a page has no inline script or style, and a policy that forbids them")
    func policy() async throws {
        let html = try await page(Tree.heading(1, "Title"), Tree.paragraph(Tree.text("x")))
        #expect(html.contains("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'self'\">"))
        #expect(!html.contains("<style") && !html.contains(" style=") && !html.contains(" onclick="))
        #expect(html.matches(of: /<script(?![^>]* src=)/).isEmpty)
    }

    @Test("headings carry unique anchors, and the contents list them")
    func headings() async throws {
        let html = try await page(
            Tree.heading(1, "Title"),
            Tree.heading(2, "Use it"),
            Tree.heading(2, "Use it"),
            Tree.heading(3, "Deeper")
        )
        #expect(html.contains("<h1 id=\"title\">Title</h1>"))
        #expect(html.contains("<h2 id=\"use-it\">"))
        #expect(html.contains("<h2 id=\"use-it-1\">"))
        #expect(html.contains("<li><a href=\"#use-it-1\">Use it</a></li>"))
        #expect(html.contains("<li class=\"deep\"><a href=\"#deeper\">Deeper</a></li>"))
    }

    @Test("a table's head without any text is left out, and a cell without one heads nothing")
    func emptyHeads() async throws {
        func table(_ head: String...) -> Markup {
            let rows = [head, ["a", "b"]].map { texts in
                Tree.node(.tableRow, texts.map { Tree.node(.tableCell, $0.isEmpty ? [] : [Tree.text($0)]) })
            }
            return Tree.node(.table(alignments: [.none, .none]), rows)
        }
        let html = try await page(table("", ""), table("", "B"))
        #expect(html.contains("<table>\n<tbody>\n<tr><td>a</td><td>b</td></tr>\n</tbody></table>"))
        #expect(html.contains("<thead><tr><td></td><th scope=\"col\">B</th></tr></thead>"))
    }

    @Test("each Markdown element becomes its HTML")
    func elements() async throws {
        func cells(_ texts: String...) -> Markup {
            Tree.node(.tableRow, texts.map { Tree.node(.tableCell, [Tree.text($0)]) })
        }
        let html = try await page(
            Tree.node(.alert(.warning), [Tree.paragraph(Tree.text("Mind"))]),
            Tree.node(.bulletList(tight: true), [Tree.node(.item(task: true), [Tree.paragraph(Tree.text("done"))])]),
            Tree.node(
                .orderedList(start: 3, delimiter: ".", tight: false),
                [Tree.node(.item(task: nil), [Tree.paragraph(Tree.text("three"))])]),
            Tree.node(.table(alignments: [.none, .right]), [cells("A", "B"), cells("1", "2")]),
            Tree.paragraph(
                Tree.node(.strikethrough, [Tree.text("old")]), Tree.node(.lineBreak),
                Tree.node(.emphasis, [Tree.text("new")])),
            Tree.paragraph(Tree.node(.footnoteReference(label: "a", number: 1, occurrence: 1))),
            Tree.node(
                .footnotes,
                [
                    Tree.node(
                        .footnoteDefinition(label: "a", number: 1, references: 1), [Tree.paragraph(Tree.text("Note"))])
                ])
        )
        for part in [
            "<div class=\"alert warning\" role=\"note\">", "<use href=\"#i-warning\"/></svg>Warning</p>",
            "<li><input type=\"checkbox\" disabled aria-label=\"done\" checked> done</li>",
            "<ol start=\"3\">", "<li><p>three</p>", "<th scope=\"col\" class=\"right\">B</th>",
            "<td class=\"right\">2</td>",
            "<del>old</del><br>\n<em>new</em>",
            "<sup class=\"fn\"><a id=\"fnref-1\" href=\"#fn-1\" aria-label=\"Footnote 1\">1</a></sup>",
            "<li id=\"fn-1\"><p>Note</p>", "<a class=\"back\" href=\"#fnref-1\"",
        ] {
            #expect(html.contains(part), "\(part)")
        }
    }

    @Test("raw HTML that an author leaves open ends with the block it stands in")
    func balanced() async throws {
        let html = try await page(
            Tree.paragraph(Tree.node(.html("<b>")), Tree.text("x")),
            Tree.node(.htmlBlock("<details>\n")),
            Tree.paragraph(Tree.node(.html("</details>"))),
            Tree.paragraph(Tree.text("end"))
        )
        #expect(html.contains("<p><b>x</b></p>"))
        #expect(html.contains("<details>\n<p></p>\n<p>end</p>\n</details>"))
    }

    @Test("the tree marks the page, folders hold their guides, and neighbours follow in reading order")
    func navigation() async throws {
        var index = GuideMaker("docs/index.md", title: "Start")
        index.add(Tree.heading(1, "Start"))
        let first = GuideMaker("docs/ops/first.md", title: "First", order: 1)
        let second = GuideMaker("docs/ops/second.md", title: "Second", order: 2)
        let source = SiteSource.sample([second, first, index])
        let html = try await source.built("ops/first.html")
        #expect(html.contains("<details open><summary>Ops</summary>"))
        #expect(html.contains("<a href=\"../ops/first.html\" aria-current=\"page\">First</a>"))
        #expect(
            html.contains("<a class=\"previous\" rel=\"prev\" href=\"../index.html\"><span>Previous</span>Start</a>"))
        #expect(html.contains("<a class=\"next\" rel=\"next\" href=\"../ops/second.html\"><span>Next</span>Second</a>"))
        #expect(html.contains("href=\"../assets/launchpad."))
    }

    @Test("a page of a big site does not carry the whole tree")
    func bigSite() async throws {
        let guides = (0..<200).map { GuideMaker("docs/folder\($0 / 20)/page\($0).md", title: "Page \($0)") }
        let html = try await SiteSource.sample(guides).built("folder3/page60.html")
        #expect(html.contains(">Page 61<"))
        #expect(!html.contains(">Page 199<"))
        #expect(html.contains("../folder9/"))
    }

    @Test("drafts are published on request only")
    func drafts() async throws {
        var draft = GuideMaker("docs/draft.md", title: "Draft")
        draft.frontMatter.draft = true
        #expect(try await SiteSource.sample([draft]).built("draft.html").isEmpty)
        let configuration = SiteConfiguration(includesDrafts: true)
        #expect(try await !SiteSource.sample([draft], configuration: configuration).built("draft.html").isEmpty)
    }

    @Test(
        "with an address of its own the site has canonical links and a sitemap, and 404.html finds its assets from anywhere"
    )
    func baseURL() async throws {
        let guide = GuideMaker("docs/a/b.md", title: "B")
        let source = SiteSource.sample(
            [guide], configuration: SiteConfiguration(baseURL: "https://docs.example.com/pad"))
        #expect(
            try await source.built("a/b.html").contains(
                "<link rel=\"canonical\" href=\"https://docs.example.com/pad/a/b.html\">"))
        #expect(try await source.built("sitemap.xml").contains("<loc>https://docs.example.com/pad/a/b.html</loc>"))
        #expect(try await source.built("404.html").contains("href=\"/pad/assets/launchpad."))
        #expect(try await SiteSource.sample([guide]).built("sitemap.xml").isEmpty)
    }

    @Test("a theme replaces templates and assets one by one, and adds files")
    func theme() async throws {
        let theme = try Theme(overrides: [
            "footer.mustache": Array("<footer>Ours {{root}}</footer>".utf8), "icon.svg": Array("<svg/>".utf8),
            "fonts/x.woff2": [1, 2],
        ])
        let site = await SiteBuilder(.sample([GuideMaker("docs/a/b.md")]), theme: theme).build()
        let page = try #require(site.files.first { $0.path == "a/b.html" })
        #expect(String(decoding: page.contents, as: UTF8.self).contains("<footer>Ours ../</footer>"))
        #expect(site.files.contains { $0.path.hasPrefix("assets/fonts/x.") && $0.contents == [1, 2] })
    }

    @Test("a template that is not valid Mustache is reported with its line")
    func badTemplate() throws {
        #expect {
            try Theme(overrides: ["head.mustache": Array("a\n{{#b}}".utf8)])
        } throws: { error in
            let diagnostic = (error as? DiagnosticsError)?.diagnostics.first
            return diagnostic?.file == "site/theme/head.mustache" && diagnostic?.range?.start.line == 2
        }
    }

    @Test("an unknown language is shown plain, with a warning that names the nearest known one")
    func unknownLanguage() async throws {
        var guide = GuideMaker("docs/a.md")
        guide.fence(.sample, "kotiln", "val x = 1\n")
        let diagnostics = try await SiteSource.sample([guide]).diagnostics()
        #expect(diagnostics.map(\.code) == ["unknown-language"])
        #expect(diagnostics.first?.severity == .warning)
        #expect(diagnostics.first?.help == "did you mean \"kotlin\"?")
    }
}
