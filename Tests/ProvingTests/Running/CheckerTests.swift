import Foundation
import Guides
import Proving
import Tangling
import TestSupport
import Testing

@Suite("Checker")
struct CheckerTests {
    private func fixture(_ name: String, as other: String? = nil) throws -> FixtureGuide {
        guard let other else { return try FixtureGuide("running/\(name)") }
        let folder = try #require(Bundle.module.url(forResource: "Fixtures", withExtension: nil))
        let bytes = try Data(contentsOf: folder.appendingPathComponent("workbench/running/\(name).md"))
        return try FixtureGuide(name: "running/\(other)", bytes: Array(bytes))
    }

    @Test("A guide that passed is not run again until its blocks or files change; prose is no input")
    func cache() async throws {
        var harness = try WorkbenchHarness()
        let first = try await harness.prove(fixture("simple"))
        #expect(!first.cached)
        let second = try await harness.prove(fixture("simple"))
        #expect(second.cached)
        #expect(second.startedAt == first.startedAt)
        let reworded = try await harness.prove(fixture("simple-reworded", as: "simple"))
        #expect(reworded.cached)
        #expect(reworded["first"]?.line == (first["first"]?.line ?? 0) + 2)
        #expect(reworded["first"]?.steps.first?.line == (first["first"]?.steps.first?.line ?? 0) + 2)
        let changed = try await harness.prove(fixture("simple-changed", as: "simple"))
        #expect(!changed.cached)
        harness.options.force = true
        let forced = try await harness.prove(fixture("simple-changed", as: "simple"))
        #expect(!forced.cached)
    }

    @Test("Another engine or another isolation is another input")
    func cacheKeys() async throws {
        var harness = try WorkbenchHarness()
        _ = try await harness.prove(fixture("simple"))
        harness.engine = BundledEngine(executable: launchpadExecutable, version: "another")
        #expect(try await harness.prove(fixture("simple")).cached == false)
        harness.isolation = harness.isolation.isPrivate ? .none(reason: "a test") : harness.isolation
        harness.engine = BundledEngine(executable: launchpadExecutable, version: "another")
        #expect(try await harness.prove(fixture("simple")).cached == !Isolation.detect().isPrivate)
    }

    @Test("A guide that failed is run again")
    func failuresAreNotCached() async throws {
        let harness = try WorkbenchHarness()
        let guide = try FixtureGuide("failing/outcomes")
        _ = try await harness.prove(guide)
        #expect(try await harness.prove(guide).cached == false)
    }

    @Test("Two runs of one project at once leave a whole ledger and whole proofs")
    func twoRuns() async throws {
        let harness = try WorkbenchHarness()
        let guide = try fixture("simple")
        async let one = harness.checker([guide]).run()
        async let two = harness.checker([guide]).run()
        #expect(try await [one, two].allSatisfy { $0.guides.first?.state == .passed })
        #expect(LedgerFile(root: harness.project.path).read()?.guides.count == 1)
        #expect(try await harness.prove(guide).cached)
    }

    @Test("A guide finds the files of the guides that it needs")
    func neededFiles() async throws {
        let harness = try WorkbenchHarness()
        let ledger = try await harness.checker([fixture("simple"), fixture("needs")]).run()
        #expect(ledger.guides.map(\.state) == [.passed, .passed], "\(ledger.guides.map(\.complaints))")
        #expect(ledger.guides.map(\.path) == ["docs/running/needs.md", "docs/running/simple.md"])
    }

    @Test("The ledger keeps the proofs of guides that were not part of a run, and drops those of guides that are gone")
    func ledger() async throws {
        let harness = try WorkbenchHarness()
        let simple = try fixture("simple")
        let quick = try fixture("quick")
        _ = try await harness.checker([simple, quick]).run()
        let file = LedgerFile(root: harness.project.path)
        #expect(file.read()?.guides.count == 2)
        let some = Checker(
            root: harness.project.path,
            scenarios: [quick.scenario],
            guides: [simple.scenario.guide, quick.scenario.guide],
            plan: TanglePlan(files: simple.files),
            engine: harness.engine,
            isolation: harness.isolation,
            executable: launchpadExecutable,
            tool: Ledger.Tool(name: "launchpad", version: "test"),
            observer: harness.observer
        )
        #expect(try await some.run().guides.count == 1)
        #expect(file.read()?.guides.map(\.path) == ["docs/running/quick.md", "docs/running/simple.md"])
        _ = try await harness.checker([quick]).run()
        #expect(file.read()?.guides.map(\.path) == ["docs/running/quick.md"])
    }

