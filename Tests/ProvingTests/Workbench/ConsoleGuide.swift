import Guides
import Proving
import Synchronization
import Tangling
import TestSupport

/// A guide built by hand: blocks with a name, commands and what they must print.
struct ConsoleGuide {
    private(set) var scenario: Scenario
    private var line = 1

    init(_ name: String = "guide", broker: String? = nil, needs: [String] = []) {
        let guide = Guide(
            path: "docs/\(name).md",
            source: [],
            frontMatter: FrontMatter(broker: broker, needs: needs),
            bodyOffset: 0,
            bodyLineOffset: 0,
            blocks: [],
            directives: Attributes(),
            name: name
        )
        scenario = Scenario(guide: guide, checks: [])
    }

    /// A command, the lines that it must print (nil asserts its status alone) and its status.
    struct Typed {
        var command: String
        var prints: [String]?
        var status: Int

        init(_ command: String, _ prints: [String]? = nil, status: Int = 0) {
            self.command = command
            self.prints = prints
            self.status = status
        }
    }

    @discardableResult
    mutating func block(
        _ name: String,
        _ typed: [Typed],
        isScript: Bool = false,
        configure: (inout Check) -> Void = { _ in }
    ) -> Self {
        let index = scenario.checks.count
        let start = line
        let steps = typed.map { typed in
            line += 1
            let first = line
            let lines = typed.prints.map { $0.enumerated().map { Expectation.Line(text: $1, number: first + 1 + $0) } }
            line += lines?.count ?? 0
            return Step(
                command: typed.command,
                line: first,
                status: typed.status,
                expectation: lines.map { Expectation(lines: $0) },
                isScript: isScript
            )
        }
        line += 2
        let block = Block(
            kind: isScript ? .script : .console,
            language: isScript ? "sh" : "console",
            attributes: Attributes(),
            name: name,
            text: typed.map(\.command).joined(separator: "\n"),
            index: index,
            range: SourceRange(line: start, column: 1),
            contentLine: start + 1,
            indentation: 0,
            contentBytes: 0..<0
        )
        var check = Check(block: block, steps: steps, timeout: .seconds(20), contentHash: "\(typed)")
        configure(&check)
        scenario.checks.append(check)
        return self
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

/// How tests run guides: in a project of their own, with the built `launchpad` as the agent.
struct CheckHarness {
    let project: TemporaryDirectory
    var isolation = Isolation.detect()
    var options = CheckOptions()
    var files: [TangledFile] = []
    let observer = RecordingObserver()

    init() throws {
        project = try TemporaryDirectory()
    }

    func checker(_ guides: [ConsoleGuide], engine: (any Engine)? = nil) -> Checker {
        Checker(
            root: project.path,
            scenarios: guides.map(\.scenario),
            guides: guides.map(\.scenario.guide),
            plan: TanglePlan(files: files),
            engine: engine ?? BundledEngine(executable: launchpadExecutable, version: "test"),
            isolation: isolation,
            executable: launchpadExecutable,
            tool: Ledger.Tool(name: "launchpad", version: "test"),
            options: options,
            observer: observer
        )
    }

    func run(_ guides: ConsoleGuide...) async throws -> [GuideProof] {
        try await checker(guides).run().guides
    }

    /// The proofs of the blocks of one guide.
    func prove(_ guide: ConsoleGuide) async throws -> [BlockProof] {
        try await run(guide).flatMap(\.blocks)
    }
}

extension TangledFile {
    /// A file as a guide describes it.
    static func from(_ guide: String, _ path: String, _ text: String, mode: UInt16 = 0o644) -> TangledFile {
        TangledFile(path: path, contents: Array(text.utf8), mode: mode, guide: guide, parts: [])
    }
}
