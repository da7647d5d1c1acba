import Guides
import Proving
import Tangling
import Testing

@testable import Publishing

/// Markdown that wants to run a script in its readers' browsers, in every place that a guide has for text.
@Suite("No Markdown brings script into a page")
struct InjectionTests {
    /// What an attacker would write, for every way out of text, attributes, comments, addresses and raw text elements.
    static let payloads = [
        "<script>hit()</script>", "<ScRiPt/src=//evil.example>", "</script><script>hit()//",
        "<img src=x onerror=hit()>",
        "<img src=x:x onerror=\"hit()\">", "<svg/onload=hit()>", "<svg><script>hit()</script></svg>",
        "\"><script>hit()</script>", "' onmouseover='hit()", "\" onfocus=\"hit()\" autofocus=\"",
        "&quot;&gt;&lt;script&gt;hit()&lt;/script&gt;", "&#34;&#62;&#60;script&#62;", "--><script>hit()</script><!--",
        "]]><script>hit()</script>", "</title><script>hit()</script>", "</textarea><iframe src=javascript:hit()>",
        "javascript:hit()", "JaVaScRiPt&colon;hit()", "java&#10;script:hit()", "&#x6A;avascript:hit()",
        "vbscript:hit()",
        "data:text/html,<script>hit()</script>", "data:text/html;base64,PHNjcmlwdD5oaXQoKTwvc2NyaXB0Pg==",
        "javascript%3Ahit()", "//evil.example/\"onclick=\"hit()", "<a href=\"java\tscript:hit()\">x</a>",
        "<a href='&#106;avascript:hit()'>x</a>", "<details open ontoggle=hit()>", "<body onload=hit()>",
        "<math><mtext><table><mglyph><style><img src=x onerror=hit()>",
        "<noscript><p title=\"</noscript><img src=x onerror=hit()>\">",
        "<iframe srcdoc=\"<script>hit()</script>\">", "<object data=javascript:hit()>", "<base href=//evil.example/>",
        "<meta http-equiv=refresh content=0;url=javascript:hit()>", "<link rel=stylesheet href=//evil.example>",
        "<form action=javascript:hit()><button>", "<p style=background:url(javascript:hit())>",
        "<style>@import '//evil.example'</style>",
        "{{{payload}}}", "{{#x}}<script>hit()</script>{{/x}}", "<b <script>hit()</script>",
        "<a\u{0C}href=javascript:hit()>x</a>",
        "<a href=javascript:hit()//", "\u{202E}<script>hit()</script>",
        "<!--[if IE]><script>hit()</script><![endif]-->",
        "<template><script>hit()</script></template>",
        "<x:script xmlns:x=\"http://www.w3.org/1999/xhtml\">hit()</x:script>",
    ]

    /// Guides with a payload in each place; `@` stands for it, `~` for it within double quotes.
    private static let places = """
        ---
        title: ~
        description: ~
        tags: [~]
        ---

        # Title @

        ## Heading @

        Text @ and *@* and **@** and ~~@~~ and `@`.
        A [link](<@>), [a link](@ "@"), [@](https://example.com/@ '@'), [@][r], <@>, <https://example.com/@>.
        ![@](<@> "@") ![@](https://example.com/@) ![@](picture.svg) https://example.com/@ [^n] {{ name }}

        > [!NOTE]
        > @

        :::note @
        @
        :::

        :::details[@]
        @
        :::

        - @
        - [x] @

        1. @
           @

        | @ | a |
        |:-:|---|
        | @ | `@` |

            @

        @

        ```@
        @
        ```

        ```text title=~
        @
        ```

        ```js tab=~
        @
        ```

        ```conf file=ops/x.conf part=a
        @
        ```

        ```console skip=~
        $ echo '@'
        @
        ```

        ```diff diff lines mark=1
        + @
        - @
        ```

        ```html
        @
        ```

        ```json
        {"a": "@"}
        ```

        [r]: <@> "@"
        [^n]: @
        """

    private static func guide(_ payload: String) -> String {
        let quoted = "\"" + payload.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
        return places.replacing("~~@~~", with: "\u{1}@\u{1}").replacing("~", with: quoted)
            .replacing("\u{1}", with: "~~").replacing("@", with: payload)
    }

    private func build(_ texts: [String], policy: RawHTMLPolicy = .safe) async throws -> SiteBuilder.Site {
        let entries = texts.enumerated().compactMap { number, text -> SiteSource.Entry? in
            GuideParser.parse(path: "docs/g\(number).md", name: "g\(number)", bytes: Array(text.utf8)).guide.map {
                SiteSource.Entry(guide: $0, markup: $0.markup().markup, scenario: Scenario.make(from: $0).scenario)
            }
        }
        #expect(entries.count == texts.count)
        var configuration = SiteConfiguration(title: Self.payloads[7], description: Self.payloads[7])
        configuration.rawHTML = policy
        configuration.variables = ["name": Self.payloads[0]]
        let source = SiteSource(
            entries: entries,
            plan: TanglePlan.make(
                from: Array(entries.prefix(1).map(\.guide)), root: "/nowhere", configuration: ProjectConfiguration()
            ).plan,
            ledger: nil,
            files: MemoryFiles(files: ["docs/picture.svg": Array("<svg/>".utf8)]),
            configuration: configuration
        )
        return await SiteBuilder(source, theme: try Theme()).build()
    }

    private func check(_ site: SiteBuilder.Site) {
        for file in site.files where file.path.hasSuffix(".html") {
            let html = String(decoding: file.contents, as: UTF8.self)
            let faults = PageAudit(html).faults
            #expect(faults.isEmpty, "\(file.path): \(faults.prefix(3))")
        }
    }

    @Test("whatever stands in whichever place")
    func everywhere() async throws {
        check(try await build(Self.payloads.map(Self.guide)))
    }

    @Test("pieces of payloads in any order and nesting", arguments: 0..<4)
    func mixed(seed: Int) async throws {
        var generator = SeededGenerator(seed: UInt64(seed) + 7)
        let pieces =
            Self.payloads + [
                "<", ">", "\"", "'", "`", "&", "&#", ";", "=", "/", "\n", "\n\n", "> ", "- ", "|", "[", "](", ")", "![",
                "<!--",
                "-->", "<a href=", "<p ", "</p>", "</div>", "</main>", "<details>", "~~~\n", "on", "href=\"", "\\", "*",
                "_",
                "<img ", "src=", "\t", ":::note ", ":::\n", "[^1]", "\n[^1]: ", "\n[r]: ", "<![CDATA[", "]]>", "<?",
                "?>",
            ]
        let texts = (0..<60).map { _ in
            (0..<Int.random(in: 1...25, using: &generator)).map { _ in pieces.randomElement(using: &generator) ?? "" }
                .joined()
        }
        check(try await build(texts.map { "# Title\n\n" + $0 }))
    }

    @Test("an author who allows raw HTML gets it, and so the audit is seen to find it")
    func allowed() async throws {
        for payload in ["<script>hit()</script>", "<img src=x onerror=hit()>", "<a href=\"javascript:hit()\">x</a>"] {
            let site = try await build(["# Title\n\n\(payload)\n"], policy: .allow)
            let page = try #require(site.files.first { $0.path == "g0.html" })
            #expect(PageAudit(String(decoding: page.contents, as: UTF8.self)).faults.count == 1)
        }
    }
}
