import Testing

@testable import Guides

@Suite("Admonitions")
struct AdmonitionTests {
    private func read(_ text: String) throws -> (shape: String, diagnostics: [Diagnostic]) {
        let guide = try #require(GuideParser.parse(path: "docs/a.md", name: "a", bytes: Array(text.utf8)).guide)
        let (markup, diagnostics) = guide.markup()
        return (markup.children.map(Self.shape).joined(separator: " "), diagnostics)
    }

    private static func shape(_ node: Markup) -> String {
        let children = node.children.map(shape).joined(separator: " ")
        switch node.kind {
        case .admonition(let kind, let title): return "\(kind?.rawValue ?? "details")<\(title)>(\(children))"
        case .paragraph: return "p(\(node.plainText))"
        case .bulletList: return "ul(\(children))"
        case .item: return "li(\(children))"
        case .blockQuote: return "quote(\(children))"
        case .fence: return "fence"
        case .heading: return "h(\(node.plainText))"
        default: return "other(\(children))"
        }
    }

    @Test(
        "lines of colons make an admonition of all that is between them",
        arguments: [
            (":::note\nText\n:::", "note<Note>(p(Text))"),
            (":::tip A *title*\n\nOne\n\nTwo\n\n:::\nThree", "tip<A *title*>(p(One) p(Two)) p(Three)"),
            ("Before\n:::danger[Mind]\n- a\n- b\n:::", "p(Before) caution<Mind>(ul(li(p(a)) li(p(b))))"),
            ("::: info\n```sh\n:::\n```\n:::", "note<Info>(fence)"),
            ("::::details More\n:::note\nx\n:::\n::::", "details<More>(note<Note>(p(x)))"),
            ("- a\n\n  :::note\n  x\n  :::\n- b", "ul(li(p(a) note<Note>(p(x))) li(p(b)))"),
            ("> :::note\n> x\n> :::", "quote(note<Note>(p(x)))"),
        ])
    func shapes(_ text: String, _ shape: String) throws {
        let read = try read(text)
        #expect(read.shape == shape)
        #expect(read.diagnostics.isEmpty)
    }

    @Test(
        "other lines of colons are text",
        arguments: [":::\nx\n:::", ":::unknown\nx\n:::", "a :::note\n\n:::", ":::notes\nx\n\n:::"])
    func text(_ text: String) throws {
        let read = try read(text)
        #expect(!read.shape.contains("<"))
        #expect(read.diagnostics.isEmpty)
    }

    @Test("an admonition that nothing closes is an error with its place")
    func unclosed() throws {
        let read = try read("x\n\n  :::note\ny\n")
        #expect(read.diagnostics.map(\.code) == ["unclosed-admonition"])
        #expect(read.diagnostics.first?.range?.start == SourcePosition(line: 3, column: 3))
        #expect(!read.shape.contains("<"))
    }

    @Test("one that a container ends goes no further, and deep ones are dissolved without a crash")
    func hostile() throws {
        #expect(try read("> :::note\n> x\n\n:::\n\ny").shape.hasSuffix("p(y)"))
        let deep = (3...400).reversed().map { String(repeating: ":", count: $0) + "note\n" }.joined()
        let closing = (3...400).map { String(repeating: ":", count: $0) + "\n" }.joined()
        #expect(try read(deep + "x\n" + closing + "\nend\n").shape.hasSuffix("p(end)"))
    }
}
