import Testing

@testable import Guides

@Suite("Printing diagnostics")
struct DiagnosticRendererTests {
    private func render(_ line: String, column: Int, length: Int, colored: Bool = false) -> [Substring] {
        let renderer = DiagnosticRenderer(colored: colored) { _ in SourceText(Array(line.utf8)) }
        let range = SourceRange(line: 1, column: column, length: length)
        let diagnostic = Diagnostic(code: "x", "wrong", file: "docs/a.md", range: range, help: "do it right")
        return renderer.render([diagnostic]).split(separator: "\n", omittingEmptySubsequences: false)
    }

    @Test("a message has its code, its place, the line, a mark under the very bytes, and help")
    func shape() {
        #expect(
            render("```sh fiel=a", column: 7, length: 4) == [
                "error[x]: wrong", " --> docs/a.md:1:7", "  |", "1 | ```sh fiel=a", "  |       ^^^^",
                "  = help: do it right", "", "1 error", "",
            ]
        )
    }

    @Test(
        "the mark stands under what it means, whatever is before it",
        arguments: [
            ("日本 x", 8, 1, 5), ("e\u{301}e\u{301} x", 8, 1, 3), ("\tx", 2, 1, 4), ("é x", 4, 1, 2), ("👩‍💻 x", 13, 1, 3),
            ("\u{1B}[31m x", 7, 1, 6), ("a", 2, 1, 1), ("", 1, 1, 0),
        ]
    )
    func marks(line: String, column: Int, length: Int, cells: Int) {
        let lines = render(line, column: column, length: length)
        #expect(lines[4] == "  | " + String(repeating: " ", count: cells) + "^")
        #expect(!lines[3].contains("\u{1B}"))
    }

    @Test("a wide text is marked in its whole width")
    func width() {
        #expect(render("a 日本 b", column: 3, length: 6)[4] == "  |   ^^^^")
    }

    @Test("of a line of machines' making only the surroundings of the mark are shown", arguments: [0, 90_000, 199_990])
    func longLine(column: Int) {
        let line = String(repeating: "é", count: column / 2) + "WRONG" + String(repeating: "日本", count: 40_000)
        let lines = render(line, column: column + 1, length: 5)
        #expect(lines[3].count <= 240)
        let before = lines[4].prefix { $0 != "^" }
        #expect(lines[4].dropFirst(before.count) == "^^^^^")
        #expect(lines[3].dropFirst(before.count).hasPrefix("WRONG"))
        #expect(lines[3].hasSuffix("…"))
    }

    @Test("a text that quotes too much is told without its middle")
    func longText() {
        let word = String(repeating: "x", count: 200_000)
        let renderer = DiagnosticRenderer(colored: false) { _ in nil }
        let diagnostic = Diagnostic(code: "x", "\"\(word)\" is wrong", file: "docs/a.md", help: "not \(word)")
        let lines = renderer.render([diagnostic]).split(separator: "\n")
        #expect(lines[0].hasPrefix("error[x]: \"xxx"))
        #expect(lines[0].hasSuffix("x\" is wrong"))
        #expect(lines.allSatisfy { $0.count < 1_000 })
    }

    @Test("a word of any length has its nearest name at once")
    func nearest() {
        #expect(nearestName(to: String(repeating: "n", count: 5_000_000), among: ["name", "needs"]) == nil)
        #expect(nearestName(to: "nmae", among: ["name", "needs"]) == "name")
    }

    @Test("colours come only when they are asked for")
    func colours() {
        #expect(!render("a", column: 1, length: 1).joined().contains("\u{1B}"))
        #expect(render("a", column: 1, length: 1, colored: true)[0].contains("\u{1B}[1;31merror[x]\u{1B}[0m"))
    }

    @Test("a file that cannot be read is named without its text")
    func unreadable() {
        let renderer = DiagnosticRenderer(colored: false) { _ in nil }
        let diagnostic = Diagnostic(code: "x", "wrong", file: "docs/a.md", range: SourceRange(line: 3, column: 2))
        #expect(renderer.render([diagnostic]) == "error[x]: wrong\n --> docs/a.md:3:2\n\n1 error\n")
    }

    @Test("diagnostics are sorted by file and place, and counted")
    func sorted() {
        let renderer = DiagnosticRenderer(colored: false) { _ in nil }
        let text = renderer.render([
            Diagnostic(code: "c", "third", file: "b", range: SourceRange(line: 1, column: 1)),
            Diagnostic(.warning, code: "b", "second", file: "a", range: SourceRange(line: 10, column: 1)),
            Diagnostic(code: "a", "first", file: "a", range: SourceRange(line: 9, column: 5)),
        ])
        let heads = text.split(separator: "\n").filter { $0.contains("]: ") }
        #expect(heads == ["error[a]: first", "warning[b]: second", "error[c]: third"])
        #expect(text.hasSuffix("2 errors, 1 warning\n"))
    }
}
