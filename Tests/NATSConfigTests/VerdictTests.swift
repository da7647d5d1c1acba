import Foundation
import TestSupport
import Testing

@testable import NATSConfig

/// One configuration file of `Fixtures/cases` with what nats-server says about it.
struct VerdictCase: Sendable, CustomTestStringConvertible {
    let name: String

    var testDescription: String { name }

    static let all: [VerdictCase] = {
        let names = try? FileManager.default.contentsOfDirectory(atPath: fixture("cases"))
        return (names ?? []).filter { $0.hasSuffix(".conf") }.sorted().map { VerdictCase(name: String($0.dropLast(5))) }
    }()

    /// nats-server's verdict as recorded, a line each.
    func recorded() throws -> [String] {
        try lines(atPath: fixture("cases/\(name).verdict"))
    }

    /// Our verdict in the same form.
    func ours() throws -> [String] {
        let file = "\(name).conf"
        let verdict: String
        do {
            let loaded = try ServerOptions.load(file, from: Self.source, missing: [])
            if loaded.warnings.isEmpty {
                verdict = "configuration file \(file) is valid (\(loaded.digest))"
            } else {
                verdict = loaded.warnings.map(\.description).joined(separator: "\n")
            }
        } catch {
            verdict = error.description
        }
        return verdict.split(separator: "\n").map(String.init).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// Reads the cases' folder as if it were the working directory.
    static let source: ConfigSource = {
        let system = ConfigSource.system
        let root = fixture("cases") + "/"
        return ConfigSource(variable: { environment[$0] }) { path throws(ConfigSource.Unreadable) in
            do throws(ConfigSource.Unreadable) {
                return try system.read(root + path)
            } catch {
                throw ConfigSource.Unreadable(error.message.replacingOccurrences(of: root, with: ""))
            }
        }
    }()

    /// The variables of `Fixtures/environment`, which the recording script sets too.
    static let environment: [String: String] = {
        let text = (try? String(contentsOfFile: fixture("environment"), encoding: .utf8)) ?? ""
        var variables: [String: String] = [:]
        for line in text.split(separator: "\n") {
            let parts = line.dropFirst("export ".count).split(separator: "=", maxSplits: 1)
            variables[String(parts[0])] = parts.count > 1 ? parts[1].trimmingCharacters(in: ["'"]) : ""
        }
        return variables
    }()

    func lines(atPath path: String) throws -> [String] {
        String(decoding: try Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self)
            .split(separator: "\n").map(String.init)
            // A failed cast makes the Go runtime fail once more further on; that second failure is no message of its own.
            .filter { !$0.hasSuffix("runtime error: invalid memory address or nil pointer dereference") }
    }
}

/// The path of a file in this target's `Fixtures`.
func fixture(_ name: String) -> String {
    (Bundle.module.resourcePath ?? "") + "/Fixtures/" + name
}

/// Whether a nats-server of the version that the verdicts were recorded with is on `PATH`.
private let oracleIsPresent: Bool = {
    let paths = ProcessInfo.processInfo.environment["PATH"]?.split(separator: ":") ?? []
    return paths.contains { FileManager.default.isExecutableFile(atPath: "\($0)/nats-server") }
}()

@Suite("Verdicts on configuration files")
struct VerdictTests {
    @Test("there are enough cases to mean something")
    func manyCases() {
        #expect(VerdictCase.all.count > 300)
    }

    @Test("we say what nats-server says", arguments: VerdictCase.all)
    func sameVerdict(_ verdict: VerdictCase) throws {
        let ours = try verdict.ours().joined(separator: "\n")
        let recorded = try verdict.recorded().joined(separator: "\n")
        #expect(ours == recorded)
    }

    @Test(
        "what is recorded is what nats-server says today",
        .enabled(if: oracleIsPresent, "nats-server is not on PATH, so the recorded verdicts stand unchecked")
    )
    func recordIsCurrent() async throws {
        let version = try await runCommand(["nats-server", "--version"])
        try #require(version.output.contains("v2.15.1"), "the verdicts are those of nats-server 2.15.1")
        let folder = try TemporaryDirectory()
        let result = try await runCommand(["bash", fixture("record"), folder.path], deadline: .seconds(300))
        #expect(result.status == 0, "\(result.error)")
        for verdict in VerdictCase.all {
            let fresh = try verdict.lines(atPath: "\(folder.path)/\(verdict.name).verdict")
            let recorded = try verdict.recorded()
            #expect(fresh == recorded, "\(verdict.name)")
        }
    }
}
