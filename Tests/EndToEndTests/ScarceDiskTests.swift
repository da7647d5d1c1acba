import Foundation
import TestSupport
import Testing

/// Runs `launchpad` on a file system of its own that is full, or that nobody may write to.
@Suite("Disks that take nothing", .enabled(if: ScarceDisk.isAvailable, "this machine mounts nothing for tests"))
struct ScarceDiskTests {
    @Test("on a full disk nothing is written by halves, and the message says what to do")
    func full() async throws {
        let disk = try ScarceDisk()
        try disk.fixture.directory.write(
            "docs/big.md", "```text file=ops/big.txt\n\(String(repeating: "x\n", count: 200_000))```\n")
        for command in ["tangle", "build"] {
            let result = try await disk.run(mount: "-t tmpfs -o size=600k none", command)
            #expect(result.output.hasPrefix(command == "tangle" ? "1\n" : "3\n"), "\(result.output)\(result.error)")
            #expect(result.error.contains("No space left on device"))
            #expect(result.error.contains("the disk is not full"))
            #expect(result.output.dropFirst(2) == "docs/big.md\ndocs/shop.md\n")
        }
    }

    @Test("where nothing may be written every command says which path and what to do", arguments: ["tangle", "build"])
    func readOnly(command: String) async throws {
        let disk = try ScarceDisk()
        let result = try await disk.run(mount: "-t tmpfs -o size=4m none", "readonly", command)
        #expect(result.output.hasPrefix(command == "tangle" ? "1\n" : "3\n"), "\(result.output)\(result.error)")
        #expect(result.error.contains("Read-only file system"))
        #expect(result.error.contains("you may write there"))
        #expect(!result.error.contains("NSCocoa") && !result.error.contains("Domain="))
        #expect(result.output.dropFirst(2) == "docs/shop.md\n")
    }
}

private struct ScarceDisk {
    let fixture: ProjectFixture

    init() throws {
        fixture = try ProjectFixture()
    }

    /// Mounts, copies the guides there, runs `launchpad`, and lists the files that are there then. The mount is seen by
    /// this command alone and ends with it. Prints the exit status, then the files.
    func run(mount: String, _ arguments: String...) async throws -> CommandResult {
        let isReadOnly = arguments.first == "readonly"
        let command = arguments.last ?? "tangle"
        let script = """
            set -e
            mkdir -p disk && mount \(mount) disk && cp -r docs disk
            cd disk
            \(isReadOnly ? "mount -o remount,ro . " : ":")
            status=0
            "$0" \(command) >/dev/null || status=$?
            echo $status
            find . -type f | sed 's,^./,,' | sort
            """
        return try await runCommand(
            ["unshare", "--mount", "bash", "-c", script, launchpadExecutable], in: fixture.directory.path)
    }

    static let isAvailable: Bool = {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["unshare", "--mount", "mount", "-t", "tmpfs", "-o", "size=64k", "none", "/mnt"]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }()
}
