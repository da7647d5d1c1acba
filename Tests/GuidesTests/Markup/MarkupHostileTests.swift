import Testing

@testable import Guides

@Suite("Hostile markup")
struct MarkupHostileTests {
    struct Shape: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var make: @Sendable (Int) -> String

        init(_ name: String, _ make: @escaping @Sendable (Int) -> String) {
            testDescription = name
            self.make = make
        }
    }

    private static func times(_ text: String, _ count: Int) -> String { String(repeating: text, count: count) }

    private static func lines(_ count: Int, _ line: (Int) -> String) -> String {
        (0..<count).map(line).joined(separator: "\n") + "\n"
    }

    static let shapes: [Shape] = [
        Shape("nested quotes") { times(">", $0) + "a" },
        Shape("nested quotes with lazy lines") { times(">", $0 / 2) + times("a\n", $0 / 2) },
        Shape("nested lists") { times("- ", $0) + "a" },
        Shape("open brackets") { times("[", $0) },
        Shape("nested brackets") { times("[", $0) + times("]", $0) },
        Shape("nested images") { times("![", $0) + times("](a)", $0) },
        Shape("long runs of stars") { times("*", $0) + "a" + times("*", $0) },
        Shape("emphasis that never ends") { times("*a ", $0) },
        Shape("nested emphasis") { times("*a **a ", $0 / 2) + times("a** a* ", $0 / 2) },
        Shape("crossing delimiters") { times("*a _b ~~c ", $0 / 3) + times("d~~ e_ f* ", $0 / 3) },
        Shape("tildes of unequal lengths") { times("~a ~~b ", $0) },
        Shape("stars that delimit nothing") { times("a * b ", $0) },
        Shape("backticks of all lengths") { count in
            lines(100) { times("`", $0) } + times("`a", count)
        },
        Shape("references to one footnote") { times("[^a] ", $0) + "\n\n[^a]: b\n" },
        Shape("footnotes that refer to each other") { count in
            lines(count) { "[^\($0)]" } + "\n" + lines(count) { "[^\($0)]: [^\(count - $0)]" }
        },
        Shape("missing and unused footnotes") { count in
            lines(count) { "[^a\($0)]" } + "\n" + lines(count) { "[^b\($0)]: c" }
        },
        Shape("wide table with short rows") { count in
            "|" + times("a|", count / 10) + "\n|" + times("-|", count / 10) + "\n" + times("b\n", 100)
        },
        Shape("long table") { "|a|b|\n|-|-|\n" + times("|c|d|\n", $0) },
        Shape("delimiter rows that fit no header") { "a\n" + times("|-|-|\n|-|\n", $0) },
        Shape("addresses in addresses") { times("http://a.b/c:", $0) },
        Shape("closing parentheses behind an address") { "http://a.b/" + times(")", $0) },
        Shape("link definitions") { count in
            lines(count) { "[a\($0)]: /b" } + lines(count) { "[a\($0)]" }
        },
        Shape("links over two lines") { times("[a](b\n'c') ", $0) },
        Shape("tags that never end") { times("<a b=\"c ", $0) },
        Shape("underlined lines") { times("a\n===\n", $0) },
    ]

    @Test("takes time in proportion to its length, and bounded stack", arguments: shapes)
    func proportional(shape: Shape) throws {
        let short = try markupGuide(shape.make(250))
        let long = try markupGuide(shape.make(4000))
        // Sixteen times the text; quadratic work would take 256 times as long. The machine may be busy: any fair try counts.
        var ratios: [Double] = []
        for _ in 0..<8 where ratios.allSatisfy({ $0 > 64 }) {
            ratios.append(Self.duration(of: long) / Self.duration(of: short))
        }
        #expect(ratios.contains { $0 <= 64 }, "times as long: \(ratios)")
    }

    private static func duration(of guide: Guide) -> Duration {
        let start = ContinuousClock.now
        _ = guide.markup().markup.plainText
        return ContinuousClock.now - start
    }

    @Test("no damage to a guide is more than it can take", arguments: 0..<4)
    func damaged(seed: Int) throws {
        var generator = SplitMix(state: UInt64(seed) + 99)
        let names = ["addresses", "alerts", "commonmark", "footnotes", "strikethrough", "tables", "tasks"]
        let texts = try names.map { Array(try MarkupFixtureTests.read("\($0).md").utf8) }
        for _ in 0..<25 {
            var bytes = texts.randomElement(using: &generator) ?? []
            for _ in 0..<Int.random(in: 1...20, using: &generator) {
                Self.damage(&bytes, with: texts, using: &generator)
            }
            // Bytes that are no text are refused before that.
            guard let guide = GuideParser.parse(path: "a.md", name: "a", bytes: bytes).guide else {
                continue
            }
            let (markup, _) = guide.markup()
            #expect(markup.kind == .document)
            #expect(markup == guide.markup().markup)
        }
    }

    private static func damage(_ bytes: inout [UInt8], with texts: [[UInt8]], using generator: inout SplitMix) {
        guard !bytes.isEmpty else {
            return
        }
        let index = Int.random(in: 0..<bytes.count, using: &generator)
        let end = min(bytes.count, index + Int.random(in: 0...12, using: &generator))
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: bytes.removeSubrange(index..<end)
        case 1: bytes[index] = UInt8.random(in: 1...127, using: &generator)
        case 2: bytes.insert(contentsOf: bytes[index..<end], at: Int.random(in: 0...bytes.count, using: &generator))
        default:
            let other = texts.randomElement(using: &generator) ?? []
            let start = Int.random(in: 0..<max(1, other.count), using: &generator)
            bytes.insert(contentsOf: other[start..<min(other.count, start + 30)], at: index)
        }
    }
}
