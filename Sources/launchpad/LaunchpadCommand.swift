import ArgumentParser
import Guides

/// `launchpad`, the command that writers and CI call.
struct LaunchpadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "launchpad",
        abstract: "Keep operations docs true: tangle files out of guides, prove their commands, publish the proof.",
        discussion: """
            A guide is a Markdown file in the docs folder of a project. To begin, run \
            launchpad init, then launchpad tangle, launchpad check and launchpad serve in the project's folder.

            launchpad nats-server … and launchpad nats … are the NATS server and command that guides are proven with.
            """,
        version: "0.1.0",
        subcommands: [
            InitCommand.self, TangleCommand.self, StitchCommand.self, CheckCommand.self, WhyCommand.self,
            AcceptCommand.self, WatchCommand.self, BuildCommand.self, ServeCommand.self, VerifyCommand.self,
            ReplayCommand.self, AdoptCommand.self, AuditCommand.self, CoverageCommand.self, LedgerCommand.self,
            LanguageServerCommand.self, DoctorCommand.self, CompletionsCommand.self, ManualCommand.self,
            WorkbenchAgentCommand.self,
        ]
    )

    /// The day on which this version was released, for its manual pages.
    static let released = "2026-11-29"

    /// Runs the command that `arguments` name. What goes wrong is told with the usage of that very command.
    static func start(_ arguments: [String]) async {
        if let word = arguments.first, !word.hasPrefix("-"), word != "help",
            !names(of: configuration.subcommands).contains(word)
        {
            let shown =
                names(of: configuration.subcommands.filter { $0.configuration.shouldDisplay }) + [
                    "nats-server", "nats",
                ]
            writeStandardError(
                "Error: there is no command \"\(word)\""
                    + (nearestName(to: word, among: shown).map { "; did you mean \"\($0)\"?" } ?? "")
                    + "\nThe commands are: \(shown.joined(separator: ", "))\n"
                    + "  See 'launchpad --help' for more information.\n"
            )
            exit(withError: ExitCode.validationFailure)
        }
        var command: any ParsableCommand
        do {
            command = try parseAsRoot(arguments)
        } catch {
            exit(withError: error)
        }
        do {
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch let error as ValidationError {
            let kind = type(of: command)
            writeStandardError(
                "Error: \(error.message)\nUsage: \(usageString(for: kind))\n"
                    + "  See 'launchpad \(kind.configuration.commandName ?? "") --help' for more information.\n"
            )
            exit(withError: ExitCode.validationFailure)
        } catch {
            exit(withError: error)
        }
    }

    private static func names(of commands: [any ParsableCommand.Type]) -> [String] {
        commands.compactMap { $0.configuration.commandName }
    }
}
