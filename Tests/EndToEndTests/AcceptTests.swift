import Foundation
import TestSupport
import Testing

@Suite("launchpad accept")
struct AcceptTests {
    @Test("the difference is shown first, and whoever sits at the terminal is asked before a guide is written")
    func asks() async throws {
        let project = try ProjectFixture()
        _ = try await project.launchpad("tangle")
        try project.edit("  3\n", "  4\n")
        let before = try project.directory.read(ProjectFixture.guide)
        for (answer, end) in [("n", "nothing was written"), ("y", "rewrote docs/shop.md")] {
            let terminal = try await TerminalSession(
                [launchpadExecutable, "accept", "--only", "total"], in: project.directory.path)
            let shown = try await terminal.wait(for: "Write this guide? [y/N]")
            #expect(shown.contains("-  4\n+  3\n"), "\(shown)")
            #expect(try project.directory.read(ProjectFixture.guide) == before)
            try await terminal.press(answer, "Enter")
            try await terminal.wait(for: end)
            try await terminal.wait(for: answer == "y" ? "ended with 0" : "ended with 1")
        }
        #expect(
            try project.directory.read(ProjectFixture.guide) == before.replacingOccurrences(of: "  4\n", with: "  3\n"))
        let nobody = try await project.launchpad("accept")
        #expect(nobody.status == 0 && nobody.output == "nothing to accept\n")
    }

    @Test("what looks like a secret comes into no guide, and other output is accepted beside it")
    func secrets() async throws {
        let project = try ProjectFixture()
        try project.directory.write(
            "docs/keys.md",
            """
            # Keys

            ```console name=seed
            $ printf 'SU%056d\\n' 0 | tr 0 A
            old
            ```

            ```console name=key
            $ printf 'key: %s%s\\n' sKO2xRr0j7r7CJYjFD+p 7AIjrfLjQQDfrWH3FTel
            old
            ```

            ```console name=fails
            $ echo same; exit 3
            same
            ```

            ```console name=plain
            $ echo new
            old
            ```

            """)
        _ = try await project.launchpad("tangle")
        let before = try project.directory.read("docs/keys.md")
        let result = try await project.launchpad("accept", "--yes", "keys")
        #expect(result.status == 1)
        #expect(
            result.error.contains("docs/keys.md:4: seed is not accepted: its output holds what looks like an nkey seed")
        )
        #expect(result.error.contains("docs/keys.md:9: key is not accepted: its output holds what looks like a key"))
        #expect(result.error.contains("docs/keys.md:14: fails is not accepted: it ended with exit status 3"))
        #expect(
            try project.directory.read("docs/keys.md")
                == before.replacingOccurrences(of: "$ echo new\nold\n", with: "$ echo new\nnew\n"))
    }

    #if os(Linux)
    @Test("accept waits for its turn, and does not write over what changed in the guide meanwhile")
    func turns() async throws {
        let project = try ProjectFixture()
        _ = try await project.launchpad("tangle")
        try project.edit("  3\n", "  4\n")
        let folder = open(project.directory.path, O_RDONLY | O_DIRECTORY)
        try #require(flock(folder, LOCK_EX) == 0)
        let result = try await runCommand(
            [launchpadExecutable, "accept", "--yes", "--only", "total"], in: project.directory.path
        ) { process in
            // Whoever waits for a lock stands behind an arrow.
            let waits = { (line: Substring) in line.contains("->") && line.contains(" \(process) ") }
            let deadline = ContinuousClock.now + .seconds(60)
            while ContinuousClock.now < deadline,
                !((try? String(contentsOfFile: "/proc/locks", encoding: .utf8)) ?? "").split(separator: "\n")
                    .contains(where: waits)
            {
                try? await Task.sleep(for: .milliseconds(20))
            }
            try? project.edit("  4\n", "  5\n")
            close(folder)
        }
        #expect(result.status == 3)
        #expect(result.error.contains("docs/shop.md was changed while it ran"), "\(result.error)")
        #expect(result.error.contains("run launchpad accept again"))
        #expect(try project.directory.read(ProjectFixture.guide).contains("  5\n"))
        // Nobody is in the way now.
        #expect(try await project.launchpad("accept", "--yes", "--only", "total").status == 0)
        #expect(try project.directory.read(ProjectFixture.guide).contains("  3\n"))
    }
    #endif
}
