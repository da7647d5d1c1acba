import Testing

@testable import Proving

@Suite("Answers at the terminal")
struct DialogueTests {
    @Test("what stands behind a question is typed, once, and in the order of the questions")
    func order() {
        var dialogue = Dialogue(shown: ["? Name Ada", "? Name Grace", "done"])
        #expect(dialogue.answer(to: "? Name ") == "Ada")
        #expect(dialogue.answer(to: "? Name Ada\n? Name ") == "Grace")
        #expect(dialogue.answer(to: "? Name Ada\n? Name Grace\n? Name ") == "")
    }

    @Test("a line that is no question is waited for, and whole lines ask nothing")
    func noQuestion() {
        var dialogue = Dialogue(shown: ["? Name Ada"])
        #expect(dialogue.answer(to: "") == nil)
        #expect(dialogue.answer(to: "Name\n") == nil)
        #expect(dialogue.answer(to: "Working") == nil)
        #expect(dialogue.answer(to: "Working...") == nil)
    }

    @Test(
        "a question in other words takes what it offers, and its default where the guide shows nothing that it offers",
        arguments: [
            ("? Storage (file, memory) (file) ", "? Storage memory", "memory"),
            ("? Storage (file, memory) (file) ", "? Storage backend file", "file"),
            ("? Storage (file, memory) (file) ", "? Storage tape", ""),
            ("? Message size limit (-1) ", "? Message size limit 1024", "1024"),
            ("? Replication (1) ", "? Storage file", ""),
            ("? Target (empty for pull) () ", "? Target (empty for pull)", ""),
            ("? Start (all, new) (all) ", "? Start (all, new) new", "new"),
            ("? Really purge ORDERS? (y/N) ", "? Really purge Stream ORDERS Yes", "y"),
            ("? Really purge ORDERS? (y/N) ", "? Really purge Stream ORDERS No", "n"),
            ("? Really purge ORDERS? (y/N) ", "purged", ""),
            ("? Select a Stream: A, B\n  Name: ", "? Select a Stream B", "B"),
        ])
    func otherWords(question: String, shown: String, answer: String) {
        var dialogue = Dialogue(shown: [shown, "Name: of something else"])
        #expect(dialogue.answer(to: question) == answer)
    }

    @Test("a program that asks for ever is not answered for ever")
    func endless() {
        var dialogue = Dialogue(shown: [])
        for _ in 0..<64 { #expect(dialogue.answer(to: "? More ") == "") }
        #expect(dialogue.answer(to: "? More ") == nil)
    }
}
