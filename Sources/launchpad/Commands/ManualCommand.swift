import ArgumentParser
import Guides
import Proving

/// `launchpad manual`: the manual pages, made of what `--help` says.
struct ManualCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "manual",
        abstract: "Print the manual page of a command, or write all of them.",
        discussion: """
            To read one: launchpad manual check | man -l -

            Exit status: 0 printed or written, 3 a page cannot be written, 64 there is no such command, or wrong usage.
            """
    )

    @Argument(help: "The command; the page of launchpad itself by default.")
    var command: String?

    @Option(help: ArgumentHelp("Write every page into a folder, such as share/man/man1.", valueName: "dir"))
    var output: String?

    func run() throws {
        let pages = try ManualPage.all(version: LaunchpadCommand.configuration.version)
        if let output {
            do {
                for page in pages { try AtomicFile.write(Array(page.text.utf8), to: "\(output)/\(page.name).1") }
            } catch let error as CouldNotRun {
                writeStandardError("error: \(error)\n")
                throw ExitCode(3)
            }
            return
        }
        let name = command.map { "launchpad-\($0)" } ?? "launchpad"
        guard let page = pages.first(where: { $0.name == name }) else {
            let near = nearestName(to: name, among: pages.map(\.name)).map { "; did you mean \"\($0.dropFirst(10))\"?" }
            throw ValidationError("there is no command \"\(command ?? "")\"" + (near ?? ""))
        }
        print(page.text, terminator: "")
    }
}
