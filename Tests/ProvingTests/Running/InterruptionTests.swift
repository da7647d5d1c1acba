import Foundation
import TestSupport
import Testing

/// Signals to the built `launchpad check` in the middle of a guide.
@Suite("Interruption")
struct InterruptionTests {
    /// A project with the endless guide, whose processes all sleep a number of seconds that nobody else does.
    private struct Project {
        let folder: TemporaryDirectory
        let temporary: TemporaryDirectory
        let mark = String(Int.random(in: 10_000_000...99_999_999))

        init() throws {
            folder = try TemporaryDirectory()
            temporary = try TemporaryDirectory()
            let fixtures = try #require(Bundle.module.url(forResource: "Fixtures", withExtension: nil))
            let file = fixtures.appendingPathComponent("workbench/running/endless.md")
            let text = try String(contentsOf: file, encoding: .utf8)
            try folder.write("docs/endless.md", text.replacing("8639", with: mark))
            try folder.write("launchpad.yml", "title: Endless\n")
        }

        /// Starts the check, sends `signal` once all three processes run, and returns what came of it.
        func interrupt(_ signal: Int32, isolated: Bool) async throws -> CommandResult {
            try await runCommand(
                [launchpadExecutable, "check", "--color", "never"] + (isolated ? [] : ["--no-sandbox"]),
                in: folder.path,
                environment: ["TMPDIR": temporary.path]
            ) { process in
                let isUp = (try? await waitUntil { try Processes.running(with: mark).count >= 3 }) != nil
                kill(process, isUp ? signal : SIGABRT)
            }
        }

        var leftDirectories: [String] {
            let root = temporary.path + "/launchpad-\(getuid())"
            return (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
        }
    }

    @Test("Ctrl-C and SIGTERM end everything, say so, and leave nothing", arguments: [SIGINT, SIGTERM], [true, false])
    func interrupted(signal: Int32, isolated: Bool) async throws {
        let project = try Project()
        let result = try await project.interrupt(signal, isolated: isolated)
        #expect(result.status == 128 + signal)
        #expect(result.error.contains("interrupted"))
        #expect(try Processes.running(with: project.mark).isEmpty)
        #expect(project.leftDirectories.isEmpty)
        #expect(!project.folder.exists(".launchpad/ledger.json"))
    }

    @Test(
        "When launchpad is killed, what its guides started ends with it, and its directory goes",
        arguments: [true, false])
    func killed(isolated: Bool) async throws {
        let project = try Project()
        #expect(try await project.interrupt(SIGKILL, isolated: isolated).status == 128 + SIGKILL)
        try await waitUntil { try Processes.running(with: project.mark).isEmpty }
        try await waitUntil { project.leftDirectories.isEmpty }
    }

    @Test("What nobody could remove after a run, the next one removes; what is in use stays")
    func remains() async throws {
        let project = try Project()
        try project.folder.write("docs/endless.md", "# Empty\n")
        let root = "launchpad-\(getuid())"
        try project.temporary.write("\(root)/run-dead/lock", "")
        try project.temporary.write("\(root)/run-dead/guide/file", "left")
        let lock = open(try project.temporary.write("\(root)/run-alive/lock", ""), O_RDWR)
        defer { close(lock) }
        #expect(flock(lock, LOCK_EX | LOCK_NB) == 0)
        let result = try await runCommand(
            [launchpadExecutable, "check"], in: project.folder.path, environment: ["TMPDIR": project.temporary.path])
        #expect(result.status == 0, "\(result.error)")
        #expect(project.leftDirectories == ["run-alive"])
    }
}
