import Foundation
import Guides
import Proving
import Tangling
import TestSupport
import Testing

@Suite("Check scripts")
struct CheckScriptTests {
    /// A project with the guide `name`, its files and its script.
    private struct Project {
        let directory: TemporaryDirectory
        let script: String

        init(
            _ name: String, in subfolder: String = "checkscripts", replacing port: String? = nil, mark: String = "600"
        ) throws {
            directory = try TemporaryDirectory()
            let folder = try #require(Bundle.module.url(forResource: "Fixtures", withExtension: nil))
            let page = folder.appendingPathComponent("\(subfolder)/\(name).md")
            var text = try String(contentsOf: page, encoding: .utf8)
            if let port { text = text.replacing("PORT", with: port) }
            text = text.replacing("MARK", with: mark)
            let (guide, problems) = GuideParser.parse(path: "docs/\(name).md", name: name, bytes: Array(text.utf8))
            #expect(problems == [])
            let (scenario, diagnostics) = Scenario.make(from: try #require(guide))
            #expect(diagnostics == [])
            for block in scenario.guide.blocks {
                if let file = block.attributes["file"] { try directory.write(file, block.text) }
            }
            let file = try #require(CheckScript.file(for: scenario))
            #expect(file.path == "ops/checks/\(name).sh")
            #expect(file.mode == 0o755)
            script = try directory.write(file.path, String(decoding: file.contents, as: UTF8.self))
        }

        func run(_ arguments: [String] = []) async throws -> CommandResult {
            try await runCommand(["bash", script] + arguments, in: "/", environment: ["TMPDIR": directory.path])
        }

        /// What the script left in its folder for temporary files.
        func leftovers() throws -> [String] {
            try FileManager.default.contentsOfDirectory(atPath: directory.path).filter { $0.hasPrefix("tmp.") }
        }
    }

    private func fixture(_ name: String) throws -> String {
        let folder = try #require(Bundle.module.url(forResource: "Fixtures", withExtension: nil))
        return try String(contentsOf: folder.appendingPathComponent("checkscripts/\(name)"), encoding: .utf8)
    }

    @Test("a script runs what the guide says and finds it true")
    func passing() async throws {
        let project = try Project("passing")
        let result = try await project.run()
        #expect(result.output == (try fixture("passing.tap")))
        #expect(result.error == "")
        #expect(result.status == 0)
        #expect(try project.leftovers() == [])
    }

    @Test(
        "what a guide's terminal says, a script's terminal says, too",
        arguments: [
            "background", "constructs", "exit", "messages", "overridden", "placeholders", "scripts", "sessions",
        ])
    func agreement(name: String) async throws {
        let project = try Project(name, in: "workbench/passing")
        let result = try await project.run(["--serve"])
        #expect(result.status == 0, "\(result.output.suffix(4000))\(result.error)")
        #expect(result.error == "")
        #expect(try project.leftovers() == [])
    }

    @Test("a script tells what differs, and fails")
    func failing() async throws {
        let project = try Project("failing")
        let result = try await project.run()
        #expect(result.output == (try fixture("failing.tap")))
        #expect(result.status == 1)
        #expect(try project.leftovers() == [])
    }

    @Test("floods, deaf commands, lost shells and daemons fail or are ended, each with a line, and nothing is left")
    func hostile() async throws {
        let mark = String(Int.random(in: 10_000_000...99_999_999))
        let project = try Project("hostile", mark: mark)
        let result = try await project.run()
        let lines = result.output.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        #expect(lines.prefix(2) == ["TAP version 13", "1..12"])
        let points = lines.dropFirst(2).filter { !$0.isEmpty && !$0.hasPrefix("#") }
        #expect(points.map { $0 + "\n" }.joined() == (try fixture("hostile.tap")), "\(result.error)")
        for reason in [
            "# printed more than 64 MiB and was ended",
            "# printed 3000001 bytes, more than the 1048576 that can be compared",
            "# no end after 0.300 s",
            "# exit status 137, expected 0",
            "# docs/hostile.md:34: ended what it left running: sleep",
            "# $.a.b[2].c: expected 3, got 4",
        ] {
            #expect(lines.contains(reason), "\(reason) in \(result.output.prefix(4000))")
        }
        #expect(result.output.contains("#   45:  a\n#   46: -b\n#   47:  [..]1\n#   +c\n"))
        #expect(result.output.contains("#   52:  x\n#   53: -w\n#   +y\n#   54:  z\n"))
        #expect(result.error == "")
        #expect(result.status == 1)
        #expect(result.output.utf8.count < 100_000)
        #expect(try project.leftovers() == [])
        #expect(try Processes.running(with: mark).isEmpty)
    }

