import Foundation
import TestSupport
import Testing

/// What becomes of a run whose results cannot be written down.
@Suite("launchpad check where it cannot write")
struct UnwritableTests {
    @Test("a ledger folder that cannot be made is named with what to do, and the result is shown all the same")
    func folder() async throws {
        let project = try ProjectFixture()
        _ = try await project.launchpad("tangle")
        try project.remove(".launchpad")
        try project.directory.write(".launchpad", "in the way\n")
        let report = project.directory.path + "/report.xml"
        let result = try await project.launchpad("check", "--format", "junit", "--output", report)
        #expect(result.status == 3)
        #expect(result.output.contains("3 passed"), "\(result.output)")
        #expect(result.error.contains("the proofs of this run are not kept: the folder "))
        #expect(
            result.error.contains("/.launchpad cannot be made: File exists; a file is in the way"), "\(result.error)")
        #expect(!result.error.contains("NSCocoaError"))
        #expect(try project.directory.read("report.xml").contains("<testcase"))
    }

    @Test("a failed check is told by its own status, whether or not the ledger can be written")
    func failure() async throws {
        let project = try ProjectFixture()
        _ = try await project.launchpad("tangle")
        try project.edit("  3\n", "  4\n")
        try project.remove(".launchpad")
        try project.directory.write(".launchpad", "in the way\n")
        #expect(try await project.launchpad("check").status == 1)
    }

    @Test("when there is no room, the former ledger stays as it was, whole, and nothing half-written lies beside it")
    func full() async throws {
        let project = try ProjectFixture()
        _ = try await project.launchpad("tangle")
        #expect(try await project.launchpad("check").status == 0)
        let before = try project.directory.read(".launchpad/ledger.json")
        // A limit on the size of files fails a write in the middle, as a full disk does.
        let result = try await runCommand(
            ["bash", "-c", "trap '' XFSZ; ulimit -f 1; exec \"$0\" check --force", launchpadExecutable],
            in: project.directory.path
        )
        #expect(result.status == 3, "\(result.output)\(result.error)")
        #expect(result.output.contains("3 passed"), "\(result.output)\(result.error)")
        #expect(result.error.contains("/.launchpad/ledger.json cannot be written: File too large"), "\(result.error)")
        #expect(try project.directory.read(".launchpad/ledger.json") == before)
        let names = try FileManager.default.subpathsOfDirectory(atPath: project.directory.path + "/.launchpad")
        #expect(!names.contains { $0.hasSuffix(".new") }, "\(names)")
    }

    @Test("a temporary folder that cannot be used is named, and TMPDIR is what to set")
    func temporary() async throws {
        let project = try ProjectFixture()
        let result = try await runCommand(
            [launchpadExecutable, "check"], in: project.directory.path,
            environment: ["TMPDIR": project.directory.path + "/docs/shop.md"]
        )
        #expect(result.status == 3)
        #expect(result.error.contains("docs/shop.md/launchpad-"), "\(result.error)")
        #expect(result.error.contains("set TMPDIR to a directory that you can write to"))
    }
}
