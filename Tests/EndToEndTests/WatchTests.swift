import Foundation
import TestSupport
import Testing

@Suite("launchpad watch, in a terminal")
struct WatchTests {
    @Test("an edit is tangled and proven when it is saved: the changed block first, then its guide, and nothing else")
    func follows() async throws {
        let project = try ProjectFixture()
        try project.directory.write("docs/other.md", "# Other\n\n```console name=other\n$ echo other\nother\n```\n")
        let terminal = try await TerminalSession([launchpadExecutable, "watch"], in: project.directory.path)
        try await terminal.wait(for: "4 passed in 2 guides")
        #expect(project.directory.exists("ops/shop.conf"))

        try project.edit("echo $((1 + 2))", "echo $((2 + 1))")
        let line = try project.line(of: "name=total")
        try await terminal.wait(for: "docs/shop.md:\(line): total passed, ")
        let shown = try await terminal.wait(for: "3 passed in 1 guide")
        #expect(!shown.contains("order passed"))

        try project.edit("max_payload: 64KB", "max_payload: 32KB")
        // That the file was written stands on the screen already, from the start.
        try await waitUntil { try project.directory.read("ops/shop.conf").contains("max_payload: 32KB") }
        try await terminal.wait(for: "wrote ops/shop.conf")

        try project.edit("  3\n", "  4\n")
        try await terminal.wait(for: "docs/shop.md:\(line): total fails with no more than what it needs")
        try await terminal.wait(for: "2 passed, 1 failed in 1 guide")

        try project.edit("name=total", "nmae=total")
        try await terminal.wait(for: "unknown attribute \"nmae\"")
        // That keeps nobody from working on another guide.
        try project.edit(in: "docs/other.md", "echo other\nother", "echo another\nanother")
        try await terminal.wait(for: "docs/other.md:3: other passed, ")
        try project.edit("nmae=total", "name=total")
        try await terminal.wait(for: "the guides are in order again")

        try project.edit(in: "ops/shop.conf", "max_payload: 32KB", "max_payload: 16KB")
        try await terminal.wait(
            for: "ops/shop.conf was edited by hand; to carry the edit into the guide, run: launchpad stitch")
        #expect(try project.directory.read("ops/shop.conf").contains("max_payload: 16KB"))

        try await terminal.press("C-c")
        try await terminal.wait(for: "ended with 0")
    }

    @Test("serve proves too, and open pages get the new proof")
    func serves() async throws {
        let project = try ProjectFixture()
        let port = try NATSServerProcess.freePort()
        let terminal = try await TerminalSession(
            [launchpadExecutable, "serve", "--port", String(port)], in: project.directory.path)
        try await terminal.wait(for: "3 passed in 1 guide")
        try project.edit("  3\n", "  4\n")
        try await terminal.wait(for: "1 failed in 1 guide")
        let deadline = ContinuousClock.now + .seconds(30)
        var page = ""
        while !page.contains("1 failed"), ContinuousClock.now < deadline {
            page = try await runCommand(["curl", "-s", "http://127.0.0.1:\(port)/shop.html"]).output
        }
        #expect(page.contains("2 of 3 checks passed, 1 failed"))
        try await terminal.press("C-c")
        try await terminal.wait(for: "ended with 0")
    }
}
