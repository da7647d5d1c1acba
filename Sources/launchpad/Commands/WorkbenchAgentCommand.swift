import ArgumentParser
import Proving

/// `launchpad workbench-agent`: what `launchpad check` starts inside a workbench. Of no use to people.
struct WorkbenchAgentCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "workbench-agent",
        abstract: "Serve the sessions of one guide (started by launchpad check).",
        shouldDisplay: false
    )

    @Argument(help: "Absolute path of bash.")
    var shell: String

    @Argument(help: "A directory of the agent's own.")
    var directory: String

    func run() throws {
        throw ExitCode(Agent.main(shell: shell, directory: directory))
    }
}
