import Foundation
import TestSupport
import Testing

@Suite("launchpad check and accept, as commands")
struct CheckTests {
    @Test("a guide whose examples work passes, and is not run again while nothing changes")
    func passes() async throws {
        let project = try ProjectFixture()
        #expect(try await project.launchpad("tangle").status == 0)
        let first = try await project.launchpad("check")
        #expect(first.status == 0, "\(first.output)\(first.error)")
        #expect(first.output.contains("3 passed"))
        let second = try await project.launchpad("check")
        #expect(second.status == 0)
        #expect(second.output.contains("unchanged since"))
        let forced = try await project.launchpad("check", "--force")
        #expect(forced.status == 0)
        #expect(!forced.output.contains("unchanged since"))
    }

    @Test("one word of expected output that is wrong fails with the difference, at its line")
    func wrongWord() async throws {
        let project = try ProjectFixture()
        try project.edit("Published 8 bytes", "Published 9 bytes")
        _ = try await project.launchpad("tangle")
        let result = try await project.launchpad("check")
        #expect(result.status == 1)
        #expect(result.output.contains("docs/shop.md:\(try project.line(of: "Published 9 bytes"))"))
        #expect(result.output.contains("Published 9 bytes"))
        #expect(result.output.contains("Published 8 bytes"))
    }

    @Test("checks that pass beside files that drifted exit with 2")
    func drift() async throws {
        let project = try ProjectFixture()
        _ = try await project.launchpad("tangle")
        try project.edit(in: "ops/shop.conf", "port: \(project.port)", "port: 1")
        let result = try await project.launchpad("check")
        #expect(result.status == 2)
        #expect(result.error.contains("docs/shop.md:\(try project.line(of: "port: \(project.port)"))"))
    }

    @Test("a guide with mistakes is not run, and every mistake is told with its line")
    func mistakes() async throws {
        let project = try ProjectFixture()
        try project.edit("part=limits", "prat=limits")
        try project.edit("needs=server", "needs=sever")
        let result = try await project.launchpad("check")
        #expect(result.status == 3)
        #expect(result.error.contains("docs/shop.md:\(try project.line(of: "prat=limits")):"))
        #expect(result.error.contains("did you mean \"part\"?"))
        #expect(result.error.contains("docs/shop.md:\(try project.line(of: "needs=sever")):"))
        #expect(result.error.contains("did you mean \"server\"?"))
    }

    @Test("an unknown option is a usage error")
    func usage() async throws {
        let project = try ProjectFixture()
        #expect(try await project.launchpad("check", "--fromat", "tap").status == 64)
        #expect(try await project.launchpad("check", "--only", "ordr").status == 64)
    }

    @Test("reports for machines can be read by them", arguments: ["json", "junit", "tap", "github"])
    func formats(format: String) async throws {
        let project = try ProjectFixture()
        _ = try await project.launchpad("tangle")
        let result = try await project.launchpad("check", "--format", format)
        #expect(result.status == 0)
        switch format {
        case "json":
            let value = try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any]
            #expect((value?["guides"] as? [Any])?.count == 1)
        case "junit":
            #expect(result.output.hasPrefix("<?xml"))
            #expect(result.output.components(separatedBy: "<testcase").count == 4)
        case "tap":
            #expect(result.output.contains("1..3"))
        default:
            #expect(!result.output.contains("::error"))
        }
    }

    @Test("accept takes over new output and keeps placeholders, also inside a list")
    func accept() async throws {
        let project = try ProjectFixture()
        _ = try await project.launchpad("tangle")
        let original = try project.directory.read(ProjectFixture.guide)
        try project.edit("Published 8 bytes to", "Published 7 bytes to")
        try project.edit("  3\n", "  4\n")
        let shown = try await project.launchpad("accept", "--dry-run")
        #expect(shown.output.contains("+[at:time] Published 8 bytes to \"shop.orders\""))
        #expect(try project.directory.read(ProjectFixture.guide).contains("Published 7 bytes"))

        // What the first run could not capture, the second one can: nothing wrong is taken over meanwhile.
        let first = try await project.launchpad("accept", "--yes")
        #expect(first.status == 1)
        #expect(first.error.contains("uses $at, which was not captured"))
        let second = try await project.launchpad("accept", "--yes")
        #expect(second.status == 0, "\(second.error)")
        #expect(try project.directory.read(ProjectFixture.guide) == original)
        #expect(try await project.launchpad("check").status == 0)
    }

    @Test("accept never takes over a wrong exit status")
    func acceptStatus() async throws {
        let project = try ProjectFixture()
        _ = try await project.launchpad("tangle")
        try project.edit("echo $((1 + 2))", "echo 4; exit 3")
        let before = try project.directory.read(ProjectFixture.guide)
        let result = try await project.launchpad("accept", "--yes")
        #expect(result.status == 1)
        #expect(try project.directory.read(ProjectFixture.guide) == before)
    }

    @Test("a check script proves the same against a running environment, without Launchpad")
    func checkScript() async throws {
        let project = try ProjectFixture()
        _ = try await project.launchpad("tangle")
        let tools = project.directory.path + "/tools"
        try FileManager.default.createDirectory(atPath: tools, withIntermediateDirectories: true)
        for tool in ["nats", "nats-server"] {
            try FileManager.default.createSymbolicLink(
                atPath: "\(tools)/\(tool)", withDestinationPath: launchpadExecutable)
        }
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        let result = try await runCommand(
            ["bash", "ops/checks/shop.sh", "--only", "total"], in: project.directory.path,
            environment: ["PATH": "\(tools):\(path)"]
        )
        #expect(result.status == 0, "\(result.output)\(result.error)")
        #expect(result.output.contains("ok 1 - docs/shop.md:"))
    }
}
