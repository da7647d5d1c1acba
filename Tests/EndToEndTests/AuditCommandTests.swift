import Foundation
import TestSupport
import Testing

@Suite("launchpad audit and coverage, as commands")
struct AuditCommandTests {
    /// A project whose guide proves one of the two settings that it describes.
    private func project() async throws -> ProjectFixture {
        let project = try ProjectFixture(copying: "half-proven")
        try #require(try await project.launchpad("tangle").status == 0)
        return project
    }

    @Test("a setting that no check depends on is reported with its place in guide and file")
    func survivors() async throws {
        let project = try await project()
        let result = try await project.launchpad("audit", "ops/*.json")
        #expect(result.status == 0, "\(result.error)")
        #expect(result.output.contains("docs/half.md\n"))
        #expect(result.output.contains("ops/half.json:3: blue → bluex: no check noticed"))
        #expect(!result.output.contains("red"))
        let line = try #require(
            try project.directory.read("docs/half.md").components(separatedBy: "\n").firstIndex { $0.contains("blue") })
        #expect(result.output.contains("  \(line + 1): ops/half.json:3: "))
        #expect(try await project.launchpad("audit", "ops/*.json", "--min-noticed", "90").status == 1)
        #expect(try await project.launchpad("audit", "ops/*.json", "--min-noticed", "40").status == 0)
    }

    @Test("the proof page explains the audit, as long as it is about the files as they are")
    func proofPage() async throws {
        let project = try await project()
        _ = try await project.launchpad("check")
        #expect(try await project.launchpad("audit", "ops/*.json").status == 0)
        #expect(try await project.launchpad("build").status == 0)
        let page = try project.directory.read("site/public/proof.html")
        #expect(page.contains("<h2 id=\"audit\">How much the proofs prove</h2>"))
        #expect(page.contains("<code>blue → bluex</code>"))
        #expect(page.contains("href=\"#audit\""))
        try project.edit(in: "docs/half.md", "\"blue\"", "\"green\"")
        _ = try await project.launchpad("build")
        #expect(!(try project.directory.read("site/public/proof.html").contains("id=\"audit\"")))
    }

    @Test("an expected word that is another one is noticed, unless the guide does not depend on it")
    func expectations() async throws {
        let project = try await project()
        let result = try await project.launchpad("audit", "docs/half.md", "--verbose")
        #expect(result.status == 0)
        #expect(result.output.contains("exact: expect redx instead of red: noticed by docs/half.md#exact"))
        #expect(result.output.contains("2 of 2 changes were noticed (100 %)"))
    }

    @Test("the same seed tries the same changes in the same order, and an audit that ran out of time says so")
    func deterministic() async throws {
        let project = try await project()
        func states(_ arguments: String...) async throws -> [String] {
            let result = try await runCommand(
                [launchpadExecutable, "audit", "--force", "--format", "json", "--jobs", "1"] + arguments,
                in: project.directory.path)
            let report = try #require(
                try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
            return try #require(report["mutants"] as? [[String: Any]]).map {
                "\($0["file"] ?? ""):\($0["line"] ?? "") \($0["change"] ?? "") \($0["state"] ?? "")"
            }
        }
        let all = try await states("--seed", "7")
        #expect(try await states("--seed", "7") == all)
        let none = try await states("--budget", "0s")
        #expect(none.contains { $0.hasSuffix("untried") })
        let text = try await project.launchpad("audit", "--force", "--budget", "0s")
        #expect(text.output.contains("were not tried: time ran out"))
    }

    @Test("what was tried is not tried again until something changes")
    func cached() async throws {
        let project = try await project()
        let first = try await project.launchpad("audit")
        // With no time at all everything must come from the former audit.
        let second = try await project.launchpad("audit", "--budget", "0s")
        #expect(second.output == first.output)
        try project.edit(in: "docs/half.md", "grep -o '", "grep -o  '")
        let third = try await project.launchpad("audit", "--budget", "0s")
        #expect(third.output.contains("were not tried"))
    }

    @Test("what was found in other files is not tried again either, and the guides need not run again as they are")
    func otherFiles() async throws {
        let project = try await project()
        try project.edit(
            in: "docs/half.md", "It says",
            "```json file=ops/more.json\n{\"third\": \"green\"}\n```\n\nIt says")
        try #require(try await project.launchpad("tangle").status == 0)
        _ = try await project.launchpad("audit", "ops/half.json")
        _ = try await project.launchpad("audit", "ops/more.json")
        let again = try await project.launchpad("audit", "ops/half.json", "--budget", "0s")
        #expect(again.output.contains("2 of 4 changes were noticed (50 %)"), "\(again.output)")
        #expect(!again.output.contains("not tried"))
        let check = try await project.launchpad("check")
        #expect(check.output.contains("unchanged since"))
    }

    @Test("in a narrow terminal no word of a report is broken")
    func narrow() async throws {
        let project = try await project()
        try project.edit(in: "docs/half.md", "\"first\": \"red\"", "\"first\": \"pink\"")
        let terminal = try await TerminalSession(
            ["sh", "-c", "\(launchpadExecutable) check; \(launchpadExecutable) tangle --check"],
            in: project.directory.path, columns: 40)
        let shown = try await terminal.wait(for: "ended with 2")
        #expect(shown.contains(" exact failed: exit\n    status 1, expected 0;"), "\(shown)")
        #expect(shown.contains("ops/half.json is older than its guide;\n  docs/half.md:6 describes it\n"))
        #expect(shown.contains("  right, run launchpad tangle; where the\n"))
    }

    @Test("Ctrl-C ends an audit, and what it has found by then is kept")
    func interrupted() async throws {
        let project = try await project()
        // Every change of the second setting makes this one wait.
        try project.edit(
            in: "docs/half.md", "$ cat ops/half.json | head -n 1\n[..]",
            "$ until grep -q '\"second\": \"blue\"' ops/half.json; do sleep 0.1; done")
        let terminal = try await TerminalSession(
            [launchpadExecutable, "audit", "ops/*.json"], in: project.directory.path, columns: 40)
        try await terminal.wait(for: "2 of 4 tried")
        try await terminal.press("C-c")
        let shown = try await terminal.wait(for: "ended with 130")
        #expect(shown.contains("interrupted: ending what was started"))
        #expect(
            shown.contains("2 of 2 changes were noticed (100 %), 2\n  were not tried: interrupted\n"), "\(shown)")
        let rest = try await project.launchpad("audit", "ops/*.json", "--budget", "0s")
        #expect(rest.output == "2 of 2 changes were noticed (100 %), 2 were not tried: time ran out\n")
    }

    @Test("a guide that does not pass as it is can't be audited")
    func notProven() async throws {
        let project = try await project()
        try project.edit(in: "docs/half.md", "$ grep -o '\"red", "$ grep -o '\"green")
        let result = try await project.launchpad("audit")
        #expect(result.status == 3)
        #expect(result.error.contains("docs/half.md does not pass as it is"))
        #expect(try await project.launchpad("audit", "ops/none.conf").status == 64)
    }

    @Test("what the guides of this machine cannot run is told: nothing can be said of it, or less than elsewhere")
    func notRun() async throws {
        let project = try await project()
        try project.edit(in: "docs/half.md", "name=exact", "name=exact tool=no-such-tool")
        let some = try await project.launchpad("audit", "ops/*.json")
        #expect(some.status == 0)
        #expect(some.output.contains("ops/half.json:2: red → redx: no check noticed"))
        #expect(some.output.contains("; 1 check was not run: "), "\(some.output)")
        for name in ["loose", "missing exit=2"] {
            try project.edit(in: "docs/half.md", "name=\(name)", "name=\(name) tool=no-such-tool")
        }
        let none = try await project.launchpad("audit", "ops/*.json")
        #expect(none.output.contains("4 could not be tried: "), "\(none.output)")
        #expect(none.output.contains("no-such-tool"))
        #expect(!none.output.contains("no check noticed"))
    }

    @Test("a configuration that says what is the default anyway changes nothing")
    func equivalent() async throws {
        let project = try ProjectFixture()
        // What stands below moves up a line where it is left out.
        try project.edit("max_payload: 64KB", "max_payload: 1MB\njetstream: enabled")
        let result = try await project.launchpad("audit", "ops/shop.conf", "--verbose")
        #expect(result.status == 0, "\(result.error)")
        #expect(result.output.contains("leave out max_payload: 1MB: changes nothing"))
        #expect(result.output.contains("1MB → 2MB: no check noticed"))
        #expect(result.output.contains("1 more change nothing"))
    }

    @Test("coverage names what is proven and where, and what is not and why")
    func coverage() async throws {
        let project = try await project()
        let before = try await project.launchpad("coverage")
        #expect(before.output.contains("settings: 0 of 2 proven"))
        #expect(before.output.contains("exact was never run"))
        #expect(try await project.launchpad("check").status == 0)
        let after = try await project.launchpad("coverage", "--verbose")
        #expect(after.output.contains("settings: 2 of 2 proven"))
        #expect(after.output.contains("ops/half.json first: docs/half.md#exact"))
        #expect(after.output.contains("no such file or directory: docs/half.md#missing"))
        #expect(after.output.contains("cat ops/other.json: no check runs it"))
        #expect(after.output.contains("launchpad audit says which are really noticed"))
        _ = try await project.launchpad("audit")
        let audited = try await project.launchpad("coverage")
        #expect(audited.output.contains("settings: 1 of 2 proven (50.0 %)"))
        #expect(audited.output.contains("ops/half.json second: no check noticed:"))
    }

    @Test("coverage below what is asked for fails, and a ratchet holds what was reached")
    func ratchet() async throws {
        let project = try await project()
        _ = try await project.launchpad("check")
        #expect(try await project.launchpad("coverage", "--min-proven", "99").status == 1)
        #expect(try await project.launchpad("coverage", "--min-proven", "50").status == 0)
        #expect(try await project.launchpad("coverage", "--ratchet", "floor.json").status == 0)
        let floor = try project.directory.read("floor.json")
        #expect(floor.contains("\"setting\" : 100"))
        _ = try await project.launchpad("audit")
        let sunk = try await project.launchpad("coverage", "--ratchet", "floor.json")
        #expect(sunk.status == 1)
        #expect(sunk.error.contains("settings: 50.0 % are proven, and it was 100.0 %"))
        #expect(try project.directory.read("floor.json") == floor)
        try project.directory.write("floor.json", floor.replacingOccurrences(of: "100", with: "10"))
        #expect(try await project.launchpad("coverage", "--ratchet", "floor.json").status == 0)
        #expect(try project.directory.read("floor.json").contains("\"setting\" : 50"))
    }
}
