import TestSupport
import Testing

@Suite("launchpad check --shell-on-failure, in a terminal")
struct ShellOnFailureTests {
    @Test("a failing block is entered: its files, its variables and its broker are there, and leaving goes on")
    func enters() async throws {
        let project = try ProjectFixture()
        _ = try await project.launchpad("tangle")
        try project.edit("  3\n", "  4\n")
        let terminal = try await TerminalSession(
            [launchpadExecutable, "check", "--shell-on-failure", "total"], in: project.directory.path)
        try await terminal.wait(for: "total failed: the output differs")
        try await terminal.wait(for: "exit goes on")
        try await terminal.press("grep max_payload ops/shop.conf", "Enter")
        try await terminal.wait(for: "\nmax_payload: 64KB")
        try await terminal.press("nats --server nats://127.0.0.1:\(project.port) pub here 12345", "Enter")
        try await terminal.wait(for: "Published 5 bytes to \"here\"")
        // Ctrl-C ends a command in the shell, and neither the shell nor the check.
        try await terminal.press("sleep 1000", "Enter")
        try await terminal.wait(for: "sleep 1000\n")
        try await terminal.press("C-c")
        try await terminal.press("test -t 0 && echo still $((40 + 2))", "Enter")
        try await terminal.wait(for: "still 42")
        try await terminal.press("exit", "Enter")
        try await terminal.wait(for: "2 passed, 1 failed in 1 guide")
        try await terminal.wait(for: "ended with 1")
        #expect(!project.directory.exists(".launchpad/ledger.json"))
    }

    @Test("a block that passes opens no shell, and without a terminal it is refused")
    func refusals() async throws {
        let project = try ProjectFixture()
        _ = try await project.launchpad("tangle")
        let terminal = try await TerminalSession(
            [launchpadExecutable, "check", "--shell-on-failure", "shop#total"], in: project.directory.path)
        try await terminal.wait(for: "3 passed in 1 guide")
        try await terminal.wait(for: "ended with 0")
        let result = try await project.launchpad("check", "--shell-on-failure", "total")
        #expect(result.status == 3)
        #expect(result.error.contains("a shell needs a terminal"))
        #expect(try await project.launchpad("check", "--shell-on-failure", "totl").status == 64)
    }
}
