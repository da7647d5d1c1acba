import Foundation
import Guides
import Testing

@testable import Compose

@Suite("Reading compose files")
struct ConfigTests {
    @Test("The canonical form is what Docker Compose 5.6.1 prints for the same file")
    func canonical() throws {
        var loader = try loader("config")
        loader.projectName = "cfg"
        loader.environmentFiles = ["project.env"]
        let (project, warnings) = try loader.load()
        let expected = try String(contentsOfFile: try fixture("config") + "/canonical.yml", encoding: .utf8)
        let shown = project.config(services: project.services).yaml()
        #expect(shown == expected.replacingOccurrences(of: "{directory}", with: try fixture("config")))
        #expect(warnings.isEmpty)
    }

    @Test("What is printed can be read again and is printed the same")
    func again() throws {
        var loader = try loader("config")
        loader.projectName = "cfg"
        loader.environmentFiles = ["project.env"]
        let once = try loader.load().project
        let text = once.config(services: once.services).yaml()
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).yml")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data(text.utf8).write(to: file)
        loader.files = [file.path]
        loader.projectDirectory = try fixture("config")
        let twice = try loader.load().project
        #expect(twice.config(services: twice.services).yaml() == text)
    }

    @Test("Everything that is wrong is told in one go, with its place and what would be valid")
    func bad() throws {
        let error = #expect(throws: DiagnosticsError.self) { try loader("bad").load() }
        let directory = try fixture("bad")
        let shown = DiagnosticRenderer(colored: false) { path in
            (try? FileBytes.read(path)).map { SourceText($0) }
        }.render(error?.diagnostics ?? []).replacingOccurrences(of: directory + "/", with: "")
        let file = directory + "/expected.txt"
        if ProcessInfo.processInfo.environment["LAUNCHPAD_RECORD"] != nil {
            let source = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            try Data(shown.utf8).write(to: source.appendingPathComponent("Fixtures/bad/expected.txt"))
        }
        #expect(shown == (try String(contentsOfFile: file, encoding: .utf8)))
    }

    @Test("A file laid over another one replaces texts, joins mappings and lists, and takes the place of a mount")
    func overlay() throws {
        var loader = try loader("overlay")
        loader.files = ["compose.yml", "compose.more.yml"]
        let project = try loader.load().project
        let service = try #require(project.service("nats"))
        #expect(service.image == "nats:2.15")
        #expect(service.environment == ["A": "1", "B": "two", "C": "3"])
        #expect(service.ports.map(\.target) == [4222, 8222])
        #expect(service.command == ["-m", "8222"])
        #expect(service.mounts.map(\.source) == ["other"])
    }

    @Test("A file by its usual name is found from a folder below, with its override")
    func search() throws {
        var loader = try loader("overlay")
        loader.workingDirectory += "/below"
        let project = try loader.load().project
        #expect(project.files.map { $0.split(separator: "/").last } == ["compose.yml", "compose.override.yml"])
        #expect(project.service("nats")?.image == "nats:overridden")
        #expect(project.name == "overlay")
    }
}