    @Test("--only runs a block, what it needs and the services before it, and leaves ledger and cache alone")
    func only() async throws {
        var harness = try WorkbenchHarness()
        harness.options.only = ["target"]
        let proof = try await harness.prove(fixture("selection"))
        #expect(proof.blocks.map(\.name) == ["server", "base", "middle", "target"])
        #expect(proof.state == .passed, "\(proof.complaints)")
        #expect(!harness.project.exists(".launchpad"))
        harness.options.only = ["running/selection#base"]
        #expect(try await harness.prove(fixture("selection")).blocks.map(\.name) == ["server", "base"])
        harness.options.only = ["tarket"]
        await #expect(throws: UnknownBlock.self) { try await harness.prove(self.fixture("selection")) }
    }

    @Test("What a background command would print for blocks that are left out is no failure; what differs is")
    func openServices() async throws {
        var harness = try WorkbenchHarness()
        harness.options.only = ["after"]
        let proof = try await harness.prove(fixture("open-service"))
        #expect(proof.blocks.map(\.state) == [.skipped, .passed], "\(proof.complaints)")
        #expect(proof["listener"]?.reason?.contains("left out") == true)
        harness.options.only = ["differs"]
        #expect(try await harness.prove(fixture("open-service"))["differs"]?.state == .failed)
    }

    @Test("A background command that breaks down after it was ready has failed; one that was stopped has not")
    func dyingServices() async throws {
        let proof = try await WorkbenchHarness().prove(fixture("dying-service"))
        #expect(proof.blocks.map(\.state) == [.failed, .passed, .passed, .passed], "\(proof.complaints)")
        #expect(proof.state == .failed)
        #expect(proof["breaks"]?.reason == "was ready, but ended with exit status 3 before the guide did")
        #expect(proof["breaks"]?.steps.first?.output == "ready\nout of memory\n")
    }

    @Test("Events tell the story of a run in order")
    func events() async throws {
        let harness = try WorkbenchHarness()
        _ = try await harness.prove(fixture("simple"))
        let told = harness.observer.events.map { event in
            switch event {
            case .runStarted(let guides, _, _): "run \(guides.map(\.checks))"
            case .guideStarted: "guide"
            case .blockStarted(_, let block, _): "start \(block)"
            case .blockFinished(_, let proof): "\(proof.name) \(proof.state)"
            case .guideFinished(let proof): "\(proof.state)"
            case .runFinished: "end"
            }
        }
        #expect(
            told == [
                "run [2]", "guide", "start first", "first passed", "start second", "second skipped", "passed", "end",
            ]
        )
    }

    @Test(
        "Guides in sandboxes run at once and may use the same port; the second one without a sandbox is told whose it is"
    )
    func ports() async throws {
        let port = try FreePort.find()
        func guide(_ name: String) throws -> FixtureGuide {
            let folder = try #require(Bundle.module.url(forResource: "Fixtures", withExtension: nil))
            let text = try String(
                contentsOf: folder.appendingPathComponent("workbench/running/port.md"), encoding: .utf8)
            return try FixtureGuide(name: name, bytes: Array(text.replacing("PORT", with: String(port)).utf8))
        }
        var harness = try WorkbenchHarness()
        let listener = try FreePort.listen(port)
        defer { listener.close() }
        if harness.isolation.isPrivate {
            let ledger = try await harness.checker([guide("one"), guide("two")]).run()
            #expect(ledger.guides.map(\.state) == [.passed, .passed], "\(ledger.guides.map(\.complaints))")
        }
        harness.isolation = .none(reason: "a test")
        let proof = try await harness.prove(guide("three"))
        #expect(proof.state == .error)
        #expect(proof["takes"]?.reason?.contains("port \(port)") == true, "\(proof.complaints)")
        #expect(proof["takes"]?.reason?.contains("install bubblewrap") == true)
    }

    @Test("Thirty quick commands cost next to nothing beyond themselves", arguments: WorkbenchTests.isolations)
    func speed(isolation: Isolation) async throws {
        var harness = try WorkbenchHarness()
        harness.isolation = isolation
        let proof = try await harness.prove(fixture("quick"))
        #expect(proof.state == .passed)
        let commands = proof.blocks.reduce(0) { $0 + $1.durationMilliseconds }
        // Generous, for a machine that runs all other tests at the same time; by themselves they take 30 ms.
        #expect(commands < 3000, "\(commands) ms for the commands, \(proof.durationMilliseconds) ms in all")
    }
}
