import Foundation
import Proving
import Testing

/// Guides that must pass in every isolation, and what becomes of commands that misbehave.
@Suite("Workbench")
struct WorkbenchTests {
    static let isolations = [Isolation.detect(), .none(reason: "a test")]

    @Test("What a reader's terminal does, a session does", arguments: try FixtureGuide.all(in: "passing"), isolations)
    func conformance(guide: FixtureGuide, isolation: Isolation) async throws {
        var harness = try WorkbenchHarness()
        harness.isolation = isolation
        let proof = try await harness.prove(guide)
        #expect(proof.state == .passed, "\(proof.complaints.joined(separator: "\n"))")
        #expect(proof.blocks.count == guide.scenario.checks.count)
    }

    @Test(
        "A sandboxed guide sees no home, no secrets, no network, and writes to its own places",
        .enabled(if: Isolation.detect().isPrivate, "bubblewrap cannot make sandboxes here"),
        arguments: try FixtureGuide.all(in: "private")
    )
    func sandbox(guide: FixtureGuide) async throws {
        setenv("LAUNCHPAD_TEST_SECRET", "hidden", 1)
        let proof = try await WorkbenchHarness().prove(guide)
        #expect(proof.state == .passed, "\(proof.complaints.joined(separator: "\n"))")
    }

    @Test("A command that hangs is interrupted; only a shell that does not come back is lost", arguments: isolations)
    func hang(isolation: Isolation) async throws {
        var harness = try WorkbenchHarness()
        harness.isolation = isolation
        let proof = try await harness.prove(FixtureGuide("failing/hang"))
        for name in ["hang", "loop", "stubborn", "deaf"] {
            let block = try #require(proof[name])
            #expect(block.state == .failed)
            #expect(block.steps.last?.status == nil)
            #expect(block.reason?.contains("took longer than \(name == "hang" ? 300 : 200) ms") == true)
        }
        #expect(proof["hang"]?.steps.first?.output == "started\n")
        #expect(proof["after"]?.state == .passed, "\(proof.complaints)")
        #expect(proof["same"]?.state == .blocked)
        #expect(proof["same"]?.reason?.contains("session b") == true)
        #expect(proof["other"]?.state == .passed)
    }

    @Test("A flood is cut off and named, and an output that was cut is never compared", arguments: isolations)
    func flood(isolation: Isolation) async throws {
        var harness = try WorkbenchHarness()
        harness.isolation = isolation
        let proof = try await harness.prove(FixtureGuide("failing/flood"))
        let endless = try #require(proof["endless"])
        #expect(endless.state == .failed)
        #expect(endless.reason?.contains("printed more than 64 MiB") == true)
        #expect(endless.steps.first?.truncated == true)
        #expect((endless.steps.first?.output.utf8.count ?? 0) <= 1 << 20)
        #expect(proof["long"]?.state == .failed)
        #expect(proof["long"]?.reason?.contains("3000005 bytes") == true)
        #expect(proof["unasserted"]?.state == .passed)
        #expect(proof["unasserted"]?.steps.first?.truncated == true)
        #expect(proof["background"]?.state == .passed)
    }

    @Test("What starts processes without end is ended before the machine suffers, and the guide goes on")
    func crowd() async throws {
        let harness = try WorkbenchHarness()
        guard harness.isolation.isPrivate else { return }
        let proof = try await harness.prove(FixtureGuide("failing/crowd"))
        #expect(proof["crowd"]?.state == .failed)
        #expect(proof["crowd"]?.reason?.contains("started more than 4096 processes") == true)
        #expect(proof["same"]?.state == .blocked)
        #expect(proof["other"]?.state == .passed, "\(proof.complaints)")
    }

    @Test("A failure stops its own block and blocks what needs it; what was left out takes with it what builds on it")
    func outcomes() async throws {
        let proof = try await WorkbenchHarness().prove(FixtureGuide("failing/outcomes"))
        let states: [String: ProofState] = [
            "differs": .failed, "status": .failed, "needy": .blocked, "needier": .blocked, "others": .passed,
            "skipped": .skipped, "builds-on-skipped": .skipped, "toolless": .skipped, "engine": .skipped,
        ]
        for (name, state) in states {
            #expect(proof[name]?.state == state, "\(name): \(proof.complaints)")
        }
        #expect(proof["differs"]?.steps.count == 1)
        #expect(proof["differs"]?.steps.first?.mismatch?.lines.map(\.text) == ["expected", "actual"])
        #expect(proof["status"]?.reason?.contains("exit status 5, expected 3") == true)
        #expect(proof["skipped"]?.reason == "only on Mondays")
        #expect(proof["toolless"]?.reason == "not run: no no-such-tool here")
        #expect(proof["builds-on-skipped"]?.reason?.contains("only on Mondays") == true)
        #expect(proof.state == .failed)
    }

    @Test("A service that dies, comes late or says something else fails with what it printed", arguments: isolations)
    func services(isolation: Isolation) async throws {
        var harness = try WorkbenchHarness()
        harness.isolation = isolation
        let proof = try await harness.prove(FixtureGuide("failing/services"))
        #expect(proof["dies"]?.state == .failed)
        #expect(proof["dies"]?.reason?.contains("exit status 9") == true)
        #expect(proof["dies"]?.steps.first?.output == "oops\n")
        #expect(proof["late"]?.state == .failed)
        #expect(proof["late"]?.reason == "not ready after 300 ms: log:ready")
        #expect(proof["wrong"]?.state == .failed)
        #expect(proof["wrong"]?.steps.first?.mismatch != nil)
        #expect(proof["never"]?.state == .failed)
        #expect(proof["never"]?.reason == "it has not printed all that the guide shows")
        #expect(proof["builds-on-it"]?.state == .passed)
    }
}
