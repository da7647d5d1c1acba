import Foundation
import NATSClient
import NIOCore
import TestSupport
import Testing

/// Whether this machine has nats-py.
private let hasNATSPy: Bool = {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", "-c", "import nats.js"]
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
}()

@Suite("Buckets shared with nats-py", .enabled(if: hasNATSPy, "no nats-py"), .timeLimit(.minutes(3)))
struct PythonInteropTests {
    typealias Engine = JetStreamEngine

    private static let large: ByteBuffer = {
        var bytes = ByteBuffer()
        for number in 0..<300_000 {
            bytes.writeInteger(UInt8(number * 31 % 256))
        }
        return bytes
    }()

    private func python(_ mode: String, _ fixture: JetStreamFixture) async throws {
        let script = try #require(Bundle.module.path(forResource: "Fixtures/buckets", ofType: "py"))
        let url = "nats://127.0.0.1:\(fixture.server.port)"
        let result = try await runCommand(["python3", script, mode, url])
        #expect(result.status == 0, "\(result.error)")
    }

    @Test("hold for us what it wrote", arguments: Engine.available)
    func reading(engine: Engine) async throws {
        let fixture = try await JetStreamFixture(engine)
        try await python("write", fixture)
        let values = try await fixture.jetStream.keyValue("FROM_PY")
        #expect(try await values.get("line1.speed").text == "140")
        #expect(try await values.history("line1.speed").map(\.text) == ["120", "140"])
        #expect(try await values.keys() == ["line1.speed"])
        let gone = await #expect(throws: JetStreamError.self) { try await values.get("gone") }
        #expect(gone?.code == .keyDeleted)
        let objects = try await fixture.jetStream.objectStore("FROM_PY")
        let large = try await objects.get("large")
        #expect(try await large.collect() == Self.large)
        #expect(large.info.summary == "from Python")
        #expect(try await objects.get("file").collect() == ByteBuffer(string: "small"))
        #expect(try await objects.list().map(\.name) == ["file", "large"])
    }

    @Test("hold for it what we wrote", arguments: Engine.available)
    func writing(engine: Engine) async throws {
        let fixture = try await JetStreamFixture(engine)
        var configuration = KeyValueConfiguration(bucket: "FROM_SWIFT")
        configuration.history = 5
        let values = try await fixture.jetStream.createKeyValue(configuration)
        try await values.put("line1.speed", "120")
        try await values.put("line1.speed", "140")
        try await values.put("gone", "x")
        try await values.delete("gone")
        let objects = try await fixture.jetStream.createObjectStore(ObjectStoreConfiguration(bucket: "FROM_SWIFT"))
        try await objects.put(ObjectMetadata(name: "large", summary: "from Swift"), Self.large)
        let file = try await objects.put("file", ByteBuffer(string: "small"))
        try await objects.link("link", to: file)
        try await objects.put("deleted", ByteBuffer(string: "x"))
        try await objects.delete("deleted")
        try await python("read", fixture)
    }
}
