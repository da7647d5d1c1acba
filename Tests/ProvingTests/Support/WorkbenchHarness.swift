import Foundation
import Guides
import Proving
import Synchronization
import Tangling
import TestSupport
import Testing

/// A guide of the fixture folder `workbench`, ready to be run.
struct FixtureGuide: Sendable, CustomTestStringConvertible {
    let scenario: Scenario
    /// What its file blocks describe.
    let files: [TangledFile]

    var testDescription: String { scenario.guide.name }

    init(_ path: String) throws {
        let folder = try #require(Bundle.module.url(forResource: "Fixtures", withExtension: nil))
        let bytes = Array(try Data(contentsOf: folder.appendingPathComponent("workbench/\(path).md")))
        try self.init(name: path, bytes: bytes)
    }

    init(name: String, bytes: [UInt8]) throws {
        let path = "docs/\(name).md"
        let parsed = GuideParser.parse(path: path, name: name, bytes: bytes)
        let guide = try #require(parsed.guide)
        let made = Scenario.make(from: guide)
        #expect((parsed.diagnostics + made.diagnostics).isEmpty)
        scenario = made.scenario
        files = guide.blocks.compactMap { block in
            guard let file = block.attributes["file"] else { return nil }
            return TangledFile(
                path: file,
                contents: Array(block.text.utf8),
                mode: block.attributes["mode"].flatMap { UInt16($0, radix: 8) } ?? 0o644,
                guide: path,
                parts: []
            )
        }
    }

    /// The guides of one folder of the fixtures.
    static func all(in folder: String) throws -> [FixtureGuide] {
        let root = try #require(Bundle.module.url(forResource: "Fixtures", withExtension: nil))
        let names = try FileManager.default.contentsOfDirectory(
            atPath: root.appendingPathComponent("workbench/\(folder)").path)
        return try names.filter { $0.hasSuffix(".md") }.sorted().map { try FixtureGuide("\(folder)/\($0.dropLast(3))") }
    }
}

/// Runs guides in a project of their own, with the built `launchpad` as the agent.
struct WorkbenchHarness {
    let project: TemporaryDirectory
    var isolation = Isolation.detect()
    var options = CheckOptions()
    var engine: any Engine = BundledEngine(executable: launchpadExecutable, version: "test")
    let observer = RecordingObserver()

    init() throws {
        project = try TemporaryDirectory()
    }

    func checker(_ guides: [FixtureGuide]) -> Checker {
        Checker(
            root: project.path,
            scenarios: guides.map(\.scenario),
            guides: guides.map(\.scenario.guide),
            plan: TanglePlan(files: guides.flatMap(\.files)),
            engine: engine,
            isolation: isolation,
            executable: launchpadExecutable,
            tool: Ledger.Tool(name: "launchpad", version: "test"),
            options: options,
            observer: observer
        )
    }

    /// The proof of one guide.
    func prove(_ guide: FixtureGuide) async throws -> GuideProof {
        try #require(try await checker([guide]).run().guides.first)
    }
}

extension GuideProof {
    subscript(block: String) -> BlockProof? {
        blocks.first { $0.name == block }
    }

    /// What went wrong, for the message of a test.
    var complaints: [String] {
        blocks.filter { $0.state != .passed }.map { block in
            "\(block.name) \(block.state): \(block.reason ?? "") \(block.steps.map(\.output))"
        } + [reason].compactMap { $0 }
    }
}

/// Collects the events of a run.
final class RecordingObserver: RunObserver {
    private let recorded = Mutex<[RunEvent]>([])

    var events: [RunEvent] { recorded.withLock { $0 } }

    func receive(_ event: RunEvent) {
        recorded.withLock { $0.append(event) }
    }
}
