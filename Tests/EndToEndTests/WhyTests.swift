import Foundation
import TestSupport
import Testing

@Suite("launchpad why, and what is remembered of proofs")
struct WhyTests {
    private let project: ProjectFixture

    init() async throws {
        project = try ProjectFixture()
        _ = try await project.launchpad("tangle")
    }

    @Test("before the first run no proof is remembered")
    func neverRun() async throws {
        let why = try await project.launchpad("why", "total")
        #expect(why.status == 0)
        let line = try project.line(of: "name=total")
        #expect(why.output.hasPrefix("docs/shop.md:\(line): total\nRun by the next launchpad check: no proof"))
    }

    @Test("what has not changed is not run, and what it depends on is listed")
    func unchanged() async throws {
        _ = try await project.launchpad("check")
        let why = try await project.launchpad("why", "total")
        #expect(why.output.contains("Not run again: nothing has changed since it passed at 20"))
        #expect(why.output.contains("  file: ops/shop.conf\n"))
        #expect(why.output.contains("  blocks: server, order, total\n"))
        // Prose is no input.
        try project.edit("# The shop", "# All about the shop")
        #expect(try await project.launchpad("why", "total").output.contains("Not run again"))
    }

    @Test("each change that makes a guide run again is named, and only while it stands")
    func changed() async throws {
        _ = try await project.launchpad("check")
        let original = try project.directory.read(ProjectFixture.guide)
        try project.edit("max_payload: 64KB", "max_payload: 32KB")
        #expect(try await project.launchpad("why", "shop").output.contains("the file ops/shop.conf has changed\n"))
        try project.directory.write(ProjectFixture.guide, original)
        #expect(try await project.launchpad("why", "shop#total").output.contains("Not run again"))
        try project.edit("echo $((1 + 2))", "echo $((2 + 1))")
        let why = try await project.launchpad("why", "order")
        #expect(why.output.contains("the block total has changed\n"))
        let other = try await project.launchpad("why", "order", "--no-sandbox")
        #expect(!other.output.contains("Not run again"))
    }

    @Test("a file of the machine that a command names is an input like those of the guide")
    func machineFile() async throws {
        let project = try ProjectFixture()
        let path = try project.directory.write("outside.txt", "one\n")
        try project.directory.write("docs/shop.md", "# Shop\n\n```console name=reads\n$ cat <\(path)\none\n```\n")
        _ = try await project.launchpad("tangle")
        #expect(try await project.launchpad("check", "--no-sandbox").status == 0)
        let before = try await project.launchpad("why", "--no-sandbox", "reads")
        #expect(before.output.contains("Not run again: "))
        #expect(before.output.contains("  file of the machine: \(path)\n"), "\(before.output)")
        try project.directory.write("outside.txt", "another\n")
        let after = try await project.launchpad("why", "--no-sandbox", "reads")
        #expect(after.output.contains("the file of the machine \(path) has changed, from 4 bytes, "), "\(after.output)")
        #expect(try await project.launchpad("check", "--no-sandbox").status == 1)
    }

    @Test("what failed is run again, and that is why")
    func failed() async throws {
        try project.edit("  3\n", "  4\n")
        #expect(try await project.launchpad("check").status == 1)
        let why = try await project.launchpad("why", "total")
        #expect(why.output.contains("Run by the next launchpad check: its guide did not pass at 20"))
    }

    @Test("a block that is not there is a usage error with the nearest one")
    func unknown() async throws {
        let why = try await project.launchpad("why", "totl")
        #expect(why.status == 64)
        #expect(why.error.contains("did you mean \"total\"?"))
    }

    @Test("runs of different guides at once all find their proofs in the ledger")
    func runsAtOnce() async throws {
        let names = (0..<6).map { "guide\($0)" }
        for name in names {
            try project.directory.write("docs/\(name).md", "# \(name)\n\n```console\n$ echo \(name)\n\(name)\n```\n")
        }
        _ = try await project.launchpad("tangle")
        try await withThrowingTaskGroup(of: Int32.self) { group in
            for name in names {
                group.addTask { try await project.launchpad("check", name).status }
            }
            for try await status in group { #expect(status == 0) }
        }
        let ledger = try project.directory.read(".launchpad/ledger.json")
        for name in names { #expect(ledger.contains("\"path\" : \"docs/\(name).md\"")) }
    }
}
