import Adopting
import Foundation
import Guides
import Proving
import Synchronization
import Testing

@Suite("Adopting a page")
struct PageTests {
    private static let tools: Set<String> = ["git", "nats", "nats-server", "echo", "cat", "grep", "curl", "ls"]

    /// What the page becomes when every example does `outcome`.
    private func adopt(
        _ fixture: String, _ outcome: @escaping @Sendable (Check) -> BlockProof = { proof($0, .passed) }
    ) async throws -> (text: String, page: AdoptionReport.Page, trials: Int) {
        let folder = try #require(Bundle.module.url(forResource: "Fixtures", withExtension: nil))
        let bytes = Array(try Data(contentsOf: folder.appendingPathComponent(fixture)))
        let guide = try #require(GuideParser.parse(path: "docs/page.md", name: "page", bytes: bytes).guide)
        let trials = Mutex(0)
        let tools = Self.tools
        let adopter = Adopter(root: "/nowhere", configuration: ProjectConfiguration(), hasTool: { tools.contains($0) })
        {
            trial in
            trials.withLock { $0 += 1 }
            let blocks = trial.scenario.checks.map { check in
                check.skip.map { PageTests.proof(check, .skipped, $0) } ?? outcome(check)
            }
            return GuideProof(
                path: trial.scenario.guide.path, title: "", state: .passed, startedAt: "", durationMilliseconds: 0,
                inputHash: "", blocks: blocks)
        }
        let adopted = try #require(try await adopter.adopt(guide, taken: []))
        return (String(decoding: try #require(adopted.bytes), as: UTF8.self), adopted.page, trials.withLock { $0 })
    }

    private static func proof(_ check: Check, _ state: ProofState, _ reason: String? = nil) -> BlockProof {
        proof(check, state, reason, status: 0, output: "")
    }

    private static func proof(
        _ check: Check, _ state: ProofState, _ reason: String?, status: Int?, output: String, mismatch: Mismatch? = nil
    ) -> BlockProof {
        BlockProof(
            name: check.block.name, index: check.block.index, kind: check.block.kind.rawValue,
            line: check.block.range.start.line, state: state, reason: reason, contentHash: "",
            steps: check.steps.map {
                StepProof(
                    command: $0.command, line: $0.line, expectedStatus: $0.status, status: status, output: output,
                    durationMilliseconds: 1, state: state, mismatch: mismatch)
            })
    }

    @Test("fences get the attributes that say what they are, and the text stays as it is")
    func attributes() async throws {
        let folder = try #require(Bundle.module.url(forResource: "Fixtures", withExtension: nil))
        let expected = try String(contentsOf: folder.appendingPathComponent("page-adopted.md"), encoding: .utf8)
        let adopted = try await adopt("page.md")
        #expect(adopted.text == expected)
        #expect(adopted.page.problems.isEmpty)
        // What was written is read again without a complaint.
        let again = GuideParser.parse(path: "docs/page.md", name: "page", bytes: Array(adopted.text.utf8))
        #expect(again.diagnostics.filter { $0.severity == .error }.isEmpty)
    }

    @Test("examples are sorted by what came of them")
    func outcomes() async throws {
        let adopted = try await adopt("page.md")
        let outcomes = adopted.page.examples.map { "\($0.command): \($0.outcome.rawValue)" }
        #expect(outcomes.contains("nats pub a.b hello: works"))
        #expect(outcomes.contains("echo one: asPrinted"))
        #expect(outcomes.contains("nats sub <subject>: cannotRun"))
    }

    @Test("a command that never ends becomes a service, and is tried again as one")
    func service() async throws {
        let adopted = try await adopt("endless.md") { check in
            check.serve
                ? Self.proof(check, .passed)
                : Self.proof(check, .failed, "took longer than 5 s and was ended", status: nil, output: "listening\n")
        }
        #expect(adopted.trials == 2)
        #expect(adopted.text.contains("```sh session=terminal-2 serve\n"))
        #expect(adopted.page.examples.map(\.outcome) == [.works])
    }

    @Test("what takes longer than it may is no service, and is not called working")
    func slow() async throws {
        let adopted = try await adopt("slow.md") { check in
            Self.proof(check, .failed, "took longer than 5 s and was ended", status: nil, output: "10 %\n")
        }
        #expect(adopted.trials == 1)
        #expect(adopted.page.examples.map(\.outcome) == [.cannotRun])
        #expect(adopted.text.contains("skip=\"takes long: took longer than 5 s and was ended\""))
    }

    @Test("a download that never ends, since there is no network, is no service")
    func download() async throws {
        let adopted = try await adopt("download.md") { check in
            Self.proof(check, .failed, "took longer than 5 s and was ended", status: nil, output: "")
        }
        #expect(adopted.text.contains("skip=\"needs the internet: git\""))
        #expect(adopted.page.examples.map(\.outcome) == [.cannotRun])
    }

    @Test("a failure that the page shows is meant, any other one is skipped with its reason")
    func failures() async throws {
        let adopted = try await adopt("failing.md") { check in
            let isExpected = check.steps[0].status == 1
            if check.steps[0].command.hasPrefix("cat") {
                return Self.proof(
                    check, isExpected ? .passed : .failed, nil, status: 1, output: "cat: x: No such file or directory\n"
                )
            }
            return Self.proof(check, .failed, "exit status 2", status: 2, output: "oops: \"wrong\"\n")
        }
        #expect(adopted.text.contains("```console exit=1\n$ cat x"))
        #expect(adopted.text.contains("skip=\"exit status 2: oops: \\\"wrong\\\"\""))
        #expect(adopted.page.examples.map(\.outcome) == [.asPrinted, .fails])
    }

    @Test("what asks at a terminal is tried at one, and a status that changes is learned once")
    func asking() async throws {
        let adopted = try await adopt("failing.md") { check in
            guard check.isTyped else {
                return Self.proof(check, .failed, "exit status 1", status: 1, output: "cannot ask without a terminal\n")
            }
            let status = check.steps[0].status == 0 ? 2 : 3
            return Self.proof(check, .failed, "exit status \(status)", status: status, output: "no\n")
        }
        #expect(adopted.text.contains("```console terminal exit=3"))
        #expect(!adopted.text.contains("exit=2 exit=3"))
    }

    @Test("an output that differs by nothing but times and figures is told apart from another one")
    func alike() async throws {
        func adopted(
            _ printed: String
        ) async throws -> (text: String, page: AdoptionReport.Page, trials: Int) {
            try await adopt("output.md") { check in
                let expectation = check.steps[0].expectation
                guard case .mismatched(let mismatch)? = expectation?.match(printed) else {
                    return Self.proof(check, .passed)
                }
                return Self.proof(check, .failed, "differs", status: 0, output: printed, mismatch: mismatch)
            }
        }
        func outcome(_ printed: String) async throws -> AdoptionReport.Outcome? {
            try await adopted(printed).page.examples.first?.outcome
        }
        #expect(try await outcome("12:00:01 Published 5 bytes to \"a\"\n") == .asPrinted)
        #expect(try await outcome("13:10:59 Published 7 bytes to \"a\"\n") == .alike)
        #expect(try await outcome("13:10:59 Sent 7 bytes to \"a\"\n") == .otherOutput)
        // What is another one each time is not asserted; words are, and other output is left for somebody to accept.
        #expect(
            try await adopted("13:10:59 Published 7 bytes to \"a\"\n").text.contains(
                "\n[..] Published [..] bytes to \"a\"\n"))
        #expect(try await adopted("13:10:59 Sent 7 bytes to \"a\"\n").text.contains("\n12:00:01 Published 5 bytes"))
    }
}
