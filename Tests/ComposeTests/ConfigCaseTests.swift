import Foundation
import Guides
import TestSupport
import Testing

@testable import Compose

/// What Docker Compose makes of each file in `Fixtures/cases`: its canonical form, or "refused".
@Suite("Reading what Docker Compose reads")
struct ConfigCaseTests {
    static let names: [String] = {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: fixture("cases"))) ?? []
        return files.filter { $0.hasSuffix(".yml") }.map { String($0.dropLast(4)) }.sorted()
    }()

    /// The project of the file itself, where it has a name.
    private static func arguments(_ name: String) -> [String] {
        (name == "name" ? [] : ["-p", "cases"]) + ["-f", "\(name).yml"]
    }

    private func expected(_ name: String) throws -> String {
        let folder = try fixture("cases")
        return try String(contentsOfFile: "\(folder)/\(name).expected", encoding: .utf8)
            .replacingOccurrences(of: "{directory}", with: folder)
    }

    @Test("A file is read as Docker Compose 5.6.1 reads it, or refused as there", arguments: names)
    func own(name: String) throws {
        var loader = try loader("cases", environment: ["HOME": "/nobody"])
        loader.files = ["\(name).yml"]
        if name != "name" { loader.projectName = "cases" }
        let shown: String
        do {
            let project = try loader.load().project
            shown = project.config(services: project.services.filter(\.profiles.isEmpty)).yaml()
        } catch is DiagnosticsError {
            shown = "refused\n"
        }
        #expect(shown == (try expected(name)))
    }

    @Test("There are enough of them")
    func count() {
        #expect(Self.names.count > 45)
    }

    /// The program, which needs no engine to read files.
    static let compose: String? = {
        let installed = URL(filePath: #filePath).appending(path: "../../../.build-tools/engines/bin/docker-compose")
            .standardized.path
        return FileManager.default.isExecutableFile(atPath: installed) ? installed : nil
    }()

    @Test(
        "What is said here of Docker Compose is what it does",
        .enabled(if: compose != nil, "Docker Compose 5.6.1 is not installed: Scripts/install-dependencies.sh engines"),
        arguments: names)
    func real(name: String) async throws {
        let result = try await runCommand(
            ["env", "-i", "HOME=/nobody", "PATH=/usr/bin:/bin", try #require(Self.compose)] + Self.arguments(name)
                + ["config"], in: try fixture("cases"))
        let shown = result.status == 0 ? result.output : "refused\n"
        #expect((shown.hasSuffix("\n") ? shown : shown + "\n") == (try expected(name)), "\(result.error)")
    }

    @Test(
        "Docker Compose reads the compose file of this project's own guide",
        .enabled(if: compose != nil, "Docker Compose 5.6.1 is not installed: Scripts/install-dependencies.sh engines"))
    func ops() async throws {
        let folder = URL(filePath: #filePath).appending(path: "../../../ops").standardized.path
        let result = try await runCommand([try #require(Self.compose), "config", "--quiet"], in: folder)
        #expect(result.status == 0, "\(result.error)")
    }
}
