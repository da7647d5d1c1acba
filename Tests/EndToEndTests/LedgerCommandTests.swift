import Foundation
import TestSupport
import Testing

@Suite("launchpad ledger, and what CI runs")
struct LedgerCommandTests {
    /// The repository's folder.
    private static let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../..").standardizedFileURL.path

    private static let ledger = ".launchpad/ledger.json"

    /// A project with three guides that need no server, and the files that belong to them.
    private func project() async throws -> ProjectFixture {
        let project = try ProjectFixture(copying: "three-guides")
        try #require(try await project.launchpad("tangle").status == 0)
        return project
    }

    @Test("parts that are checked apart and merged are the whole")
    func shards() async throws {
        let project = try await project()
        #expect(try await project.launchpad("check").status == 0)
        let whole = try project.directory.read(Self.ledger)
        for part in 1...2 {
            let result = try await project.launchpad("check", "--shard", "\(part)/2", "--force")
            #expect(result.status == 0, "\(result.output)\(result.error)")
            try project.directory.write("part-\(part).json", try project.directory.read(Self.ledger))
        }
        let alone = try await project.launchpad("ledger", "merge", "part-1.json")
        #expect(alone.status == 1)
        #expect(alone.error.contains("2/2 is missing"))
        let merged = try await project.launchpad(
            "ledger", "merge", "part-1.json", "part-2.json", "--output", Self.ledger)
        #expect(merged.status == 0, "\(merged.error)")
        #expect(try blocks(of: project.directory.read(Self.ledger)) == blocks(of: whole))
    }

    @Test("a part goes with whole guides alone, and must be there", arguments: ["3/2", "0/1", "x"])
    func wrongShard(text: String) async throws {
        let project = try await project()
        #expect(try await project.launchpad("check", "--shard", text).status == 64)
        #expect(try await project.launchpad("check", "--shard", "1/2", "--only", "one").status == 64)
    }

    @Test("one run makes every report")
    func reports() async throws {
        let project = try await project()
        _ = try await project.launchpad("check")
        for format in ["pretty", "json", "junit", "github", "tap", "sarif", "summary"] {
            let result = try await project.launchpad("ledger", "report", "--format", format)
            #expect(result.status == 0, "\(result.error)")
            #expect(!result.output.isEmpty)
        }
        let json = try await project.launchpad("ledger", "report", "--format", "json")
        #expect(try json.output == project.directory.read(Self.ledger))
    }

    @Test("a change that breaks a check and skips another is worse, and the difference names both")
    func diff() async throws {
        let project = try await project()
        _ = try await project.launchpad("check")
        try project.directory.write("base.json", try project.directory.read(Self.ledger))
        let same = try await project.launchpad("ledger", "diff", "base.json")
        #expect(same.status == 0)
        try project.edit(in: "docs/a.md", "echo one", "echo other")
        try project.edit(in: "docs/b.md", "name=two", "name=two skip=\"not now\"")
        _ = try await project.launchpad("tangle")
        #expect(try await project.launchpad("check").status == 1)
        let worse = try await project.launchpad("ledger", "diff", "base.json")
        #expect(worse.status == 1)
        #expect(worse.output.contains("newly broken:\n  ✗ docs/a.md:"))
        #expect(worse.output.contains("no longer proven:\n  - docs/b.md:"))
        let summary = try await project.launchpad("ledger", "diff", "base.json", "--format", "summary")
        #expect(summary.output.contains("### Newly broken (1)"))
        let back = try await project.launchpad("ledger", "diff", Self.ledger, "base.json")
        #expect(back.status == 0)
        #expect(back.output.contains("fixed:"))
    }

    @Test("what is no ledger is told, and what to do")
    func noLedger() async throws {
        let project = try await project()
        let missing = try await project.launchpad("ledger", "report")
        #expect(missing.status == 3)
        #expect(missing.error.contains("run launchpad check first"))
        try project.directory.write("other.json", "{\"version\": 1}")
        let other = try await project.launchpad("ledger", "diff", "other.json")
        #expect(other.status == 3)
        #expect(other.error.contains("is missing"))
        try project.directory.write("text.json", "no JSON")
        #expect(try await project.launchpad("ledger", "merge", "text.json").error.contains("it is not JSON"))
    }

