import Foundation
import Testing

/// Every case of `Fixtures/process` is run against the broker and against a real nats-server, each in a fresh process of its
/// own, and what clients, monitoring and the log show is compared. Without the real server the cases are skipped, never passed.
@Suite("Conformance of the whole process", .serialized)
struct ProcessConformanceTests {
    /// A case with what its file says about the server.
    struct Scenario: Sendable, CustomTestStringConvertible {
        var flags: [String]
        var config: String?
        var test: ConformanceFile.Case

        var testDescription: String { test.testDescription }
    }

    static let scenarios: [Scenario] = {
        guard let folder = Bundle.module.resourceURL?.appendingPathComponent("Fixtures/process"),
            let names = try? FileManager.default.contentsOfDirectory(atPath: folder.path)
        else { return [] }
        return names.filter { $0.hasSuffix(".txt") }.sorted().flatMap { name -> [Scenario] in
            guard let file = try? ConformanceFile(path: folder.appendingPathComponent(name).path) else { return [] }
            return file.cases.map { Scenario(flags: file.flags, config: file.config, test: $0) }
        }
    }()

    @Test("there are cases, and every file can be read")
    func thereAreCases() throws {
        #expect(Self.scenarios.count >= 70)
        let folder = try #require(Bundle.module.resourceURL).appendingPathComponent("Fixtures/process").path
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
            _ = try ConformanceFile(path: folder + "/" + name)
        }
    }

    @Test(
        "both servers show the same",
        .enabled(if: OracleServer.executable != nil, "no nats-server 2.15.1 on the path"),
        arguments: scenarios
    )
    func sameTranscripts(scenario: Scenario) async throws {
        var differences: [String] = []
        // When a timer rings or a notice arrives is left to the machine in both servers: a difference in behaviour comes again.
        for _ in 1...3 {
            do {
                differences = try await Self.differences(scenario)
            } catch let late as RawClient.TimedOut {
                differences = ["\(late)"]
            }
            if differences.isEmpty || scenario.test.reasonToDiffer != nil { break }
        }
        if let reason = scenario.test.reasonToDiffer {
            #expect(!differences.isEmpty, "\(scenario.test.testDescription) does not differ any more: \(reason)")
            return
        }
        #expect(differences.isEmpty, "\(scenario.test.testDescription): \(differences.joined(separator: "\n"))")
    }

    private static func differences(_ scenario: Scenario) async throws -> [String] {
        async let theirs = onThread { try Self.run(scenario, [OracleServer.executable ?? ""]) }
        async let ours = onThread { try Self.run(scenario, OracleServer.ours) }
        let (expected, actual) = try await (theirs, ours)
        #expect(!expected.isEmpty)
        return expected.keys.sorted().compactMap { part in
            let difference = lineDifference(from: expected[part] ?? "", to: actual[part] ?? "")
            return difference.isEmpty ? nil : "\(part)\n\(difference)"
        }
    }

    private static func run(_ scenario: Scenario, _ command: [String]) throws -> [String: String] {
        let server = try OracleServer(command, flags: scenario.flags, config: scenario.config)
        return try Transcript.run(scenario.test, port: server.port, httpPort: server.httpPort, server: server)
    }
}

/// The lines in which two texts differ, those of the first marked `-` and those of the second `+`; empty for equal ones.
func lineDifference(from expected: String, to actual: String) -> String {
    let lines = { (text: String) in text.components(separatedBy: "\n") }
    return lines(actual).difference(from: lines(expected)).map { change in
        switch change {
        case .remove(let offset, let line, _): "- \(offset): \(line)"
        case .insert(let offset, let line, _): "+ \(offset): \(line)"
        }
    }.joined(separator: "\n")
}
