import Foundation
import Proving
import Testing

@Suite("Matching an output with what a guide shows")
struct ExpectationMatchTests {
    /// Runs a case: sections `mode`, `bound` (and `bound lines`), `expected`, `output`, and one of `matched` (with the captured values) or
    /// `mismatched` (with the diff).
    private func run(_ example: Case) {
        let mode = example.sections["mode"]?.first.flatMap(Expectation.Mode.init) ?? .exact
        let shown = example.sections["expected", default: []].enumerated().map { offset, text in
            Expectation.Line(text: text, number: 10 + offset)
        }
        let bound = values(example.sections["bound", default: []])
        let outcome = Expectation(mode: mode, lines: shown).match(
            String(decoding: example.bytes("output"), as: UTF8.self),
            bindings: Bindings(
                values: bound, lines: values(example.sections["bound lines", default: []]).compactMapValues { Int($0) })
        )
        switch outcome {
        case .matched(let bindings):
            let captured = example.sections["matched"].map { values($0).merging(bound) { one, _ in one } }
            #expect(bindings.values == captured, "matched, and should not have")
        case .mismatched(let mismatch):
            #expect(diff(mismatch) == example.sections["mismatched"], "should have matched")
        }
    }

    private func values(_ lines: [String]) -> [String: String] {
        Dictionary(
            lines.compactMap { line in
                line.firstIndex(of: "=").map { (String(line[..<$0]), String(line[line.index(after: $0)...])) }
            },
            uniquingKeysWith: { $1 }
        )
    }

    private func diff(_ mismatch: Mismatch) -> [String] {
        let lines = mismatch.lines.map { line in
            switch line.side {
            case .both: " \(line.guideLine ?? 0)|\(line.outputLine ?? 0) \(line.text)"
            case .expected: "-\(line.guideLine ?? 0)| \(line.text)"
            case .actual: "+|\(line.outputLine ?? 0) \(line.text)"
            }
        }
        return lines + (mismatch.note.map { ["? " + $0] } ?? [])
    }

    @Test("exact text, dots and placeholders", arguments: Case.load("matching/exact.txt"))
    func exact(_ example: Case) { run(example) }

    @Test("typed placeholders", arguments: Case.load("matching/types.txt"))
    func types(_ example: Case) { run(example) }

    @Test("values that are used again", arguments: Case.load("matching/bindings.txt"))
    func bindings(_ example: Case) { run(example) }

    @Test("the wider modes", arguments: Case.load("matching/modes.txt"))
    func modes(_ example: Case) { run(example) }

    @Test("JSON", arguments: Case.load("matching/json.txt"))
    func json(_ example: Case) { run(example) }

    @Test("what a mismatch shows", arguments: Case.load("matching/diffs.txt"))
    func diffs(_ example: Case) { run(example) }

    /// The processor time of this thread: what else the machine does, does not count.
    private func threadTime() -> Duration {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }

    @Test("a flood of output against several \"...\" is matched in time")
    func flood() {
        let output = (1...100_000).map { "line \($0) of the flood" }.joined(separator: "\n")
        let lines = [
            "...", "line 500 of the flood", "...", "line [n:int] of the flood", "...", "line 99999 [..]", "...",
        ]
        let expectation = Expectation(lines: lines.map { Expectation.Line(text: $0, number: 1) })
        let started = threadTime()
        do {
            #expect(expectation.match(output) == .matched(Bindings(values: ["n": "501"], lines: ["n": 1])))
        }
        #expect(threadTime() - started < .seconds(10))
    }

    @Test("a flood that does not match gives a diff of bearable size, in time")
    func floodedDiff() throws {
        let output = (1...100_000).map { "line \($0)" }.joined(separator: "\n")
        let lines = ["line 1", "line 2", "the end"].enumerated().map { Expectation.Line(text: $1, number: $0 + 1) }
        guard case .mismatched(let mismatch) = Expectation(lines: lines).match(output) else {
            Issue.record("matched")
            return
        }
        #expect(mismatch.lines.count == 204)
        #expect(mismatch.lines.contains { $0.text == "(99798 more lines)" })
        #expect(mismatch.lines.last?.outputLine == 100_000)
    }

    @Test("a name that is used again is found in a flood, and its absence does not take forever")
    func floodedBindings() {
        var numbers = (1...3_000).map { "start \($0)" }
        numbers += ["finish 2999"]
        let lines = ["...", "start [id:int]", "...", "finish [id:int]"].map { Expectation.Line(text: $0, number: 1) }
        let found = Expectation(lines: lines).match(numbers.joined(separator: "\n"))
        #expect(found == .matched(Bindings(values: ["id": "2999"], lines: ["id": 1])))
        numbers[numbers.count - 1] = "finish 0"
        guard case .mismatched(let mismatch) = Expectation(lines: lines).match(numbers.joined(separator: "\n")) else {
            Issue.record("matched")
            return
        }
        #expect(mismatch.lines.last?.text == "finish 0")
    }

    @Test("a line of a megabyte is matched in time")
    func longLine() {
        let digits = String(repeating: "1234567890", count: 100_000)
        let cases = [
            "[..]x[..]5[..]9[..]", "[..][n:int] end", "[..][a:int][..][b:int]x", "[..][d:duration][..][t:time]y",
        ]
        for pattern in cases {
            let expectation = Expectation(lines: [Expectation.Line(text: pattern, number: 1)])
            guard case .mismatched = expectation.match(digits) else {
                Issue.record("\(pattern) matched")
                continue
            }
        }
        let whole = Expectation(lines: [Expectation.Line(text: "12[..]67[..]0", number: 1)])
        #expect(whole.match(digits) == .matched(Bindings()))
    }

    @Test("placeholders that overlap don't make the search explode")
    func explosion() {
        let text = String(repeating: "1,234 ", count: 400)
        let pattern = String(repeating: "[..][a:int]", count: 1) + String(repeating: "[..]1[..],", count: 40) + "end"
        let expectation = Expectation(lines: [Expectation.Line(text: pattern, number: 1)])
        guard case .mismatched = expectation.match(text) else {
            Issue.record("matched")
            return
        }
    }
}
