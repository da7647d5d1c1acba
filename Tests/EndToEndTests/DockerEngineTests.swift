import Foundation
import TestSupport
import Testing

/// Guides on a real Docker engine: the one that answers here, else one that root starts for the test alone.
@Suite(
    "A real Docker engine", .enabled(if: DockerEngine.isHere, "no Docker engine answers, nor can root start one"))
struct DockerEngineTests {
    @Test(
        "A guide leaves no container, network, volume, process or file there, also when its run is killed, and touches no other"
    )
    func lifecycle() async throws {
        let project = try ProjectFixture(copying: "docker")
        let temporary = try TemporaryDirectory()
        let mark = String(Int.random(in: 10_000_000...99_999_999))
        let text = try project.directory.read("docs/index.md").replacingOccurrences(of: "@MARK@", with: mark)
            .replacingOccurrences(of: "@PORT@", with: String(project.port))
        try project.directory.write("docs/index.md", text)
        let run = try await runCommand(
            [
                DockerEngine.script, "env", "TMPDIR=\(temporary.path)", "bash", "-c",
                "cd \"$0\" && exec bash lifecycle.sh \"$@\"",
                project.directory.path, launchpadExecutable, mark,
            ], deadline: .seconds(300))
        #expect(
            run.output == """
                ok 1 - docs/index.md:28 works
                after the run: nothing is left
                killed while services start: nothing is left
                killed while a command runs: nothing is left
                killed while a service stops: nothing is left
                killed while a container of its own runs: nothing is left
                not run: the project lifecycle
                first
                second
                Up
                1

                """, "\(run.error)")
        #expect(run.status == 0)
    }
}

/// Runs commands with a real Docker engine.
private enum DockerEngine {
    static let script = URL(filePath: #filePath).appending(path: "../../../Scripts/with-docker.sh")
        .standardized.path

    /// Asked by the very script that the test runs with.
    static let isHere: Bool = {
        let process = Process()
        process.executableURL = URL(filePath: script)
        process.arguments = ["sh", "-c", "docker info && { docker compose version || docker-compose version; }"]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }()
}
