import Testing

@testable import Guides

@Suite("Places of markup")
struct MarkupRangeTests {
    /// The bytes that a node of `kind` starts with; nil where any will do.
    private static func openings(_ kind: Markup.Kind) -> String? {
        switch kind {
        case .link: "[<hfwW"
        case .image: "!"
        case .code: "`"
        case .html: "<"
        case .emphasis, .strong: "*_"
        case .strikethrough: "~"
        case .footnoteReference: "["
        case .blockQuote, .alert: ">"
        case .bulletList, .item(task: _), .orderedList: "-+*0123456789"
        case .thematicBreak: "-*_"
        default: nil
        }
    }

    private static func closings(_ kind: Markup.Kind) -> String? {
        switch kind {
        case .code: "`"
        case .emphasis, .strong: "*_"
        case .strikethrough: "~"
        case .footnoteReference: "]"
        case .html: ">"
        default: nil
        }
    }

    @Test("blocks have their exact places in the file")
    func blocks() throws {
        let guide = try markupGuide(MarkupFixtureTests.read("places.md"))
        var lines: [String] = []
        func list(_ markup: Markup) {
            let name = String(describing: markup.kind).prefix { $0 != "(" }
            let range = markup.range
            lines.append("\(name) \(range.start.line):\(range.start.column)-\(range.end.line):\(range.end.column)")
            for child in markup.children {
                list(child)
            }
        }
        list(guide.markup().markup)
        #expect(lines.joined(separator: "\n") + "\n" == (try MarkupFixtureTests.read("places.txt")))
    }

    @Test("random text: each node's place begins and ends with its own marks", arguments: 0..<4)
    func random(seed: Int) throws {
        let alphabet = [
            "*", "**", "_", "~~", "~", "a", "b", "a b", " ", "\n", "\n", "\n\n", "`", "``", "[a]", "[b\nc](d)",
            "[b](c\n'd')", "![e](f)",
            "<http://g.h>", "\\*", "&amp;", "- ", "> ", "\n> ", "\n- ", "1. ", "# ", "\n    ", "é", "https://x.y/_z_ ",
            "[a]: /u\n", "<b>", "[^n]", "\n\n[^n]: note\n", "\n\n|a|b|\n|-|-|\n|c\\|d|", "[g *h* `i`](j)", "*k `l` m*",
            "\t",
        ]
        var generator = SplitMix(state: UInt64(seed) &* 104_729 &+ 3)
        for _ in 0..<150 {
            var text = ""
            for _ in 0..<Int.random(in: 1...25, using: &generator) {
                text += alphabet.randomElement(using: &generator) ?? ""
            }
            let guide = try markupGuide(text)
            let source = SourceText(guide.source)
            var open = [guide.markup().markup]
            while let markup = open.popLast() {
                open += markup.children
                let start = try offset(markup.range.start, in: source, text)
                let end = try offset(markup.range.end, in: source, text)
                try #require(start <= end, "\(markup.kind) \(markup.range) in \(text.debugDescription)")
                if let openings = Self.openings(markup.kind) {
                    let byte = start < source.bytes.count ? source.bytes[start] : 0
                    try #require(
                        openings.utf8.contains(byte), "\(markup.kind) \(markup.range) in \(text.debugDescription)")
                }
                if let closings = Self.closings(markup.kind) {
                    try #require(
                        end > 0 && closings.utf8.contains(source.bytes[end - 1]),
                        "\(markup.kind) \(markup.range) in \(text.debugDescription)")
                }
            }
        }
    }

    private func offset(_ position: SourcePosition, in source: SourceText, _ text: String) throws -> Int {
        let line = source.lineBytes(position.line)
        let offset = line.lowerBound + position.column - 1
        try #require(position.column >= 1 && offset <= line.upperBound, "\(position) in \(text.debugDescription)")
        return offset
    }
}
