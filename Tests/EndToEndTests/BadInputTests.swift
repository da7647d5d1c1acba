import Foundation
import TestSupport
import Testing

/// Every folder in `Fixtures/bad` is a project that `launchpad tangle` refuses; beside it stands what it says: the exit
/// status, then standard error. `LAUNCHPAD_RECORD=1` writes the latter anew.
@Suite("What bad guides get")
struct BadInputTests {
    private static let folder = Bundle.module.resourcePath.map { $0 + "/Fixtures/bad" } ?? ""
    private static let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
        .filter { !$0.hasSuffix(".txt") }.sorted()

    @Test("there are fixtures to look at")
    func fixtures() {
        #expect(Self.names.count >= 13)
    }

    @Test("each mistake is told with its place, and nothing is touched", arguments: names)
    func refused(name: String) async throws {
        let project = try ProjectFixture(copying: "bad/\(name)")
        let before = try project.tree()
        let result = try await project.launchpad("tangle")
        let told = "\(result.status)\n\(result.error)"
        #expect(result.output == "")
        #expect(try project.tree() == before)
        if ProcessInfo.processInfo.environment["LAUNCHPAD_RECORD"] != nil {
            let source = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path
            try Data(told.utf8).write(to: URL(fileURLWithPath: "\(source)/Fixtures/bad/\(name).txt"))
        } else {
            let expected = try Data(contentsOf: URL(fileURLWithPath: "\(Self.folder)/\(name).txt"))
            #expect(told == String(decoding: expected, as: UTF8.self))
        }
    }

    @Test("a mistake keeps every command from doing anything", arguments: [("check", 3), ("accept", 3), ("build", 1)])
    func everyCommand(command: String, status: Int) async throws {
        let project = try ProjectFixture(copying: "bad/unclosed-fence")
        let before = try project.tree()
        let result = try await project.launchpad(command)
        #expect(result.status == Int32(status))
        #expect(result.error.contains("docs/a.md:3:1"))
        #expect(try project.tree() == before)
    }

    @Test("ten thousand nested lists and quotes neither crash anything nor take long")
    func nesting() async throws {
        let project = try ProjectFixture()
        let quotes = String(repeating: ">", count: 10_000)
        try project.directory.write("docs/quotes.md", "\(quotes) deep\n\(quotes) <!-- launchpad: tool=nats -->\n")
        try project.directory.write("docs/lists.md", String(repeating: "- ", count: 10_000) + "deep\n")
        try project.directory.write("docs/marks.md", String(repeating: "*a **b ", count: 10_000) + "\n")
        // Seconds of the processor's time, which do not depend on what else the machine does.
        for command in ["tangle", "build"] {
            let result = try await runCommand(
                ["bash", "-c", "ulimit -t 20; exec \"$0\" \(command)", launchpadExecutable], in: project.directory.path)
            #expect(result.status == 0, "\(command): \(result.error)")
        }
    }
}
