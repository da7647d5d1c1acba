import Foundation
import TestSupport
import Testing

@testable import Guides

@Suite("Reading guides")
struct GuideParserTests {
    private func parse(_ text: String) -> (guide: Guide?, diagnostics: [Diagnostic]) {
        GuideParser.parse(path: "docs/a.md", name: "a", bytes: Array(text.utf8))
    }

    private func guide(_ text: String) throws -> Guide {
        let (guide, diagnostics) = parse(text)
        #expect(diagnostics.isEmpty)
        return try #require(guide)
    }

    @Test("a block knows its fence, its content and its indentation, wherever it stands")
    func places() throws {
        let text =
            "# T\n\n- a\n\n  ```sh name=x\n  echo\n\n  done\n  ```\n\n> 1. ~~~~ conf file=a.conf\n>    b\n>    ~~~~\n"
        let blocks = try guide(text).blocks
        #expect(blocks.map(\.text) == ["echo\n\ndone\n", "b\n"])
        #expect(blocks.map(\.kind) == [.script, .file])
        #expect(blocks.map(\.language) == ["sh", "conf"])
        #expect(blocks.map(\.indentation) == [2, 5])
        #expect(blocks.map(\.contentLine) == [6, 12])
        #expect(
            blocks[0].range
                == SourceRange(start: SourcePosition(line: 5, column: 3), end: SourcePosition(line: 9, column: 6))
        )
        #expect(
            blocks[1].range
                == SourceRange(start: SourcePosition(line: 11, column: 6), end: SourcePosition(line: 13, column: 10))
        )
        let content = Array(text.utf8)[blocks[1].contentBytes]
        #expect(String(decoding: content, as: UTF8.self) == ">    b\n")
        let file = try #require(blocks[1].attributes.entry("file"))
        #expect(file.keyRange == SourceRange(line: 11, column: 16, length: 4))
        #expect(file.valueRange == SourceRange(line: 11, column: 21, length: 6))
    }

    @Test("tabs in front of a fence count as the columns that they fill")
    func tabs() throws {
        let blocks = try guide("-\t```sh\n\techo\n\t```\n").blocks
        #expect(blocks.map(\.text) == ["echo\n"])
        #expect(blocks.map(\.indentation) == [4])
        #expect(blocks.map(\.range.start.column) == [3])
    }

    @Test(
        "line endings do not show in a block's text, nor in its places",
        arguments: ["\n", "\r\n", "\r"]
    )
    func lineEndings(ending: String) throws {
        let lines = ["---", "title: T", "---", "", "```sh name=x", "a", "", "b", "```", ""]
        let block = try #require(try guide(lines.joined(separator: ending)).blocks.first)
        #expect(block.text == "a\n\nb\n")
        #expect(block.contentLine == 6)
        #expect(block.range.start == SourcePosition(line: 5, column: 1))
        #expect(block.attributes.entry("name")?.valueRange == SourceRange(line: 5, column: 12, length: 1))
    }

    @Test("a byte order mark hides neither front matter nor a fence")
    func byteOrderMark() throws {
        #expect(try guide("\u{FEFF}---\ntitle: T\n---\n").title == "T")
        let blocks = try guide("\u{FEFF}```sh\na\n```\n").blocks
        #expect(blocks.map(\.text) == ["a\n"])
        #expect(blocks.map(\.range.start) == [SourcePosition(line: 1, column: 4)])
    }

    @Test("indented code that looks like a fence is no block")
    func indentedCode() throws {
        #expect(try guide("    ```sh\n    a\n    ```\n\nText.\n").blocks.isEmpty)
        #expect(try guide("- a\n\n      ```\n\n- b\n").blocks.isEmpty)
    }

    @Test("the four kinds of executable and written blocks are told apart")
    func kinds() throws {
        let text = """
            ```sh name=a
            ```
            ```bash
            ```
            ```console
            ```
            ```text expect=a
            ```
            ```sh file=x
            ```
            ```swift
            ```
            ```
            ```
            """
        let blocks = try guide(text).blocks
        #expect(blocks.map(\.kind) == [.script, .script, .console, .expectation, .file, .sample, .sample])
        #expect(
            blocks.map(\.name) == ["a", "script-2", "console-1", "expectation-1", "file-1", "sample-1", "sample-2"])
    }

    @Test("flags may stand alone, and quoted values hold blanks, quotes and backslashes")
    func values() throws {
        let block = try #require(
            try guide("```console serve ready=\"log:it is \\\"up\\\"\" title=\"a \\\\ b\" lines fold\n$ a\n```\n")
                .blocks.first
        )
        #expect(block.attributes["serve"] == "true")
        #expect(block.attributes["ready"] == "log:it is \"up\"")
        #expect(block.attributes["title"] == "a \\ b")
        #expect(block.attributes["lines"] == "true")
    }

    @Test("a directive directly above a fence belongs to it, any other one to the guide")
    func directives() throws {
        let text = """
            <!-- launchpad: engine=bundled -->

            Text.

            <!-- launchpad: name=hidden -->
            <!-- launchpad:
              timeout=5s
              tool=curl
            -->

            ```console exit=1
            $ a
            ```

            - <!-- launchpad: name=inner -->

              ```sh
              a
              ```

            <!-- launchpad: tool=jq -->
            """
        let guide = try guide(text)
        #expect(guide.directives["engine"] == "bundled")
        #expect(guide.directives["tool"] == "jq")
        #expect(guide.directives.entries.count == 2)
        #expect(guide.blocks.map(\.name) == ["hidden", "inner"])
        #expect(guide.blocks[0].attributes["timeout"] == "5s")
        #expect(guide.blocks[0].attributes["exit"] == "1")
        #expect(guide.blocks[0].attributes.entry("tool")?.valueRange == SourceRange(line: 8, column: 8, length: 4))
    }

    @Test("a thematic break on the first line is no front matter")
    func thematicBreak() throws {
        let guide = try guide("---\n\nText: with a colon.\n")
        #expect(guide.bodyOffset == 0)
        #expect(guide.frontMatter == FrontMatter())
    }

    @Test("the title is the front matter's, else the first heading's, else the name")
    func titles() throws {
        #expect(try guide("---\ntitle: A\n---\n# B\n").title == "A")
        #expect(try guide("## B\n\n# C *d* `e`\n\n# F\n").title == "C d e")
        #expect(try guide("Text.\n").title == "a")
    }

    @Test(
        "bytes that are not UTF-8 are told by line, column and offset",
        arguments: [
            ([0xFF], 0), ([0xC3], 0), ([0xC0, 0x80], 0), ([0xED, 0xA0, 0x80], 0), ([0xF5, 0x80, 0x80, 0x80], 0),
            (Array("é".utf8) + [0xE2, 0x82], 2),
        ] as [([UInt8], Int)]
    )
    func notUTF8(bytes: [UInt8], offset: Int) throws {
        let (guide, diagnostics) = GuideParser.parse(
            path: "docs/a.md", name: "a", bytes: Array("# A\n\nB ".utf8) + bytes)
        #expect(guide == nil)
        #expect(diagnostics.map(\.code) == ["not-utf8"])
        #expect(diagnostics.first?.range?.start == SourcePosition(line: 3, column: 3 + offset))
        #expect(diagnostics.first?.message.contains("offset \(7 + offset)") == true)
    }

    @Test("a NUL byte is told by line and column")
    func nul() {
        let (guide, diagnostics) = GuideParser.parse(path: "docs/a.md", name: "a", bytes: Array("a\nb\0c".utf8))
        #expect(guide == nil)
        #expect(diagnostics.map(\.code) == ["nul-byte"])
        #expect(diagnostics.first?.range?.start == SourcePosition(line: 2, column: 2))
    }

    @Test("a name that could not stand in an address or a command is refused", arguments: ["a b", "a'b", "a$b", "a?b"])
    func names(name: String) {
        let diagnostics = GuideParser.parse(path: "docs/\(name).md", name: name, bytes: []).diagnostics
        #expect(diagnostics.map(\.code) == ["guide-path"])
    }

    @Test("nesting without end is an error and no crash")
    func deepNesting() {
        let quotes = String(repeating: ">", count: 20_000)
        let diagnostics = parse(quotes + " ```sh\n" + quotes + " a\n" + quotes + " ```\n").diagnostics
        #expect(diagnostics.map(\.code) == ["nested-too-deeply"])
    }

    @Test("the bytes of a block's lines hold its text, line for line", arguments: 0..<200)
    func contentBytes(seed: Int) throws {
        var random = SplitMix(state: UInt64(seed) &* 2_654_435_761 &+ 1)
        let prefixes = ["", "> ", "- ", "1. ", "  ", ">", "-\t", "\t", "    ", "> - "]
        let words = ["a", "```", "````", "~~~", "```sh name=x", "", "  b", "# c", "```", "---", "\tx", "[^1]: y"]
        var text = ""
        for _ in 0..<Int.random(in: 1...24, using: &random) {
            for _ in 0..<Int.random(in: 0...2, using: &random) {
                text += prefixes.randomElement(using: &random) ?? ""
            }
            text += (words.randomElement(using: &random) ?? "") + "\n"
        }
        let guide = try #require(parse(text).guide)
        for block in guide.blocks {
            let source = guide.source[block.contentBytes].split(separator: 0x0A, omittingEmptySubsequences: false)
            let lines = block.text.split(separator: "\n", omittingEmptySubsequences: false)
            #expect(source.count == lines.count, "\(text)")
            for (bytes, line) in zip(source, lines) {
                // Tabs that were partly used up by a container come back as blanks.
                let bare = line.drop { $0 == " " || $0 == "\t" }
                #expect(String(decoding: bytes, as: UTF8.self).hasSuffix(bare), "\(text)")
            }
        }
    }
}
