import Proving
import Testing

@Suite("Output as a terminal shows it")
struct TerminalTextTests {
    @Test("control characters", arguments: Case.load("matching/terminal.txt"))
    func clean(_ example: Case) {
        let cleaned = TerminalText.clean(example.bytes("input"))
        #expect(cleaned == example.text("shown"))
        #expect(TerminalText.clean(cleaned) == cleaned, "cleaning twice changes something")
    }

    @Test("bytes that are no UTF-8 become replacement characters")
    func invalid() {
        #expect(TerminalText.clean([0x61, 0xff, 0x62]) == "a\u{fffd}b")
    }
}
