import Foundation
import Proving
import TestSupport
import Testing

@Suite("Services of guides", .enabled(if: Isolation.detect().isPrivate, "services need bubblewrap"))
struct ServicesTests {
    @Test("Services run as their compose file says, and the ledger says what stood in for their images")
    func services() async throws {
        let project = try ProjectFixture(copying: "services")
        #expect(try await project.launchpad("tangle").status == 0)
        let check = try await project.launchpad("check", "--timeout", "60s")
        #expect(check.status == 0, "\(check.output)\(check.error)")
        let ledger = try JSONDecoder().decode(
            Ledger.self, from: Data(try project.directory.read(".launchpad/ledger.json").utf8))
        let standIns = try #require(ledger.guides.first?.standIns)
        #expect(Set(standIns.map(\.image)) == ["nats:latest", "natsio/nats-box"])
        #expect(standIns.allSatisfy { !$0.matches })
        #expect(standIns.first { $0.name == "nats" }?.servedBy == "nats-server of Launchpad 0.1.0")
    }

    @Test("A guide whose image nothing stands in for is not run, and says so")
    func missing() async throws {
        let project = try ProjectFixture(copying: "services")
        try project.edit(
            in: "docs/index.md", "  other:\n    image: nats:latest", "  other:\n    image: no-such-image:1")
        #expect(try await project.launchpad("tangle").status == 0)
        let check = try await project.launchpad("check", "--format", "tap")
        #expect(check.output.contains("not run: nothing stands in for the image no-such-image:1"), "\(check.output)")
        #expect(!check.output.contains("not ok"))
    }

    @Test("A run that is killed while services are up leaves no process and no port behind")
    func killed() async throws {
        let project = try ProjectFixture(copying: "services")
        // Seconds that only this run sleeps, so that its processes can be told from all others.
        let mark = String(Int.random(in: 10_000_000...99_999_999))
        let text = try project.directory.read("docs/index.md").replacingOccurrences(of: "86400", with: mark)
        try project.directory.write("docs/index.md", text + "\n```sh name=wait timeout=60s\nsleep 50\n```\n")
        #expect(try await project.launchpad("tangle").status == 0)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: launchpadExecutable)
        process.arguments = ["check"]
        process.currentDirectoryURL = URL(fileURLWithPath: project.directory.path)
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        try await waitUntil { try running(mark) > 0 }
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        try await waitUntil { try running(mark) == 0 }
    }

    /// How many processes have `mark` in their command lines.
    private func running(_ mark: String) throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: "/proc").count { name in
            Int(name) != nil
                && (FileManager.default.contents(atPath: "/proc/\(name)/cmdline").map {
                    String(decoding: $0, as: UTF8.self)
                }?
                .contains(mark) ?? false)
        }
    }
}
