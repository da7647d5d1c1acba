import Guides
import Proving
import Tangling
import Testing

@Suite("Accepting what a run printed")
struct AcceptanceTests {
    /// A case: sections `guide`, `output BLOCK` (more than one for several steps: `output BLOCK 2`), `status BLOCK`, and
    /// `accepted` (the guide afterwards) or `refused` (`line reason`).
    @Test("guides", arguments: Case.load("accepting.txt"))
    func guides(_ example: Case) throws {
        let scenario = try scenario(example.text("guide"))
        let result = Acceptance.rewrite(scenario: scenario, proof: proof(of: scenario, example))
        #expect(String(decoding: result.bytes, as: UTF8.self) == example.text("accepted"))
        #expect(result.refusals.map { "\($0.line) \($0.reason)" } == example.sections["refused", default: []])
        #expect(result.changes.isEmpty == (result.bytes == scenario.guide.source))
        #expect(result.diff.hunks.isEmpty == result.changes.isEmpty)
    }

    @Test("only the blocks that are asked for change")
    func only() throws {
        let text = "```console name=a\n$ one\n1\n```\n\n```console name=b\n$ two\n2\n```\n"
        let scenario = try scenario(text)
        let example = Case(name: "", sections: ["output a": ["x"], "output b": ["y"]])
        let result = Acceptance.rewrite(scenario: scenario, proof: proof(of: scenario, example), only: ["b"])
        #expect(String(decoding: result.bytes, as: UTF8.self) == text.replacing("\n2\n", with: "\ny\n"))
        #expect(result.changes == [Acceptance.Change(block: "b", line: 8, command: "two")])
    }

    @Test(
        "a key of a well-known service is refused by the word that it begins with",
        arguments: [
            ("AKIA", true), ("ghp_", true), ("sk_live_", true), ("AIza", true), ("sk-proj-", true), ("npm_", true),
            ("AccountKey=", true), ("task-", false), ("id:", false),
        ])
    func keys(_ prefix: String, _ isSecret: Bool) throws {
        let scenario = try scenario("```console name=a\n$ one\nold\n```\n")
        func isRefused(_ output: String) -> Bool {
            let example = Case(name: "", sections: ["output a": [output]])
            return !Acceptance.rewrite(scenario: scenario, proof: proof(of: scenario, example)).refusals.isEmpty
        }
        #expect(isRefused("key \(prefix)0a1b2c3d4e5f6g7h8i9j") == isSecret)
        #expect(!isRefused("npm_config_user_agent_of_mine"))
    }

    @Test(
        "many random characters are refused as a key; checksums, identifiers, names and paths are none",
        arguments: [
            ("sKO2xRr0j7r7CJYjFD+p7AIjrfLjQQDfrWH3FTel", true), ("9fK3lQ0zX8vB2nM7aS5dF1gH4jP6wE3rQ1tY5u==", true),
            ("98ea6e4f216f2fb4b69fff9b3a44842c38686ca685f3f55dc48c5d3fb1107be4", false),
            ("NQRQETUNVBSVL246EDCGZRP7ZI3ZNKYVNSXFJBZQZLDM6NO4QU4MSFKC", false), ("s4ZIHxPWGbP6MPtCoR3sRq", false),
            ("createKeyValueBucketWithHistory5AndTTL30m", false),
            ("/var/lib/JetStreamStoreDirectory2/EVENTS_Data_1/msgs", false),
            ("-----BEGIN NATS USER JWT-----", true),
        ])
    func randomKeys(_ word: String, _ isSecret: Bool) throws {
        let scenario = try scenario("```console name=a\n$ one\nold\n```\n")
        let example = Case(name: "", sections: ["output a": ["it is \(word)"]])
        let result = Acceptance.rewrite(scenario: scenario, proof: proof(of: scenario, example))
        #expect(result.refusals.isEmpty != isSecret, "\(result.refusals)")
    }

    @Test("a guide with CRLF keeps it")
    func lineEndings() throws {
        let text = "Text\r\n\r\n```console name=a\r\n$ one\r\n1\r\n```\r\n"
        let scenario = try scenario(text)
        let example = Case(name: "", sections: ["output a": ["x", "y"]])
        let result = Acceptance.rewrite(scenario: scenario, proof: proof(of: scenario, example))
        #expect(
            String(decoding: result.bytes, as: UTF8.self)
                == "Text\r\n\r\n```console name=a\r\n$ one\r\nx\r\ny\r\n```\r\n")
    }

    @Test("a block that was changed after the run is not touched")
    func changedSince() throws {
        let scenario = try scenario("```console name=a\n$ one\n1\n```\n")
        var proof = proof(of: scenario, Case(name: "", sections: ["output a": ["x"]]))
        proof.blocks[0].contentHash = "another"
        let result = Acceptance.rewrite(scenario: scenario, proof: proof)
        #expect(result.changes == [])
        #expect(result.refusals.first?.reason.contains("changed after it was run") == true)
    }

    private func scenario(_ text: String) throws -> Scenario {
        let (guide, problems) = GuideParser.parse(path: "docs/a.md", name: "a", bytes: Array(text.utf8))
        #expect(problems == [])
        let (scenario, diagnostics) = Scenario.make(from: try #require(guide))
        #expect(diagnostics == [])
        return scenario
    }

    private func proof(of scenario: Scenario, _ example: Case) -> GuideProof {
        let blocks = scenario.checks.map { check in
            let steps = check.steps.enumerated().map { number, step in
                let title = "output \(check.block.name)" + (number > 0 ? " \(number + 1)" : "")
                let status = example.sections["status \(check.block.name)"]?.first.flatMap(Int.init) ?? step.status
                return StepProof(
                    command: step.command,
                    line: step.line,
                    expectedStatus: step.status,
                    status: status,
                    output: example.text(title),
                    durationMilliseconds: 1,
                    state: .failed
                )
            }
            return BlockProof(
                name: check.block.name,
                index: check.block.index,
                kind: check.block.kind.rawValue,
                line: check.block.range.start.line,
                state: .failed,
                contentHash: check.contentHash,
                steps: steps
            )
        }
        return GuideProof(
            path: scenario.guide.path,
            title: "A",
            state: .failed,
            startedAt: "2026-11-22T00:00:00Z",
            durationMilliseconds: 1,
            inputHash: "",
            cached: false,
            blocks: blocks
        )
    }
}
