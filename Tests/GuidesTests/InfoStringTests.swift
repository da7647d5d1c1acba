import Testing

@testable import Guides

@Suite("Info strings and directives, to the letter")
struct InfoStringTests {
    private func parse(_ text: String) -> (guide: Guide?, diagnostics: [Diagnostic]) {
        GuideParser.parse(path: "docs/a.md", name: "a", bytes: Array(text.utf8))
    }

    @Test(
        "escapes and entities stand for characters, as CommonMark has it",
        arguments: [
            (#"a\*b"#, "a*b"), (#"a\\b"#, #"a\b"#), (#"C:\temp"#, #"C:\temp"#), ("a&amp;b", "a&b"),
            ("&#43;&#x2B;", "++"),
            ("a&b", "a&b"), ("&nosuch;", "&nosuch;"), (#"\&amp;"#, "&amp;"),
            (#""a \"b\" &quot;c&quot;""#, #"a "b" "c""#),
            ("a&quot;b", "a\"b"), ("&auml;&ngE;", "ä\u{2267}\u{338}"), (#"a\"b"#, "a\"b"), ("&", "&"), (#"a\"#, #"a\"#),
            (#""a\\""#, #"a\"#), ("a&#32;b", "a b"), ("~&`;", "~&`;"),
        ]
    )
    func decoding(written: String, meant: String) throws {
        let (guide, diagnostics) = parse("~~~sh title=\(written) name=x\n~~~\n")
        #expect(diagnostics == [])
        let block = try #require(guide?.blocks.first)
        #expect(block.attributes["title"] == meant)
        #expect(block.attributes["name"] == "x")
        let place = SourceRange(line: 1, column: 13, length: written.utf8.count)
        #expect(block.attributes.entry("title")?.valueRange == place)
    }

    @Test("a language may be written with escapes and entities, too")
    func language() {
        #expect(parse("```c\\+\\+\n```\n").guide?.blocks.first?.language == "c++")
        #expect(parse("```&#115;h name=x\n```\n").guide?.blocks.first?.kind == .script)
        #expect(parse("```&lt;sh\n```\n").diagnostics.map(\.code) == ["bad-language"])
    }

    @Test("in a comment entities stand for themselves")
    func comment() {
        let guide = parse("<!-- launchpad: title=a&amp;b -->\n```sh\n```\n").guide
        #expect(guide?.blocks.first?.attributes["title"] == "a&amp;b")
    }

    @Test(
        "a directive ends on the line that closes it, wherever it stands",
        arguments: [
            "<!-- launchpad:\nname=x\nexit=1 -->\n```sh\n```\n", "<!-- launchpad: name=x\n  exit=1\n-->\n```sh\n```\n",
            "<!--\nlaunchpad: name=x exit=1\n-->\n```sh\n```\n",
            "> <!-- launchpad: name=x\n> exit=1 -->\n> ```sh\n> ```\n",
            "- <!-- launchpad:\n    name=x\n    exit=1\n  -->\n\n  ```sh\n  ```\n",
            "<!-- launchpad: name=x --> <!-- launchpad: exit=1 -->\n```sh\n```\n",
            "<!-- launchpad: name=x -->\n<!-- launchpad: exit=1 --> \n\n```sh\n```\n",
            "<!-- launchpad: name=x exit=1 -->\r\n```sh\r\n```\r\n",
        ]
    )
    func directives(text: String) throws {
        let (guide, diagnostics) = parse(text)
        #expect(diagnostics == [])
        let block = try #require(guide?.blocks.first)
        #expect(block.name == "x")
        #expect(block.attributes["exit"] == "1")
        #expect(guide?.directives.entries == [])
    }

    @Test("a directive that is never closed is told where it opens, and takes nothing with it")
    func unclosed() {
        let (guide, diagnostics) = parse("# A\n\n> <!-- launchpad: name=x\n> exit=1\n\n```sh name=y\n```\n")
        #expect(diagnostics.map(\.code) == ["unclosed-directive"])
        #expect(diagnostics.first?.range == SourceRange(line: 3, column: 3, length: 4))
        #expect(guide?.blocks.map(\.name) == ["y"])
    }

    @Test(
        "a comment that is none of Launchpad's is no directive", arguments: ["<!-- a launchpad: b=c -->", "<!-- -->"])
    func otherComments(text: String) {
        let (guide, diagnostics) = parse("\(text)\n```sh name=y\n```\n")
        #expect(diagnostics == [])
        #expect(guide?.directives.entries == [])
    }

    @Test(
        "values are judged by one rule, at their place",
        arguments: [
            ("timeout=0s", false), ("timeout=.5s", false), ("timeout=25h", false), ("timeout=1.5m", true),
            ("serve ready=tcp:0", false), ("serve ready=tcp:1,tcp:x", false), ("serve ready=tcp:1,log:a,b", true),
            ("serve ready=http:", false), ("serve ready=http:/x", false), ("serve ready=https://a", true),
            ("serve ready=log:", false), ("serve ready=udp:1", false), ("serve ready=tcp::4222", false),
            ("skip=\"  \"", false), ("exit=00", true), ("exit=+1", false), ("mark=3-1", false), ("mark=1,2-2", true),
            ("mark=1-", false), ("needs=a,,b", false), ("tool=\"a, b\"", true), ("title=\" \"", false),
        ]
    )
    func values(attribute: String, isValid: Bool) throws {
        let (_, diagnostics) = parse(
            "```console name=a\n```\n```console name=b\n```\n```console \(attribute)\n$ a\n```\n")
        #expect(diagnostics.map(\.code) == (isValid ? [] : ["bad-attribute-value"]))
        if !isValid {
            let column =
                12
                + (attribute.utf8.lastIndex(of: UInt8(ascii: "=")) ?? attribute.startIndex)
                .utf16Offset(in: attribute)
            #expect(diagnostics.first?.range?.start == SourcePosition(line: 5, column: column + 1))
        }
    }
}
