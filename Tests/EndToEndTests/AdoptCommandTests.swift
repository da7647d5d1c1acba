import Foundation
import TestSupport
import Testing

@Suite("launchpad adopt, as a command")
struct AdoptCommandTests {
    @Test("foreign documentation is tried, and with its attributes it is a project whose checks pass")
    func adopt() async throws {
        let project = try ProjectFixture(copying: "foreign")
        let before = try project.tree()
        let tried = try await project.launchpad("adopt", "docs", "--verbose")
        #expect(tried.status == 1, "\(tried.output)\(tried.error)")
        #expect(tried.output.contains("(a server was started for it: ops/launchpad-server.conf)"))
        #expect(tried.output.contains("1 work as printed\n"))
        #expect(tried.output.contains("1 fail\n"))
        #expect(tried.output.contains("1 cannot run here\n"))
        #expect(try project.tree() == before)

        let written = try await project.launchpad("adopt", "docs", "--write")
        #expect(written.output.contains("wrote docs/first.md"))
        #expect(try await project.launchpad("tangle").status == 0)
        let checked = try await project.launchpad("check")
        #expect(checked.status == 0, "\(checked.output)\(checked.error)")
        #expect(checked.output.contains("a placeholder to fill in: <subject>"))
        // Once more changes nothing.
        let adopted = try project.directory.read("docs/first.md")
        _ = try await project.launchpad("adopt", "docs", "--write")
        #expect(try project.directory.read("docs/first.md") == adopted)
    }

    @Test("a folder without pages, or none at all, is told")
    func nothing() async throws {
        let project = try ProjectFixture(copying: "foreign")
        #expect(try await project.launchpad("adopt", "nowhere").status == 3)
        try FileManager.default.createDirectory(
            atPath: project.directory.path + "/empty", withIntermediateDirectories: true)
        let result = try await project.launchpad("adopt", "empty")
        #expect(result.status == 3)
        #expect(result.error.contains("no Markdown file"))
    }
}
