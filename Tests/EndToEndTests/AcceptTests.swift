import Foundation
import TestSupport
import Testing

@Suite("launchpad accept beside others who write")
struct AcceptTests {
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