    @Test("a script that is interrupted says so, as TAP has it, and leaves nothing")
    func interrupted() async throws {
        let mark = String(Int.random(in: 10_000_000...99_999_999))
        let project = try Project("patient", mark: mark)
        let result = try await runCommand(
            ["bash", project.script], in: "/", environment: ["TMPDIR": project.directory.path]
        ) { process in
            try? await waitUntil { try Processes.running(with: "sleep \(mark)").count >= 2 }
            kill(process, SIGTERM)
        }
        #expect(result.status == 143)
        #expect(result.output.contains("\nBail out! "))
        #expect(try project.leftovers() == [])
        #expect(try Processes.running(with: mark).isEmpty)
    }

    @Test("a server of the guide is expected to be up, unless --serve starts it; a listener is always started")
    func serving() async throws {
        let port = String(Int.random(in: 20_000...30_000))
        let project = try Project("serving", replacing: port)
        let result = try await project.run(["--serve"])
        let points = result.output.split(separator: "\n").filter { !$0.hasPrefix("#") }
        #expect(
            points == [
                "TAP version 13", "1..5",
                "ok 1 - docs/serving.md:15 use",
                "ok 2 - docs/serving.md:25 publish",
                "not ok 3 - docs/serving.md:29 broken",
                "ok 4 - docs/serving.md:3 server",
                "ok 5 - docs/serving.md:19 listener",
            ]
        )
        #expect(result.output.contains("# it ended before it was ready\n"))
        #expect(result.status == 1)
        #expect(try project.leftovers() == [])
        let without = try await project.run(["--only", "server"])
        #expect(
            without.output == """
                TAP version 13
                1..1
                ok 1 - docs/serving.md:3 server # SKIP the environment is expected to be up; --serve starts this

                """
        )
        #expect(without.status == 0)
    }

    @Test("--only runs a block and what it needs")
    func only() async throws {
        let result = try await Project("passing").run(["--only", "state-used", "--only=hello"])
        #expect(result.output.contains("1..3\n"))
        #expect(result.output.contains("ok 3 - docs/passing.md:23 state-used\n"))
        #expect(result.status == 0)
    }

    @Test("options are explained, and unknown ones refused")
    func options() async throws {
        let project = try Project("failing")
        let list = try await project.run(["--list"])
        #expect(list.output.hasPrefix("docs/failing.md:3 status\ndocs/failing.md:9 output\n"))
        #expect(list.status == 0)
        let help = try await project.run(["--help"])
        #expect(help.output.contains("Usage: failing.sh [--only NAME]"))
        #expect(help.status == 0)
        let unknown = try await project.run(["--frobnicate"])
        #expect(unknown.status == 64)
        #expect(unknown.error == "failing.sh: unknown option \"--frobnicate\"; --help tells the options\n")
        let nobody = try await project.run(["--only", "nobody"])
        #expect(nobody.status == 64)
    }

    @Test("a script is clean for shellcheck", .enabled(if: CheckScriptTests.hasShellcheck))
    func shellcheck() async throws {
        for name in ["passing", "failing", "serving", "hostile"] {
            let project = try Project(name, replacing: "4222")
            let result = try await runCommand(["shellcheck", "-s", "bash", project.script])
            #expect(result.output == "")
            #expect(result.status == 0)
        }
    }

    private static var hasShellcheck: Bool {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        return path.split(separator: ":").contains { FileManager.default.isExecutableFile(atPath: "\($0)/shellcheck") }
    }

    @Test("every line of a script is known to come from its block")
    func parts() throws {
        var builder = GuideBuilder()
        builder.fence("console name=it's", "$ echo 'END'\nEND\n")
        builder.fence("text", "shown\n")
        let (scenario, _) = Scenario.make(from: builder.guide("deep/er"))
        let file = try #require(CheckScript.file(for: scenario))
        #expect(file.path == "ops/checks/deep/er.sh")
        #expect(file.parts.count == 1)
        let part = try #require(file.parts.first)
        let lines = String(decoding: file.contents, as: UTF8.self).split(
            separator: "\n", omittingEmptySubsequences: false)
        #expect(
            Array(lines[(part.fileLines.lowerBound - 1)..<(part.fileLines.upperBound - 1)]) == [
                "block 'it'\\''s' 1", "typed 0 2 <<'END'", "echo 'END'", "END", "prints exact 3 <<'END_2'", "END",
                "END_2",
                "",
            ]
        )
        #expect(lines.contains("root=$(cd \"$(dirname \"${BASH_SOURCE[0]}\")/../../..\" && pwd)"))
    }

    @Test("a guide without checks has no script")
    func none() {
        #expect(CheckScript.file(for: Scenario(guide: GuideBuilder().guide(), checks: [])) == nil)
    }
}
