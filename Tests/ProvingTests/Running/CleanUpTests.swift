import Foundation
import Proving
import Synchronization
import Tangling
import TestSupport
import Testing

/// What is left behind by a run that ends before its time.
@Suite("Clean-up")
struct CleanUpTests {
    /// Cancels a run as soon as a block starts.
    private final class Canceller: RunObserver {
        private let checker = Mutex<Checker?>(nil)
        private let block: String

        init(on block: String) {
            self.block = block
        }

        func attach(_ checker: Checker) {
            self.checker.withLock { $0 = checker }
        }

        func receive(_ event: RunEvent) {
            guard case .blockStarted(_, block, _) = event else { return }
            checker.withLock { $0?.cancel() }
        }
    }

    @Test("A run that is cancelled leaves no process, no directory and no ledger", arguments: WorkbenchTests.isolations)
    func cancel(isolation: Isolation) async throws {
        let harness = try WorkbenchHarness()
        let mark = String(Int.random(in: 10_000_000...99_999_999))
        let folder = try #require(Bundle.module.url(forResource: "Fixtures", withExtension: nil))
        let text = try String(
            contentsOf: folder.appendingPathComponent("workbench/running/endless.md"), encoding: .utf8)
        // Seconds that only this run sleeps, so that its processes can be told from all others.
        let guide = try FixtureGuide(name: "endless", bytes: Array(text.replacing("8639", with: mark).utf8))
        let canceller = Canceller(on: "endless")
        let checker = Checker(
            root: harness.project.path,
            scenarios: [guide.scenario],
            guides: [guide.scenario.guide],
            plan: .init(files: []),
            engine: harness.engine,
            isolation: isolation,
            executable: launchpadExecutable,
            tool: .init(name: "launchpad", version: "test"),
            observer: canceller
        )
        canceller.attach(checker)
        await #expect(throws: CancellationError.self) { try await checker.run() }
        #expect(try Processes.running(with: mark).isEmpty)
        #expect(!harness.project.exists(".launchpad"))
    }
}

/// The processes of this machine, by their command lines.
enum Processes {
    /// The command lines that contain `text`.
    static func running(with text: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: "/proc").filter { Int($0) != nil }.compactMap { process in
            guard let data = FileManager.default.contents(atPath: "/proc/\(process)/cmdline") else { return nil }
            let line = String(decoding: data.map { $0 == 0 ? UInt8(ascii: " ") : $0 }, as: UTF8.self)
            return line.contains(text) ? line : nil
        }
    }
}
