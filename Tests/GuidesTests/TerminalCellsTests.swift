import Guides
import Testing

@Suite("Text on a terminal")
struct TerminalCellsTests {
    @Test("breaks between words, and goes on further in than its line begins")
    func wraps() {
        let text = "one two three\n  four five six seven\n"
        #expect(TerminalCells.wrapLines(text, limit: 13) == "one two three\n  four five\n    six seven\n")
        #expect(TerminalCells.wrapLines(text, limit: nil) == text)
        #expect(TerminalCells.wrap("a bb ccc", limit: 6, column: 3, indentation: 1) == "a\n bb\n ccc")
    }

    @Test("never breaks a path, and counts no colours and wide characters twice")
    func cells() {
        #expect(TerminalCells.wrapLines("see docs/a-guide.md:12: x", limit: 10) == "see\n  docs/a-guide.md:12:\n  x")
        #expect(TerminalCells.wrapLines("\u{1B}[1mab\u{1B}[0m cd", limit: 5) == "\u{1B}[1mab\u{1B}[0m cd")
        #expect(TerminalCells.wrapLines("日本 ab", limit: 6) == "日本\n  ab")
    }

    @Test("a command of Launchpad stays in one line where it fits into one, so that it can be copied")
    func commands() {
        #expect(
            TerminalCells.wrapLines("to write it, run: launchpad check --force docs/a.md", limit: 38)
                == "to write it, run:\n  launchpad check --force docs/a.md")
        #expect(
            TerminalCells.wrapLines("run launchpad tangle --prune, and look", limit: 30)
                == "run launchpad tangle --prune,\n  and look")
        #expect(
            TerminalCells.wrapLines("run: launchpad check a-guide b-guide", limit: 20)
                == "run: launchpad check\n  a-guide b-guide")
    }
}
