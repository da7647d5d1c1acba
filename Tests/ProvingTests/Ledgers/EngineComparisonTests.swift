import Testing

@testable import Proving

@Suite("Comparing engines")
struct EngineComparisonTests {
    private func ledger(_ engine: String, _ state: ProofState, _ output: String) -> Ledger {
        var ledger = SampleLedger.ledger
        ledger.engine = EngineIdentity(name: engine, version: engine)
        ledger.guides = [ledger.guides[0]]
        ledger.guides[0].blocks[0].state = state
        ledger.guides[0].blocks[0].steps = [
            StepProof(command: "x", line: 4, status: 0, output: output, durationMilliseconds: 1, state: state)
        ]
        return ledger
    }

    private func compare(_ ledgers: Ledger...) -> EngineComparison {
        var comparison = EngineComparison()
        for ledger in ledgers { comparison.add(ledger) }
        return comparison
    }

    @Test(
        "Numbers, times, identifiers, columns and the order of lines are no difference",
        arguments: [
            ("a 1 b\nc\n", "c\na 22 b\n"), ("took 1.5ms", "took 301µs"), ("took 1.5 s", "took 301 ms"),
            ("at 2026-11-29 06:00:01.5", "at 2025-01-02 16:10:59.25"),
            ("id NDJ5KXVQZ2B7", "id N3KQ0000AAAA"), ("Node: nLGyfpZn", "Node: TOkSvesS"), ("a    b", "a b"),
            ("│ a │", "│  a  │"), ("╭────╮\na", "╭──╮\na"),
        ])
    func same(first: String, second: String) {
        let comparison = compare(ledger("one", .passed, first), ledger("two", .passed, second))
        #expect(comparison.differences.isEmpty)
        #expect(comparison.text.contains("no check differs between one and two"))
    }

    @Test(
        "Another word, a missing line and another state are",
        arguments: [("a b", "a c"), ("a\nb", "a"), ("Stored in EVENTS", "Stored in OTHER")])
    func differs(first: String, second: String) throws {
        let comparison = compare(ledger("one", .passed, first), ledger("two", .passed, second))
        #expect(try #require(comparison.differences.first).block == "good")
        #expect(comparison.differences.count == 1)
    }

    @Test("Engines that print the same are named together, and each state is told")
    func text() {
        let comparison = compare(
            ledger("one", .passed, "same\nours"), ledger("two", .failed, "same\ntheirs"),
            ledger("three", .failed, "same\ntheirs"))
        #expect(
            comparison.text.contains(
                """
                differences between one, two, three:
                  docs/a.md:3: good: one passed, two failed, three failed
                    one: ours
                    two, three: theirs

                """), "\(comparison.text)")
    }

    @Test("Of a long line the part is shown where it leaves the others")
    func longLines() {
        let common = String(repeating: "abcdefghij ", count: 30)
        let text = compare(
            ledger("one", .passed, common + "ours " + common), ledger("two", .passed, common + "theirs " + common)
        ).text
        #expect(text.contains(" one: …") && text.contains("abcdefghij ours abcdefghij"), "\(text)")
        #expect(text.contains(" two: …") && text.contains("abcdefghij theirs abcdefghij"), "\(text)")
        #expect(text.split(separator: "\n").allSatisfy { $0.count < 120 }, "\(text)")
    }

    @Test("What was left out on an engine says nothing, and an engine that is not here is not run")
    func leftOut() {
        var comparison = compare(ledger("one", .passed, "a"), ledger("two", .skipped, ""))
        comparison.missing.append(("docker", "there is none"))
        #expect(comparison.differences.isEmpty)
        #expect(comparison.text.contains("docker: not run: there is none\n"))
    }

    @Test("With one engine alone there is nothing to compare, and nobody says that nothing differs")
    func alone() {
        let text = compare(ledger("one", .passed, "a")).text
        #expect(text.contains("there is nothing to compare"))
        #expect(!text.contains("no check differs"))
    }
}
