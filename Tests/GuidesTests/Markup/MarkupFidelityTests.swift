import CCmark
import Testing

@testable import Guides

@Suite("Markup where no extension applies")
struct MarkupFidelityTests {
    private static func reference(_ text: String) throws -> String {
        let html = try #require(cmark_markdown_to_html(text, text.utf8.count, CMARK_OPT_UNSAFE))
        defer { cmark_get_default_mem_allocator().pointee.free(html) }
        return String(cString: html)
    }

    /// Without a fence's language, which is the guide parser's business, and without the number of blanks, since
    /// libcmark keeps those before a lazy line only in some places.
    private static func comparable(_ html: String) -> String {
        html.replacing(/[ ]*class="language-[^"]*"/, with: "").replacing(/([\n>])[ \t]+/) { String($0.1) }
            .replacing(/[ ]+/, with: " ")
    }

    @Test("every construct of CommonMark renders as libcmark renders it")
    func constructs() throws {
        let text = try MarkupFixtureTests.read("commonmark.md")
        let guide = try markupGuide(text)
        let (markup, diagnostics) = guide.markup()
        #expect(MarkupHTML.render(markup, of: guide) == (try Self.reference(text)))
        #expect(diagnostics.isEmpty)
    }

    @Test("random text renders as libcmark renders it", arguments: 0..<4)
    func random(seed: Int) throws {
        let alphabet = [
            "*", "**", "_", "__", "*", "_", "a", "b", " ", "\n", "\n\n", "`", "``", "[", "]", "(", ")", "[a]", "](b)",
            "!", "<",
            ">", "\\", "&amp;", "&nbsp;", "- ", "> ", "1. ", "2) ", "# ", "#", "    ", "\t", "---", "===", "+ ", "\"",
            "'", "é", "“", "€",
            "[a]: /u\n", "[a_*]: <x y> 'tt'\n", "[a_*]", "<b>", "<i x_y=\"*\">", "<!--", "-->", "```", "***", ".", ",",
            "&", ";", "<a_b@c>", "<x:*y*_>",
        ]
        var generator = SplitMix(state: UInt64(seed) &* 7919 &+ 17)
        for _ in 0..<200 {
            var text = ""
            for _ in 0..<Int.random(in: 1...30, using: &generator) {
                text += alphabet.randomElement(using: &generator) ?? ""
            }
            guard !text.contains("|"), !text.hasPrefix("---") else { continue }
            let guide = try markupGuide(text)
            let html = Self.comparable(MarkupHTML.render(guide.markup().markup, of: guide))
            let expected = Self.comparable(try Self.reference(text))
            if html != expected {
                Issue.record("\(text.debugDescription)\n\(html.debugDescription)\n\(expected.debugDescription)")
                return
            }
        }
    }
}

struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