    @Test("the script behind the GitHub action leaves all reports, and fails where a check does")
    func actionScript() async throws {
        let project = try await project()
        func run(_ environment: [String: String]) async throws -> CommandResult {
            try await runCommand(
                [Self.repository + "/.ci/guides"], in: project.directory.path,
                environment: ["LAUNCHPAD": launchpadExecutable, "GUIDES_REPORTS": "reports"].merging(environment) { $1 }
            )
        }
        let first = try await run(["GITHUB_ACTIONS": ""])
        #expect(first.status == 0, "\(first.output)\(first.error)")
        for file in ["ledger.json", "junit.xml", "launchpad.sarif", "summary.md"] {
            #expect(project.directory.exists("reports/" + file))
        }
        try project.directory.write("base.json", try project.directory.read("reports/ledger.json"))
        try project.edit(in: "docs/a.md", "echo one", "echo other")
        let page = try project.directory.write("page.md", "before\n")
        let second = try await run([
            "GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": page, "GUIDES_BASE": "base.json",
        ])
        #expect(second.status == 1)
        #expect(second.output.contains("::error file=docs/a.md,line="))
        let shown = try project.directory.read("page.md")
        #expect(shown.hasPrefix("before\n"))
        #expect(shown.contains("### Newly broken (1)"))
    }

    @Test("files that differ and mistakes in guides are annotations, too, and stand in the job's summary")
    func actionDrift() async throws {
        let project = try ProjectFixture()
        _ = try await project.launchpad("tangle")
        try project.edit(in: "ops/shop.conf", "max_payload: 64KB", "max_payload: 32KB")
        let result = try await runCommand(
            [Self.repository + "/.ci/guides"], in: project.directory.path,
            environment: ["LAUNCHPAD": launchpadExecutable, "GUIDES_REPORTS": "reports", "GITHUB_ACTIONS": "true"])
        #expect(result.status == 2)
        #expect(result.output.contains("::error file=docs/shop.md,line="), "\(result.output)")
        #expect(result.output.contains(",title=drift::ops/shop.conf was edited by hand%0A"))
        let summary = try project.directory.read("reports/summary.md")
        #expect(summary.contains("### Files that differ from what their guides say\n\n``````````diff\n"))
        #expect(summary.contains("  max_payload: 32KB → 64KB\n"))
        try project.edit("name=order", "nmae=order")
        let mistaken = try await project.launchpad("check", "--format", "github")
        #expect(mistaken.status == 3)
        #expect(mistaken.output.contains(",title=unknown-attribute::unknown attribute \"nmae\"%0A"))
    }

    @Test("the hooks for pre-commit pass where all is well, and fail where a file or a guide is not right")
    func hooks() async throws {
        let project = try await project()
        let definition = try String(contentsOfFile: Self.repository + "/.pre-commit-hooks.yaml", encoding: .utf8)
        let entries = definition.split(separator: "\n").compactMap { line in
            line.firstRange(of: "  entry: launchpad ").map {
                line[$0.upperBound...].split(separator: " ").map(String.init)
            }
        }
        #expect(entries == [["tangle", "--check"], ["check"]])
        func statuses() async throws -> [Int32] {
            var statuses: [Int32] = []
            for entry in entries {
                let command = [launchpadExecutable] + entry
                statuses.append(try await runCommand(command, in: project.directory.path).status)
            }
            return statuses
        }
        #expect(try await statuses() == [0, 0])
        try project.edit(in: "docs/a.md", "echo one", "echo other")
        #expect(try await statuses() == [2, 1])
    }

    /// Guide, name and state of every check in a ledger.
    private func blocks(of ledger: String) throws -> [String] {
        let value = try #require(try JSONSerialization.jsonObject(with: Data(ledger.utf8)) as? [String: Any])
        let guides = try #require(value["guides"] as? [[String: Any]])
        return try guides.flatMap { guide in
            try #require(guide["blocks"] as? [[String: Any]]).map {
                "\(guide["path"] ?? "")#\($0["name"] ?? ""): \($0["state"] ?? "")"
            }
        }
    }
}
