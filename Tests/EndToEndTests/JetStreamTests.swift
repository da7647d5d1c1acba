import Foundation
import TestSupport
import Testing

private func succeeds(_ command: [String]) -> Bool {
    let probe = Process()
    probe.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    probe.arguments = command
    probe.standardOutput = FileHandle.nullDevice
    probe.standardError = FileHandle.nullDevice
    guard (try? probe.run()) != nil else { return false }
    probe.waitUntilExit()
    return probe.terminationStatus == 0
}

private let hasStreamsClient = succeeds(["python3", "-c", "import nats"])
private let mountsForTests = succeeds(["unshare", "--mount", "mount", "-t", "tmpfs", "none", "/mnt"])

/// The path of a nats-server of the version whose behaviour the broker has.
private let oracleServer: String? = {
    for folder in (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":") {
        let path = "\(folder)/nats-server"
        if FileManager.default.isExecutableFile(atPath: path),
            succeeds(["sh", "-c", "\"$0\" -v | grep -q 'v2.15.1$'", path])
        {
            return path
        }
    }
    return nil
}()

/// Streams for a client that nobody here wrote, and on disks that take nothing.
@Suite("JetStream, for nats-py")
struct JetStreamTests {
    @Test(
        "streams, consumers, key-value and object store work as nats-py expects",
        .enabled(if: hasStreamsClient, "no python3 with nats-py"))
    func bundled() async throws {
        let store = try TemporaryDirectory()
        try await expectOK(try BrokerProcess(["-js", "-sd", store.path]))
    }

    @Test(
        "the same script is content with nats-server",
        .enabled(if: hasStreamsClient && oracleServer != nil, "no nats-server or no nats-py"))
    func oracle() async throws {
        let executable = try #require(oracleServer)
        let store = try TemporaryDirectory()
        try await expectOK(try BrokerProcess(["-js", "-sd", store.path], executable: executable))
    }

    @Test(
        "a full disk refuses and loses nothing, a read-only one keeps the server from starting",
        .enabled(if: hasStreamsClient && mountsForTests, "this machine mounts nothing for tests"),
        arguments: ["full", "readonly"])
    func scarceDisk(kind: String) async throws {
        let directory = try TemporaryDirectory()
        let script = """
            set -e
            mkdir disk && mount -t tmpfs -o size=6m none disk
            exec python3 "$1" "$0" "$PWD/disk" \(kind)
            """
        let result = try await runCommand(
            ["unshare", "--mount", "bash", "-c", script, launchpadExecutable, fixture("scarce.py")],
            in: directory.path)
        #expect(result.output == "ok\n", "\(result.error)")
        #expect(result.status == 0)
    }

    private func expectOK(_ broker: BrokerProcess) async throws {
        let result = try await runCommand([
            "python3", fixture("jetstream.py"), "nats://127.0.0.1:\(broker.clientPort)",
        ])
        #expect(result.error == "")
        #expect(result.output == "ok\n")
        #expect(result.status == 0)
    }

    private func fixture(_ name: String) throws -> String {
        try #require(Bundle.module.resourceURL).appendingPathComponent("Fixtures/broker/\(name)").path
    }
}
