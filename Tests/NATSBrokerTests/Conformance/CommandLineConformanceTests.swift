import Foundation
import TestSupport
import Testing

/// Every command line of `Fixtures/commandlines` is given to the broker and to a real nats-server, and how they end and what
/// they print is compared. Without the real server they are skipped, never passed.
@Suite("Conformance of command lines")
struct CommandLineConformanceTests {
    static let folder = Bundle.module.resourceURL?.appendingPathComponent("Fixtures/commandlines").path ?? ""

    static let lines: [String] = {
        let text = (try? String(contentsOfFile: folder + "/lines.txt", encoding: .utf8)) ?? ""
        return text.components(separatedBy: "\n").filter { !$0.isEmpty && !$0.hasPrefix("#") }
    }()

    @Test("there are command lines")
    func thereAreLines() {
        #expect(Self.lines.count >= 60)
    }

    @Test(
        "both servers end with the same status and the same words",
        .enabled(if: OracleServer.executable != nil, "no nats-server 2.15.1 on the path"),
        arguments: lines
    )
    func sameEnd(line: String) async throws {
        let expected = try await Self.run([OracleServer.executable ?? ""], line)
        let actual = try await Self.run(OracleServer.ours, line)
        #expect(actual == expected, "\(line)")
    }

    private static func run(_ command: [String], _ line: String) async throws -> String {
        let directory = try TemporaryDirectory()
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) where name.hasSuffix(".conf") {
            try FileManager.default.copyItem(atPath: "\(folder)/\(name)", toPath: "\(directory.path)/\(name)")
        }
        let words = line.split(separator: " ").map { String($0).replacing("<folder>", with: directory.path) }
        let result = try await runCommand(command + words, in: directory.path, deadline: .seconds(20))
        let text = "status \(result.status)\n" + [result.output, result.error].map(masked).joined(separator: "\n--\n")
        return text.replacingOccurrences(of: directory.path, with: "<folder>")
            .replacingOccurrences(of: command[0], with: "nats-server")
    }

    /// Without what each server says about itself, and without process and time.
    private static func masked(_ text: String) -> String {
        let plain = Mask.log(text).replacingOccurrences(
            of: #"(?m)^\d{4}/\d\d/\d\d \d\d:\d\d:\d\d "#, with: "<time> ", options: .regularExpression)
        let own = ["  Launchpad: ", "  Git: ", "  Name: ", "  ID: "]
        return plain.components(separatedBy: "\n").filter { line in !own.contains { line.contains($0) } }
            .joined(separator: "\n")
    }
}
