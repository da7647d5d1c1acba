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

    @Test("pages of other tools are written so that their examples are checked, and nothing else of them changes")
    func otherTools() async throws {
        let project = try ProjectFixture(copying: "foreign-tools")
        let before = try project.tree()
        let shown = try await project.launchpad("adopt", "docs", "--diff")
        #expect(shown.status == 0, "\(shown.output)\(shown.error)")
        #expect(shown.output.contains("\n-```bash title=\"The first one\" {1,3} showLineNumbers\n"))
        #expect(shown.output.contains("\n+```bash title=\"The first one\" mark=1,3 lines\n"))
        #expect(try project.tree() == before)

        #expect(try await project.launchpad("adopt", "docs", "--write").status == 0)
        let pages = [
            "asking", "docusaurus", "jekyll", "kept", "mdbook", "messages", "moment", "nested", "python",
            "servers/first", "servers/second", "windows",
        ]
        func written() throws -> [Data] {
            try pages.map { try Data(contentsOf: URL(filePath: "\(project.directory.path)/docs/\($0).md")) }
        }
        let first = try written()
        for (page, bytes) in zip(pages, first) {
            let expected = try Data(contentsOf: URL(filePath: "\(project.directory.path)/adopted/\(page).md"))
            #expect(bytes == expected, "\(page).md became:\n\(String(decoding: bytes, as: UTF8.self))")
        }
        #expect(try await project.launchpad("tangle").status == 0)
        let checked = try await project.launchpad("check")
        // What prints something else is left for somebody to accept; all else holds.
        #expect(checked.output.contains("13 passed, 3 failed, 5 skipped"), "\(checked.output)\(checked.error)")
        #expect(try await project.launchpad("adopt", "docs", "--write").status == 0)
        #expect(try written() == first)
    }

    @Test("what cannot be read is told with its line, and the other pages are tried")
    func unreadable() async throws {
        let project = try ProjectFixture(copying: "foreign-tools")
        try FileManager.default.copyItem(
            atPath: project.directory.path + "/latin1.txt", toPath: project.directory.path + "/docs/latin1.md")
        _ = try project.directory.write("docs/page.mdx", "# MDX\n")
        let result = try await project.launchpad("adopt", "docs", "--format", "json")
        #expect(result.status == 3, "\(result.output)\(result.error)")
        #expect(result.output.contains("line 3: the guide is not UTF-8"))
        #expect(result.output.contains("only files that end in .md are guides"))
        #expect(result.output.contains("echo one"))
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
