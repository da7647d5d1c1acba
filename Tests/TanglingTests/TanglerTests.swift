import Foundation
import Guides
import TestSupport
import Testing

@testable import Tangling

@Suite("Writing files")
struct TanglerTests {
    private static let guide = """
        # T

        ```conf file=ops/a.conf
        one
        two
        three
        ```

        ```sh file=ops/bin/run.sh mode=0755
        #!/bin/sh
        true
        ```

        ```json file=ops/a.json
        {}
        ```
        """

    @Test("what the guides describe is written with its modes, listed, and not touched again")
    func writes() async throws {
        let harness = try TangleHarness(["g.md": Self.guide])
        let first = try await harness.tangle()
        #expect(first.written == ["ops/a.conf", "ops/a.json", "ops/bin/run.sh"])
        let states = try harness.snapshot()
        #expect(
            Set(states.keys) == ["docs/g.md", "ops/a.conf", "ops/a.json", "ops/bin/run.sh", "ops/.launchpad.json"])
        #expect(states["ops/bin/run.sh"]?.mode == 0o755)
        #expect(states["ops/a.conf"]?.mode == 0o644)
        #expect(try harness.folder.read("ops/a.json") == "{}\n")
        #expect(try await harness.drift().isEmpty)
        let second = try await harness.tangle()
        #expect(second.written.isEmpty)
        #expect(second.unchanged == 3)
        #expect(try harness.snapshot() == states)
    }

    @Test("a line changed by hand shows as a diff with file, guide and line; tangle puts it back and keeps the edit")
    func drift() async throws {
        let harness = try TangleHarness(["g.md": Self.guide])
        try await harness.tangle()
        let text = try harness.folder.read("ops/a.conf")
        try harness.folder.write("ops/a.conf", text.replacing("two", with: "2"))
        let report = DriftReport(colored: false).render(try await harness.drift())
        #expect(
            report == """
                ops/a.conf was edited by hand; docs/g.md:3 describes it
                --- ops/a.conf (on disk)
                +++ ops/a.conf (docs/g.md)
                @@ -1,4 +1,4 @@ docs/g.md:5
                 # Written by Launchpad from docs/g.md. Do not edit: change the guide and run `launchpad tangle`.
                 one
                -2
                +two
                 three

                """
        )
        let summary = try await harness.tangle()
        #expect(summary.written == ["ops/a.conf"])
        #expect(try harness.folder.read("ops/a.conf") == text)
        let kept = try #require(summary.kept.first)
        #expect(try harness.folder.read(kept.copy).contains("\n2\n"))
    }

    @Test("missing files, wrong modes, folders and links in the way, and a changed list are told")
    func kinds() async throws {
        let harness = try TangleHarness(["g.md": Self.guide])
        try await harness.tangle()
        try FileManager.default.removeItem(atPath: harness.folder.path + "/ops/a.conf")
        #expect(chmod(harness.folder.path + "/ops/bin/run.sh", 0o644) == 0)
        try harness.folder.write("ops/.launchpad.json", "{\"version\":1,\"files\":{}}")
        let drifts = try await harness.drift()
        #expect(drifts.map(\.path) == ["ops/a.conf", "ops/bin/run.sh", "ops/.launchpad.json"])
        #expect(drifts.map(\.kind) == [.missing, .mode(actual: 0o644), .manifest])
        let report = DriftReport(colored: false).render(drifts)
        #expect(report.contains("ops/a.conf is missing; docs/g.md:3 describes it"))
        #expect(report.contains("ops/bin/run.sh has mode 0644 instead of 0755; docs/g.md:9 describes it"))

        let before = try harness.snapshot()["ops/bin/run.sh"]
        let summary = try await harness.tangle()
        #expect(summary.repaired == ["ops/bin/run.sh"])
        let after = try harness.snapshot()["ops/bin/run.sh"]
        #expect(after?.mode == 0o755)
        #expect(after?.inode == before?.inode)
        #expect(try await harness.drift().isEmpty)
    }

    @Test("a file that Launchpad did not write is refused, with nothing touched, until it is forced")
    func foreign() async throws {
        let harness = try TangleHarness(["g.md": Self.guide])
        try harness.folder.write("ops/a.json", "{\"mine\": true}\n")
        let before = try harness.snapshot()
        let error = await #expect(throws: TangleError.self) { try await harness.tangle() }
        #expect(error == .notOurs(paths: ["ops/a.json"]))
        #expect(error?.description.contains("--force") == true)
        #expect(try harness.snapshot() == before)
        try await harness.tangle(force: true)
        #expect(try harness.folder.read("ops/a.json") == "{}\n")
        #expect(try harness.folder.read(".launchpad/replaced/ops/a.json") == "{\"mine\": true}\n")
    }

    @Test("a file that happens to be as described is taken over without being touched")
    func equal() async throws {
        let harness = try TangleHarness(["g.md": "```json file=ops/a.json\n{}\n```\n"])
        try harness.folder.write("ops/a.json", "{}\n")
        let before = try harness.snapshot()["ops/a.json"]
        try await harness.tangle()
        #expect(try harness.snapshot()["ops/a.json"] == before)
    }

    @Test("a file that no guide describes any more is told, kept, and removed by prune")
    func orphans() async throws {
        let harness = try TangleHarness(["g.md": Self.guide])
        try await harness.tangle()
        try harness.folder.write("docs/g.md", "```conf file=ops/a.conf\none\n```\n")
        #expect(
            try await harness.drift().filter { $0.file == nil }.map(\.path) == [
                "ops/a.json", "ops/bin/run.sh", "ops/.launchpad.json",
            ])
        #expect(try await harness.tangle().orphans == ["ops/a.json", "ops/bin/run.sh"])
        #expect(harness.folder.exists("ops/bin/run.sh"))
        #expect(try await harness.drift().map(\.path) == ["ops/a.json", "ops/bin/run.sh"])
        #expect(try await harness.tangle(prune: true).removed == ["ops/a.json", "ops/bin/run.sh"])
        #expect(!harness.folder.exists("ops/bin"))
        #expect(try await harness.drift().isEmpty)
    }

    @Test("an orphan that was edited by hand is kept beside when it is pruned")
    func editedOrphan() async throws {
        let harness = try TangleHarness(["g.md": Self.guide])
        try await harness.tangle()
        try harness.folder.write("ops/a.json", "{\"precious\": 1}\n")
        try harness.folder.write("docs/g.md", "# Nothing\n")
        let summary = try await harness.tangle(prune: true)
        #expect(summary.kept.map(\.path) == ["ops/a.json"])
        #expect(try harness.folder.read(".launchpad/replaced/ops/a.json") == "{\"precious\": 1}\n")
    }

    @Test("without the list, files are known by their provenance line")
    func withoutManifest() async throws {
        let harness = try TangleHarness(["g.md": Self.guide])
        try await harness.tangle()
        try FileManager.default.removeItem(atPath: harness.folder.path + "/ops/.launchpad.json")
        try harness.folder.write("docs/g.md", "# Nothing\n")
        #expect(try await harness.drift().map(\.path) == ["ops/a.conf", "ops/bin/run.sh"])
    }

    @Test("a list that names a path outside the project removes nothing there")
    func hostileManifest() async throws {
        let outside = try TemporaryDirectory()
        let victim = try outside.write("victim", "x")
        let harness = try TangleHarness(["g.md": Self.guide])
        try await harness.tangle()
        let name = victim.split(separator: "/").joined(separator: "/")
        let up = String(repeating: "../", count: 12) + name
        try harness.folder.write("docs/keep.md", "# K\n")
        let hash = Manifest.hash(Array("x".utf8))
        let row = { (path: String) in "\"\(path)\": {\"guide\": \"docs/g.md\", \"sha256\": \"\(hash)\"}" }
        try harness.folder.write(
            "ops/.launchpad.json",
            "{\"version\": 1, \"files\": {\(row(up)), \(row(victim)), \(row("docs/keep.md")), \(row("link/victim"))}}"
        )
        try FileManager.default.createSymbolicLink(
            atPath: harness.folder.path + "/link", withDestinationPath: outside.path)
        try await harness.tangle(force: true, prune: true)
        #expect(outside.exists("victim"))
        #expect(harness.folder.exists("docs/keep.md"))
    }

    @Test("a damaged list is an error that says what to do", arguments: ["", "{", "{\"version\": 2, \"files\": {}}"])
    func damagedManifest(text: String) async throws {
        let harness = try TangleHarness(["g.md": Self.guide])
        try harness.folder.write("ops/.launchpad.json", text)
        let error = await #expect(throws: DiagnosticsError.self) { try await harness.tangle() }
        #expect(error?.diagnostics.map(\.code) == ["bad-manifest"])
        #expect(error?.diagnostics.first?.help?.contains("launchpad tangle") == true)
    }

    @Test("when one file cannot be written, none is, and nothing is left behind")
    func allOrNothing() async throws {
        let harness = try TangleHarness(["g.md": Self.guide])
        try await harness.tangle()
        let changed = Self.guide.replacing("two", with: "2").replacing("true", with: "false")
        try harness.folder.write("docs/g.md", changed + "\n```conf file=ops/bin/run.d/x.conf\na\n```\n")
        // A folder stands where the file would go.
        try FileManager.default.createDirectory(
            atPath: harness.folder.path + "/ops/bin/run.d/x.conf/inner", withIntermediateDirectories: true)
        let before = try harness.snapshot()
        await #expect(throws: TangleError.self) { try await harness.tangle(force: true, prune: true) }
        #expect(try harness.snapshot() == before)
    }

    @Test("a rename that fails halfway puts back what was renamed before")
    func rollback() throws {
        let folder = try TemporaryDirectory()
        try folder.write("a", "old")
        try folder.write("b/inner", "")
        var transaction = FileTransaction(root: folder.path)
        try transaction.stage("a", contents: Array("new".utf8), mode: 0o600)
        try transaction.stage("new/c", contents: Array("new".utf8), mode: 0o644)
        try transaction.stage("b", contents: Array("new".utf8), mode: 0o644)
        #expect(throws: TangleError.self) { try transaction.commit() }
        transaction.abandon()
        #expect(try folder.read("a") == "old")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == ["a", "b"])
    }

    @Test("temporary files of a killed run are cleared away, those of a running one are not")
    func abandoned() async throws {
        let harness = try TangleHarness(["g.md": Self.guide])
        // No process has this number: it is above the largest that Linux and macOS give out.
        try harness.folder.write("ops/.a.conf.2147483646.tangling", "half")
        let running = "# \(Provenance.text(guide: "docs/g.md"))\nhalf"
        try harness.folder.write("ops/.b.conf.\(getppid()).tangling", running)
        let summary = try await harness.tangle(prune: true)
        #expect(summary.orphans.isEmpty && summary.removed.isEmpty)
        #expect(!harness.folder.exists("ops/.a.conf.2147483646.tangling"))
        #expect(harness.folder.exists("ops/.b.conf.\(getppid()).tangling"))
    }

    @Test("a link in a file's place is refused, and replaced when forced, with its target untouched")
    func linkInPlace() async throws {
        let harness = try TangleHarness(["g.md": "```conf file=ops/a.conf\none\n```\n"])
        let target = try harness.folder.write("target", "mine\n")
        try harness.folder.write("ops/x", "")
        try FileManager.default.createSymbolicLink(
            atPath: harness.folder.path + "/ops/a.conf", withDestinationPath: target)
        await #expect(throws: TangleError.self) { try await harness.tangle() }
        try await harness.tangle(force: true)
        #expect(try harness.folder.read("target") == "mine\n")
        #expect(try harness.folder.read("ops/a.conf").hasSuffix("one\n"))
    }

    @Test("with errors in a guide nothing is planned to be written")
    func badGuide() async throws {
        let harness = try TangleHarness(["g.md": Self.guide, "bad.md": "```conf file=../x\na\n```\n"])
        await #expect(throws: DiagnosticsError.self) { try await harness.tangle() }
        #expect(!harness.folder.exists("ops"))
    }

    @Test("tangle changes what the guides describe, and not a byte, mode or time of anything else", arguments: 0..<40)
    func nothingElse(seed: Int) async throws {
        var random = SeededGenerator(state: UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 | 1)
        let names = ["ops/a.conf", "ops/b.json", "ops/c/d.sh", "e.txt", "ops/c/f.yml"]
        func guide() -> String {
            names.filter { _ in Bool.random(using: &random) }.map { name in
                let lines = (0..<Int.random(in: 0...3, using: &random)).map { _ in
                    ["a\n", "\n", "é\n", "\tb \n"].randomElement(using: &random) ?? ""
                }
                return "```conf file=\(name)\n\(lines.joined())```\n\n"
            }.joined()
        }
        let harness = try TangleHarness(["g.md": guide()])
        for name in ["mine.txt", "ops/mine.conf", "ops/c/mine.json", "docs/image.svg"] {
            try harness.folder.write(name, "mine")
        }
        for _ in 0..<4 {
            let tangler = try await harness.tangler()
            let planned = tangler.plan.files
            let before = try harness.snapshot()
            let drifts = Set(try await tangler.compare().map(\.path))
            #expect(try harness.snapshot() == before)
            let prune = Bool.random(using: &random)
            let summary = try await tangler.write(force: false, prune: prune)
            let after = try harness.snapshot()
            for file in planned { #expect(after[file.path]?.contents == file.contents) }
            // The list follows what is pruned.
            let expected = drifts.union(summary.removed.isEmpty ? [] : ["ops/.launchpad.json"])
            for (path, state) in before where !expected.contains(path) { #expect(after[path] == state, "\(path)") }
            let added = Set(after.keys).subtracting(before.keys)
            #expect(added.isSubset(of: Set(planned.map(\.path) + ["ops/.launchpad.json"])))
            #expect(
                Set(before.keys).subtracting(after.keys).subtracting(["ops/.launchpad.json"]) == Set(summary.removed))
            #expect(try await harness.drift().filter { if case .orphan = $0.kind { false } else { true } }.isEmpty)
            try harness.folder.write("docs/g.md", guide())
        }
    }
}

/// A generator that gives the same numbers for the same seed.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state
    }
}
