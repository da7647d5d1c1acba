import Foundation
import TestSupport
import Testing

@Suite("launchpad tangle, as a command")
struct TangleTests {
    private let project: ProjectFixture

    init() async throws {
        project = try ProjectFixture()
    }

    /// The project with its files written.
    private func tangled() async throws -> ProjectFixture {
        let result = try await project.launchpad("tangle")
        try #require(result.status == 0, "\(result.error)")
        return project
    }

    @Test("files are written once, and a second run touches nothing")
    func writes() async throws {
        let project = try await tangled()
        #expect(
            try project.directory.read("ops/shop.conf").contains(
                "server_name: shop\nport: \(project.port)\nmax_payload: 64KB\n"))
        let before = try project.tree()
        let second = try await project.launchpad("tangle")
        #expect(second.output == "0 files written, 2 unchanged\n")
        #expect(try project.tree() == before)
        let check = try await project.launchpad("tangle", "--check")
        #expect(check.status == 0)
        #expect(check.output == "2 files as the guides say\n")
    }

    @Test("one line changed by hand makes --check exit with 2 and name file, guide and line in a unified diff")
    func changedLine() async throws {
        let project = try await tangled()
        try project.edit(in: "ops/shop.conf", "port: \(project.port)", "port: 4333")
        let before = try project.tree()
        let line = try project.line(of: "port: \(project.port)")
        let result = try await project.launchpad("tangle", "--check")
        #expect(result.status == 2)
        #expect(
            result.output.hasPrefix(
                """
                ops/shop.conf was edited by hand; docs/shop.md:\(line - 2) describes it
                  port: 4333 → \(project.port)
                --- ops/shop.conf (on disk)
                +++ ops/shop.conf (docs/shop.md)
                @@ -1,4 +1,4 @@ docs/shop.md:\(line)
                 # Written by Launchpad from docs/shop.md. Do not edit: change the guide and run `launchpad tangle`.
                 server_name: shop
                -port: 4333
                +port: \(project.port)
                 max_payload: 64KB
                """
            ),
            "\(result.output)"
        )
        #expect(result.error.contains("1 difference between the guides and the files"))
        #expect(try project.tree() == before)

        let written = try await project.launchpad("tangle")
        #expect(
            written.output.contains("replaced ops/shop.conf; its former text is in .launchpad/replaced/ops/shop.conf"))
        #expect(try project.directory.read(".launchpad/replaced/ops/shop.conf").contains("port: 4333"))
        #expect(try await project.launchpad("tangle", "--check").status == 0)
    }

    @Test("a missing file is drift, and comes back")
    func missingFile() async throws {
        let project = try await tangled()
        let text = try project.directory.read("ops/shop.conf")
        try project.remove("ops/shop.conf")
        let result = try await project.launchpad("tangle", "--check")
        #expect(result.status == 2)
        #expect(result.output.contains("ops/shop.conf is missing; docs/shop.md:8 describes it"))
        #expect(!project.directory.exists("ops/shop.conf"))
        #expect(try await project.launchpad("tangle").status == 0)
        #expect(try project.directory.read("ops/shop.conf") == text)
    }

    @Test("--prune removes what Launchpad wrote and no guide describes, and nothing else")
    func prune() async throws {
        let project = try await tangled()
        try project.directory.write("ops/mine.conf", "port: 1\n")
        try project.edit("file=ops/shop.conf part=server", "file=ops/store.conf part=server")
        try project.edit("file=ops/shop.conf part=limits", "file=ops/store.conf part=limits")
        try project.edit("-c ops/shop.conf", "-c ops/store.conf")
        let check = try await project.launchpad("tangle", "--check")
        #expect(check.status == 2)
        #expect(check.output.contains("ops/shop.conf is not described any more (it came from docs/shop.md)"))
        let kept = try await project.launchpad("tangle")
        #expect(kept.output.contains("to remove it, run: launchpad tangle --prune"))
        #expect(project.directory.exists("ops/shop.conf"))
        let pruned = try await project.launchpad("tangle", "--prune")
        #expect(pruned.status == 0)
        #expect(pruned.output.contains("removed ops/shop.conf\n"))
        #expect(!project.directory.exists("ops/shop.conf"))
        #expect(try project.directory.read("ops/mine.conf") == "port: 1\n")
        #expect(try await project.launchpad("tangle", "--check").status == 0)
    }

    @Test("a file that Launchpad did not write is refused in those words, and replaced with --force alone")
    func foreignFile() async throws {
        try project.directory.write("ops/shop.conf", "port: 1\n")
        let before = try project.tree()
        let check = try await project.launchpad("tangle", "--check")
        #expect(check.status == 2)
        #expect(check.output.contains("ops/shop.conf was not written by Launchpad; docs/shop.md:8 describes it"))
        let refused = try await project.launchpad("tangle")
        #expect(refused.status == 1)
        #expect(refused.error.contains("Launchpad did not write ops/shop.conf, so it will not overwrite it"))
        #expect(!(refused.error + check.output).contains("edited by hand"))
        #expect(try project.tree() == before)
        let forced = try await project.launchpad("tangle", "--force")
        #expect(forced.status == 0)
        #expect(!forced.output.contains("edited by hand"))
        #expect(try project.directory.read(".launchpad/replaced/ops/shop.conf") == "port: 1\n")
        #expect(try await project.launchpad("tangle", "--check").status == 0)
    }

    @Test("a link that leads out of the project is not followed, not even with --force")
    func linkOut() async throws {
        let outside = try TemporaryDirectory()
        try FileManager.default.createSymbolicLink(
            atPath: project.directory.path + "/ops", withDestinationPath: outside.path)
        for flag in [[], ["--force"], ["--check"]] {
            let result = try await runCommand([launchpadExecutable, "tangle"] + flag, in: project.directory.path)
            #expect(result.status == 1)
            #expect(result.error.contains("\"ops\" is a symbolic link that leads out of it"))
            #expect(result.error.contains("docs/shop.md:8:14"))
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: outside.path).isEmpty)
    }

    @Test("what a killed run left behind is swept by the next one, wherever its files lie")
    func leftovers() async throws {
        try project.directory.write("docs/more.md", "```yaml file=compose.yml\na: 1\n```\n")
        let project = try await tangled()
        // No process has this number: it is above the largest that Linux and macOS give out.
        let left = [".compose.yml", "ops/.shop.conf", "ops/checks/.shop.sh", ".launchpad/replaced/ops/.shop.conf"]
            .map { "\($0).2147483646.tangling" }
        for path in left { try project.directory.write(path, "half") }
        try project.directory.write("ops/.notes.tangling", "mine")
        #expect(try await project.launchpad("tangle").status == 0)
        #expect(left.filter(project.directory.exists) == [])
        #expect(project.directory.exists("ops/.notes.tangling"))
    }

    @Test("--check goes with nothing that writes")
    func usage() async throws {
        let result = try await project.launchpad("tangle", "--check", "--force")
        #expect(result.status == 64)
        #expect(result.error.contains("launchpad tangle"))
        #expect(!project.directory.exists("ops"))
    }
}
