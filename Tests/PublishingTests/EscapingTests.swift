import Testing

@testable import Publishing

@Suite("Escaping and raw HTML")
struct EscapingTests {
    @Test(
        "the five special characters become entities and all else stays",
        arguments: [
            ("plain", "plain"), ("a < b & c > d", "a &lt; b &amp; c &gt; d"), ("\"it's\"", "&quot;it&#39;s&quot;"),
            ("", ""), ("<<>>", "&lt;&lt;&gt;&gt;"), ("Zürich → 東京", "Zürich → 東京"),
        ]
    )
    func escapes(text: String, html: String) {
        #expect(escapedHTML(text) == html)
    }

    private func sanitized(_ source: String, policy: RawHTMLPolicy = .safe) -> String {
        var sanitizer = HTMLSanitizer(policy: policy)
        var writer = HTMLWriter()
        sanitizer.write(source, to: &writer)
        sanitizer.endScope(0, &writer)
        return writer.string
    }

    @Test(
        "harmless elements pass",
        arguments: [
            "<details open=\"\"><summary>More</summary>text</details>", "<kbd>Ctrl</kbd>", "H<sub>2</sub>O<br>",
            "<a href=\"https://example.com\">x</a>", "<a id=\"place\"></a>",
        ]
    )
    func passes(source: String) {
        #expect(sanitized(source) == source)
    }

    @Test(
        "nothing that can run passes",
        arguments: [
            "<script>alert(1)</script>", "<SCRIPT src=//x></SCRIPT>", "<iframe src=\"javascript:alert(1)\"></iframe>",
            "<img src=x onerror=alert(1)>", "<a href=\"javascript:alert(1)\">x</a>",
            "<a href=\"java\tscript:alert(1)\">x</a>",
            "<a href=\"&#106;avascript:alert(1)\">x</a>", "<a href=\"&#x6A;avascript&colon;alert(1)\">x</a>",
            "<a href=\" JaVaScRiPt:alert(1)\">x</a>", "<svg onload=alert(1)>", "<style>body{}</style>",
            "<p style=\"background:url(x)\" onclick='alert(1)'>x</p>", "<form action=x><input name=y></form>",
            "<object data=x>", "<embed src=x>", "<base href=//evil>", "<meta http-equiv=refresh content=0>",
            "<link rel=x>",
            "<img src=\"data:image/svg+xml,<svg onload=alert(1)>\">", "<details ontoggle=alert(1) open>",
            "<!--[if IE]><script>",
            "<b <script>alert(1)</script>", "<a href='vbscript:x'>y</a>", "<math><mtext></mtext></math>",
            "<p\u{0}onclick=x>",
        ]
    )
    func refuses(source: String) {
        let html = sanitized(source)
        var rest = Substring(html)
        while let start = rest.firstIndex(of: "<") {
            rest = rest[start...]
            var tag = rest
            guard let parsed = HTMLTag(parsing: &tag) else {
                Issue.record("not a tag: \(rest)")
                return
            }
            let allowed: Set = ["p", "a", "b", "img", "details"]
            #expect(allowed.contains(parsed.name), "\(html)")
            for (name, value) in parsed.attributes {
                #expect(!name.hasPrefix("on") && name != "style", "\(html)")
                #expect(SafeURL.checked(value, image: name == "src") != nil || name == "alt", "\(html)")
            }
            rest = tag
        }
    }

    @Test("what is refused is shown as text")
    func shown() {
        #expect(sanitized("<script>x</script>") == "&lt;script&gt;x&lt;/script&gt;")
    }

    @Test("comments disappear, also one that is never closed")
    func comments() {
        #expect(sanitized("a<!-- secret -->b<!-- open") == "ab")
    }

    @Test("elements are balanced: a stray end is dropped and an open element is closed")
    func balances() {
        #expect(sanitized("</div></main><b>x") == "&lt;/main&gt;<b>x</b>")
        #expect(sanitized("<b><i>x</b>y") == "<b><i>x</i></b>y")
    }

    @Test("an element of an outer scope can't be closed from an inner one")
    func scopes() {
        var sanitizer = HTMLSanitizer(policy: .safe)
        var writer = HTMLWriter()
        sanitizer.write("<details>", to: &writer)
        let outer = sanitizer.beginScope()
        sanitizer.write("</details><b>", to: &writer)
        sanitizer.endScope(outer, &writer)
        sanitizer.write("</details>", to: &writer)
        #expect(writer.string == "<details><b></b></details>")
    }

    @Test("an author who vouches for it gets everything as it stands")
    func allows() {
        let source = "<script>1 < 2</script>"
        #expect(sanitized(source, policy: .allow) == source)
    }
}
