import ArgumentParser

/// `launchpad`, the command that writers and CI call.
struct LaunchpadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "launchpad",
        abstract: "Keep operations docs true: tangle files out of guides, prove their commands, publish the proof.",
        version: "0.1.0",
        subcommands: [
            TangleCommand.self, CheckCommand.self, AcceptCommand.self, BuildCommand.self, ServeCommand.self,
            DoctorCommand.self,
            WorkbenchAgentCommand.self,
        ]
    )
}
