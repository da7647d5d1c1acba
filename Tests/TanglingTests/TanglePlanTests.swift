import Foundation
import Guides
import TestSupport
import Testing

@testable import Tangling

@Suite("Planning files")
struct TanglePlanTests {
    private func codes(_ guides: [String: String]) async throws -> [String] {
        let (_, diagnostics) = try await TangleHarness(guides).plan()
        return diagnostics.map { "\($0.file):\($0.range?.start.line ?? 0):\($0.range?.start.column ?? 0) \($0.code)" }
    }

    @Test("parts are joined in document order, and each line knows where it comes from")
    func parts() async throws {
        let guide = """
            # T

            ```conf file=ops/a.conf part=one
            a
            b
            ```

            Text.

            ```conf file=ops/a.conf part=two mode=0600
            c
            ```
            """
        let plan = try await TangleHarness(["g.md": guide]).plan().plan
        let file = try #require(plan.files.first)
        let text = String(decoding: file.contents, as: UTF8.self)
        #expect(
            text == """
                # Written by Launchpad from docs/g.md. Do not edit: change the guide and run `launchpad tangle`.
                a
                b
                c

                """
        )
        #expect(file.mode == 0o600)
        #expect((1...4).map { file.guideLine(ofFileLine: $0) } == [3, 4, 5, 11])
        #expect(file.guideLine(ofFileLine: 5) == nil)
    }

    @Test("parts without names of their own, and a file of two guides, are errors at the very attribute")
    func conflicts() async throws {
        let block = { (info: String) in "```conf \(info)\na\n```\n" }
        #expect(
            try await codes(["g.md": block("file=x part=a") + block("file=x part=a")]) == [
                "docs/g.md:4:21 duplicate-part"
            ])
        #expect(try await codes(["g.md": block("file=x") + block("file=x")]) == ["docs/g.md:4:14 duplicate-part"])
        #expect(
            try await codes(["g.md": block("file=x") + block("file=x part=b")]) == ["docs/g.md:4:14 part-without-name"])
        #expect(
            try await codes(["g.md": block("file=x part=a mode=0644") + block("file=x part=b mode=0755")])
                == ["docs/g.md:4:28 two-modes"])
        #expect(
            try await codes(["a.md": block("file=x"), "b.md": block("file=x")])
                == ["docs/b.md:1:14 file-of-another-guide"])
        #expect(
            try await codes(["a.md": block("file=ops/a"), "b.md": block("file=ops/a/b")])
                == ["docs/b.md:1:14 file-and-folder"])
        #expect(
            try await codes(["a.md": block("file=ops/A.conf"), "b.md": block("file=ops/a.conf")])
                == ["docs/b.md:1:14 path-differs-in-case"])
    }

    @Test(
        "a path that leaves the project, or leads to what is not a guide's to write, is refused",
        arguments: [
            "/etc/passwd", "../x", "ops/../../x", "ops/..", "~/x", "./x", "ops//x", "ops/", "ops\\x", ".git/config",
            "ops/.GIT/hooks/pre-commit", ".launchpad/ledger.json", ".build/x", "ops/.launchpad.json",
            "ops/.LAUNCHPAD.json",
            "launchpad.yml", "Launchpad.yml", "docs", "docs/other.md", "Docs/other.MD", "docs/images/a.svg", "..", ".",
            "site/public/index.html", "Site/Public", "site",
        ]
    )
    func paths(path: String) async throws {
        #expect(try await codes(["g.md": "```conf file=\(path)\na\n```\n"]) == ["docs/g.md:1:14 path-not-allowed"])
    }

    @Test(
        "harmless paths are allowed",
        arguments: ["x", "ops/a..b", "documents/a.svg", "site/theme/a.css", "a b/c.txt", ".github/x.yml"])
    func harmlessPaths(path: String) async throws {
        #expect(try await codes(["g.md": "```conf file=\"\(path)\"\na\n```\n"]) == [])
    }

    @Test("a link that leads out of the project, or to what must not be written, makes a path a bad one")
    func links() async throws {
        let outside = try TemporaryDirectory()
        let harness = try TangleHarness(["g.md": "```conf file=ops/sub/a.conf\na\n```\n"])
        try harness.folder.write("other/x", "")
        let link = harness.folder.path + "/ops"
        for (target, isBad) in [(outside.path, true), ("docs/..", true), ("nowhere", true), ("other", false)] {
            try? FileManager.default.removeItem(atPath: link)
            try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: target)
            let diagnostics = try await harness.plan().diagnostics
            #expect(diagnostics.map(\.code) == (isBad ? ["path-not-allowed"] : []), "\(target)")
        }
    }

    @Test(
        "the provenance line has the file's own comment signs, and stands behind what must stand first",
        arguments: [
            ("a.sh", "#!/bin/sh\nx\n", "#!/bin/sh\n# W\nx\n"), ("a.yml", "x: 1\n", "# W\nx: 1\n"),
            ("a.conf", "x\n", "# W\nx\n"), ("a.toml", "x\n", "# W\nx\n"), ("a.ini", "x\n", "; W\nx\n"),
            ("a.sql", "x\n", "-- W\nx\n"), ("Dockerfile", "FROM x\n", "# W\nFROM x\n"),
            ("Dockerfile.dev", "# syntax=docker/dockerfile:1\nFROM x\n", "# syntax=docker/dockerfile:1\n# W\nFROM x\n"),
            ("Makefile", "x:\n", "# W\nx:\n"), ("a.swift", "x\n", "// W\nx\n"), ("a.kt", "x\n", "// W\nx\n"),
            ("A.java", "x\n", "// W\nx\n"), ("a.ts", "x\n", "// W\nx\n"), ("a.rs", "x\n", "// W\nx\n"),
            ("a.css", "@charset \"utf-8\";\nx\n", "@charset \"utf-8\";\n/* W */\nx\n"),
            ("a.html", "<!DOCTYPE html>\n<p>\n", "<!DOCTYPE html>\n<!-- W -->\n<p>\n"),
            ("a.xml", "<?xml version=\"1.0\"?>\n<a/>\n", "<?xml version=\"1.0\"?>\n<!-- W -->\n<a/>\n"),
            ("a.md", "---\nx: 1\n---\ny\n", "---\nx: 1\n---\n<!-- W -->\ny\n"), (".env", "A=1\n", "# W\nA=1\n"),
            ("a.py", "#!/usr/bin/python3\n# coding: latin-1\nx\n", "#!/usr/bin/python3\n# coding: latin-1\n# W\nx\n"),
            ("tool", "#!/usr/bin/env node\nx\n", "#!/usr/bin/env node\n// W\nx\n"), ("a.lua", "x\n", "-- W\nx\n"),
            ("a.yml", "#cloud-config\nx: 1\n", "#cloud-config\n# W\nx: 1\n"),
            ("a.json", "{}\n", "{}\n"), ("a.txt", "x\n", "x\n"), ("a.creds", "x\n", "x\n"), ("LICENSE", "x\n", "x\n"),
            ("a.sh", "#!/bin/sh\n", "#!/bin/sh\n# W\n"), ("a.sh", "", "# W\n"),
        ]
    )
    func provenance(path: String, text: String, expected: String) {
        let line = Provenance.text(guide: "docs/g.md")
        let result = Provenance.insert(into: Array(text.utf8), path: "ops/" + path, guide: "docs/g.md")
        let contents = String(decoding: result?.contents ?? Array(text.utf8), as: UTF8.self)
        #expect(contents == expected.replacing(" W", with: " " + line))
        if let result {
            let lines = contents.split(separator: "\n", omittingEmptySubsequences: false)
            #expect(lines[result.line - 1].contains(line))
            #expect(Provenance.guide(in: result.contents) == "docs/g.md")
        }
    }

    @Test("a file whose name tells nothing takes the comment signs of its block's language")
    func languages() {
        let yaml = Provenance.insert(into: [], path: "ops/config", language: "yaml", guide: "docs/g.md")
        #expect(yaml?.contents.starts(with: Array("# ".utf8)) == true)
        #expect(Provenance.insert(into: [], path: "ops/config", language: "text", guide: "docs/g.md") == nil)
        #expect(Provenance.insert(into: [], path: "ops/config.json", language: "js", guide: "docs/g.md") == nil)
    }

    @Test("an XML comment is left out where the guide's path would break it")
    func hyphens() {
        #expect(Provenance.insert(into: [], path: "ops/a.xml", guide: "docs/a--b.md") == nil)
    }

    @Test("a generated file may not take a guide's path, nor the other way round")
    func generated() async throws {
        let harness = try TangleHarness(["g.md": "# T\n\n```conf file=ops/checks/g.sh\na\n```\n"])
        let plan = try await harness.plan().plan
        let generate = { (path: String) in
            plan.adding([TangledFile(path: path, contents: [], mode: 0o755, guide: "docs/h.md", parts: [])])
        }
        #expect(generate("ops/checks/h.sh").diagnostics.isEmpty)
        #expect(generate("ops/checks/h.sh").plan.files.map(\.path) == ["ops/checks/g.sh", "ops/checks/h.sh"])
        for path in ["ops/checks/g.sh", "ops/checks/G.sh", "ops/checks", "ops/checks/g.sh/x"] {
            let diagnostics = generate(path).diagnostics
            #expect(diagnostics.map(\.code) == ["generated-path"])
            #expect(diagnostics.first?.file == "docs/g.md")
            #expect(diagnostics.first?.range?.start.line == 3)
        }
    }
}
