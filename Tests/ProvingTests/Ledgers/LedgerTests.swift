import Guides
import Proving
import Testing

@Suite("Ledgers of several runs")
struct LedgerTests {
    // MARK: Shards

    private func scenario(_ name: String, checks: Int) throws -> Scenario {
        let text = (0..<checks).map { "```sh name=b\($0)\ntrue\n```\n" }.joined(separator: "\n")
        let parsed = GuideParser.parse(path: "docs/\(name).md", name: name, bytes: Array(text.utf8))
        return Scenario.make(from: try #require(parsed.guide)).scenario
    }

    @Test("the parts of a split hold every guide once and are about as large as each other", arguments: 1...7)
    func shards(count: Int) throws {
        let scenarios = try (0..<23).map { try scenario("g\($0)", checks: $0 % 9) }
        var seen: [String] = []
        var sizes: [Int] = []
        for index in 1...count {
            let shard = try #require(Shard("\(index)/\(count)"))
            let part = shard.select(from: scenarios)
            // The order in which guides are given does not matter.
            let other = shard.select(from: scenarios.reversed())
            #expect(Set(part.map(\.guide.path)) == Set(other.map(\.guide.path)))
            seen += part.map(\.guide.path)
            sizes.append(part.reduce(0) { $0 + $1.checks.count + 1 })
        }
        #expect(seen.sorted() == scenarios.map(\.guide.path).sorted())
        let largest = try #require(sizes.max())
        let smallest = try #require(sizes.min())
        #expect(largest - smallest <= 9)
    }

    @Test(
        "only a part from 1 to the number of parts is one",
        arguments: ["0/3", "4/3", "1/0", "a/b", "1", "1/2/3", "-1/2"])
    func noShard(text: String) {
        #expect(Shard(text) == nil)
    }

    // MARK: Merging

    private func part(_ index: Int, of count: Int, guide: GuideProof) -> (name: String, ledger: Ledger) {
        var ledger = SampleLedger.ledger
        ledger.guides = [guide]
        ledger.shard = Shard(index: index, count: count)
        return ("part-\(index).json", ledger)
    }

    @Test("the ledgers of all parts make the ledger of the whole")
    func merge() throws {
        let whole = SampleLedger.ledger
        let merged = try Ledger.merge([
            part(2, of: 2, guide: whole.guides[1]), part(1, of: 2, guide: whole.guides[0]),
        ])
        #expect(merged == whole)
    }

    @Test("what is not one whole is not merged, and the message says why")
    func mergeProblems() {
        let whole = SampleLedger.ledger
        let first = part(1, of: 3, guide: whole.guides[0])
        var real = part(2, of: 3, guide: whole.guides[1])
        #expect(throws: Ledger.MergeProblem.missingShards([2, 3], count: 3)) { try Ledger.merge([first]) }
        #expect(throws: Ledger.MergeProblem.nothing) { try Ledger.merge([]) }
        #expect(
            throws: Ledger.MergeProblem.twice(guide: "docs/a.md", first: "part-1.json", second: "part-1.json")
        ) { try Ledger.merge([first, first]) }
        real.ledger.engine.version = "another"
        #expect { try Ledger.merge([first, real]) } throws: {
            "\($0)".contains("engine") && "\($0)".contains("another")
        }
        let other = part(2, of: 2, guide: whole.guides[1])
        #expect(throws: Ledger.MergeProblem.mixedShards(first: "part-1.json", second: "part-2.json")) {
            try Ledger.merge([first, other])
        }
    }

    @Test("a ledger that speaks of a part that there cannot be is none")
    func impossibleShard() throws {
        let bytes = try part(1, of: 3, guide: SampleLedger.ledger.guides[0]).ledger.json()
        let text = String(decoding: bytes, as: UTF8.self).replacing("\"index\" : 1", with: "\"index\" : 4")
        #expect(throws: DecodingError.self) { try Ledger(json: Array(text.utf8)) }
    }

    // MARK: Comparing

    private func ledger(_ blocks: [(name: String, state: ProofState)], path: String = "docs/a.md") -> Ledger {
        var ledger = SampleLedger.ledger
        ledger.guides = [ledger.guides[0]]
        ledger.guides[0].path = path
        ledger.guides[0].blocks = blocks.enumerated().map { index, block in
            BlockProof(
                name: block.name, index: index, kind: "console", line: 10 * (index + 1), state: block.state,
                contentHash: "hash of \(block.name.split(separator: "'").first ?? "")"
            )
        }
        return ledger
    }

    @Test("each check that changed its state is told once, under the right heading")
    func compare() {
        let base = ledger([
            ("same", .passed), ("breaks", .passed), ("mended", .failed), ("left", .passed), ("gone", .passed),
            ("wakes", .skipped), ("ill", .error), ("renamed", .passed), ("hushed", .failed),
        ])
        let head = ledger([
            ("same", .passed), ("breaks", .blocked), ("mended", .passed), ("left", .skipped), ("wakes", .passed),
            ("ill", .failed), ("renamed'", .passed), ("fresh", .passed), ("bad", .failed), ("hushed", .skipped),
        ])
        let comparison = LedgerComparison(from: base, to: head)
        #expect(comparison.newlyBroken.map(\.block) == ["breaks", "bad"])
        #expect(comparison.fixed.map(\.block) == ["mended"])
        #expect(comparison.noLongerProven.map(\.block) == ["left", "gone"])
        #expect(comparison.newlyProven.map(\.block) == ["wakes", "fresh"])
        #expect(comparison.stillBroken.map(\.block) == ["ill"])
        #expect(!comparison.isNoWorse)
        #expect(LedgerComparison(from: head, to: head).isNoWorse)
    }

    @Test("a guide that is gone takes its proofs with it")
    func goneGuide() {
        let comparison = LedgerComparison(
            from: ledger([("a", .passed), ("b", .skipped)]), to: ledger([("a", .passed)], path: "docs/b.md"))
        #expect(comparison.noLongerProven.map(\.guide) == ["docs/a.md"])
        #expect(comparison.newlyProven.map(\.guide) == ["docs/b.md"])
    }

    @Test("a summary holds what guides print as text, whatever it is")
    func hostileSummary() {
        var hostile = SampleLedger.ledger
        hostile.guides[1].blocks[0].steps[0].command = "echo '````'\n</details> | <script>"
        hostile.guides[1].blocks[2].reason = "a | b <b>bold</b> `code`"
        let text = SummaryReport.render(hostile, comparison: LedgerComparison(from: hostile, to: hostile))
        #expect(text.contains("`````diff"))
        #expect(!text.contains("| a | b <b>"))
    }
}
