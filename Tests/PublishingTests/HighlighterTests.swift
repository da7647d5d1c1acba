import Foundation
import Testing

@testable import Publishing

@Suite("Highlighting")
struct HighlighterTests {
    private func joined(_ text: [UInt8], _ tokens: [Token]) -> [UInt8] {
        tokens.flatMap { text[$0.range] }
    }

    private func spans(_ text: String, _ language: String) -> String {
        var writer = HTMLWriter()
        writer.code(text, Highlighter.language(named: language) ?? .plain)
        return writer.string
    }

    @Test("tokens join back to their input in every language, whatever the input", arguments: Highlighter.knownNames)
    func roundTrip(name: String) throws {
        let language = try #require(Highlighter.language(named: name))
        var random = SeededGenerator(seed: 42)
        // Pieces that open things, so that inputs end in the middle of strings, comments, tags and here-documents.
        let pieces = [
            "\"", "'", "`", "\"\"\"", "/*", "*/", "//", "#", "--", "<!--", "<script>", "</script", "<a b=\"", "&amp;",
            "${",
            "$x", "}", "{", "<<EOF\n", "EOF", "\n", "\\", "\\\n", "$ ls\n", "> more\n", "@@", "+a\n", "-b\n", ": ",
            "= ", "[s]\n",
            "key: 1\n", "1.5e-3", "0x", "é→", "\t", " ", "r#\"", "```\n", "word", "Type(", "\r\n", "\u{0}", "$$",
            "@name",
        ]
        for _ in 0..<300 {
            let count = Int.random(in: 0...12, using: &random)
            let text = Array((0..<count).map { _ in pieces.randomElement(using: &random) ?? "" }.joined().utf8)
            let tokens = Highlighter.tokens(text, language)
            try #require(joined(text, tokens) == text, "\(String(decoding: text, as: UTF8.self).debugDescription)")
            try #require(tokens.allSatisfy { !$0.range.isEmpty })
        }
    }

    @Test("bytes that are no UTF-8 join back too")
    func bytes() {
        var random = SeededGenerator(seed: 7)
        for name in ["sh", "conf", "swift", "html", "console", "markdown"] {
            let text = (0..<2000).map { _ in UInt8.random(in: 0...255, using: &random) }
            let tokens = Highlighter.tokens(text, Highlighter.language(named: name) ?? .plain)
            #expect(joined(text, tokens) == text)
        }
    }

    @Test(
        "what matters in each language is found",
        arguments: [
            ("conf", "port: 4222 # x", "<span class=a>port</span>: <span class=n>4222</span> <span class=c># x</span>"),
            ("conf", "jetstream {", "<span class=a>jetstream</span> {"),
            (
                "conf", "max_payload = 1MB",
                "<span class=a>max_payload</span> = <span class=n>1MB</span>"
            ),
            ("yaml", "image: nats:latest", "<span class=a>image</span>: nats:latest"),
            ("json", "{\"a\": true}", "{<span class=a>&quot;a&quot;</span>: <span class=l>true</span>}"),
            ("json", "[-2.5e3]", "[<span class=n>-2.5e3</span>]"),
            (
                "sh", "nats pub a 'x' | wc -l",
                "<span class=f>nats</span> pub a <span class=s>&#39;x&#39;</span> | <span class=f>wc</span> <span class=a>-l</span>"
            ),
            (
                "sh", "A=1 run \"$A\"",
                "<span class=v>A</span>=<span class=n>1</span> run <span class=s>&quot;</span><span class=v>$A</span><span class=s>&quot;</span>"
            ),
            (
                "toml", "[a.b]\nx = 1",
                "<span class=h>[a.b]</span>\n<span class=a>x</span> = <span class=n>1</span>"
            ),
            ("dockerfile", "FROM nats AS x", "<span class=k>FROM</span> nats AS x"),
            (
                "swift", "let x = Int(1)",
                "<span class=k>let</span> x = <span class=f>Int</span>(<span class=n>1</span>)"
            ),
            ("sql", "SELECT 1 -- x", "<span class=k>SELECT</span> <span class=n>1</span> <span class=c>-- x</span>"),
            ("diff", "+a\n-b\n", "<span class=y>+a</span>\n<span class=d>-b</span>\n"),
            (
                "http", "GET / HTTP/1.1\nHost: x\n",
                "<span class=k>GET</span><span class=s> / HTTP/1.1</span>\n<span class=a>Host</span>:<span class=s> x</span>\n"
            ),
            ("console", "$ ls\nfile\n", "<span class=p>$ </span><span class=f>ls</span>\n<span class=u>file</span>\n"),
        ]
    )
    func finds(language: String, code: String, html: String) {
        #expect(spans(code, language) == html)
    }

    @Test("markup has tags, attributes and references, and other languages inside of it")
    func markup() {
        let html = spans("<b id=\"x\">&lt;</b><style>a { b: c }</style>", "html")
        #expect(html.hasPrefix("<span class=g>&lt;b</span> <span class=a>id</span>=<span class=s>&quot;x&quot;</span>"))
        #expect(html.contains("<span class=e>&amp;lt;</span>"))
        #expect(html.contains("<span class=a>b</span>: c"))
    }

    @Test("a here-document is one string, up to its word")
    func heredoc() {
        let html = spans("cat <<'EOF'\nif x\nEOF\nls", "sh")
        #expect(html.contains("<span class=s>if x\n</span>EOF\n<span class=f>ls</span>"))
    }

    @Test("lines keep their tokens when a token spans several")
    func lines() {
        let text = Array("/* a\nb */ c\n".utf8)
        text.withUnsafeBufferPointer { bytes in
            let lines = LineSplitter.split(Highlighter.tokens(bytes, .table(.go)), of: bytes)
            #expect(
                lines.map { $0.map { String(decoding: text[$0.range], as: UTF8.self) } } == [["/* a"], ["b */", " c"]])
        }
    }
}

/// SplitMix64: the same numbers on every run.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
