import Foundation
import TestSupport
import Testing

@Suite("launchpad's command line")
struct CommandLineTests {
    private static let commands = ["tangle", "check", "accept", "build", "serve", "doctor"]

    private func launchpad(_ arguments: String..., in folder: TemporaryDirectory) async throws -> CommandResult {
        try await runCommand([launchpadExecutable] + arguments, in: folder.path)
    }

    @Test("the version is one line")
    func version() async throws {
        let result = try await launchpad("--version", in: TemporaryDirectory())
        #expect(result.status == 0)
        #expect(result.output.wholeMatch(of: /[0-9]+\.[0-9]+\.[0-9]+\n/) != nil)
    }

    @Test("without arguments the commands are listed, with what to do first")
    func overview() async throws {
        let result = try await launchpad(in: TemporaryDirectory())
        #expect(result.status == 0)
        for command in Self.commands { #expect(result.output.contains("\n  \(command) ")) }
        #expect(result.output.contains("To begin"))
    }

    @Test("every command tells its usage and its exit statuses", arguments: commands + ["verify", "replay"])
    func help(command: String) async throws {
        let folder = try TemporaryDirectory()
        let result = try await launchpad(command, "--help", in: folder)
        #expect(result.status == 0)
        #expect(result.output.contains("USAGE: launchpad \(command)"))
        #expect(result.output.contains("Exit status: 0"))
        #expect(try await launchpad("help", command, in: folder).output == result.output)
    }

    @Test("a command that is not there is answered with the nearest one")
    func unknownCommand() async throws {
        let result = try await launchpad("tangel", in: TemporaryDirectory())
        #expect(result.status == 64)
        #expect(result.error.contains("there is no command \"tangel\"; did you mean \"tangle\"?"))
        #expect(result.error.contains("The commands are: init, tangle, stitch, check, "))
    }

    @Test("wrong usage that shows only while a command runs is told with that command's usage")
    func usageWhileRunning() async throws {
        let project = try ProjectFixture()
        let result = try await project.launchpad("check", "docs/shpo.md")
        #expect(result.status == 64)
        #expect(result.error.contains("did you mean \"docs/shop.md\"?"))
        #expect(result.error.contains("Usage: launchpad check ["))
        #expect(result.error.contains("launchpad check --help"))
    }

    @Test("a root that is no folder is wrong usage, and is not made", arguments: commands.dropLast())
    func missingRoot(command: String) async throws {
        let folder = try TemporaryDirectory()
        let result = try await launchpad(command, "--root", "nowhere", in: folder)
        #expect(result.status == 64)
        #expect(result.error.contains("\(folder.path)/nowhere is not a folder"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    }

    @Test("no project, no docs and no guide are errors that say what to do", arguments: commands.dropLast())
    func nothingToDo(command: String) async throws {
        let folder = try TemporaryDirectory()
        let nowhere = try await launchpad(command, in: folder)
        #expect(nowhere.status == 3)
        #expect(nowhere.error.contains("a project has a launchpad.yml or a docs folder at its root"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)

        let noFolder = try await launchpad(command, "--root", ".", in: folder)
        #expect(noFolder.status == 3)
        #expect(noFolder.error.contains("there is no folder docs"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)

        try folder.write("docs/notes.txt", "no guide\n")
        let noGuide = try await launchpad(command, in: folder)
        #expect(noGuide.status == 3)
        #expect(noGuide.error.contains("there is no guide in this folder"))
        #expect(noGuide.error.contains("docs/index.md"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["docs"])
    }

    #if os(Linux)
    /// Runs `launchpad tangle` on a terminal of 40 columns.
    private func onTerminal(_ environment: [String: String] = [:]) async throws -> [String] {
        let project = try ProjectFixture(copying: "bad/unknown-attribute")
        let result = try await runCommand(
            ["script", "-qec", "stty cols 40; '\(launchpadExecutable)' tangle", "/dev/null"],
            in: project.directory.path, environment: ["TERM": "xterm", "NO_COLOR": ""].merging(environment) { $1 }
        )
        #expect(result.status == 1)
        return result.output.replacingOccurrences(of: "\r\n", with: "\n").components(separatedBy: "\n")
    }

    @Test("on a narrow terminal messages are wrapped between words, and marks stay under what they mean")
    func narrow() async throws {
        let lines = try await onTerminal(["NO_COLOR": "1"])
        #expect(lines.allSatisfy { $0.count <= 40 }, "\(lines.filter { $0.count > 40 })")
        #expect(lines.contains("3 | ```conf file=ops/shop.conf prat=lim…"))
        #expect(lines.contains("  |                            ^^^^"))
        #expect(lines.contains("  = help: did you mean \"part\"? valid"))
    }

    @Test("colours show on a terminal, unless NO_COLOR is set, and nowhere else")
    func colours() async throws {
        #expect(try await onTerminal().joined().contains("\u{1B}["))
        #expect(!(try await onTerminal(["NO_COLOR": "1"]).joined().contains("\u{1B}")))
        #expect(!(try await onTerminal(["TERM": "dumb"]).joined().contains("\u{1B}")))
        let piped = try await ProjectFixture(copying: "bad/unknown-attribute").launchpad("tangle")
        #expect(!piped.error.contains("\u{1B}"))
    }
    #endif
}
