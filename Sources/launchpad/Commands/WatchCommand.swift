import ArgumentParser
import Guides

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// `launchpad watch`: tangles and proves while guides are written.
struct WatchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch",
        abstract: "Tangle and prove what an edit touches, as soon as it is saved.",
        discussion: """
            A changed block is run at once, with the blocks that it needs; then its guide is run as a whole, and the ledger is \
            brought up to date. A file that was edited by hand is left alone. launchpad serve does the same and shows the \
            site. Exit status: 0 ended by Ctrl-C, 3 there are no guides, 64 wrong usage.
            """
    )

    @OptionGroup var options: ProjectOptions
    @OptionGroup var running: RunningArguments

    @Option(help: "How long a command may take where its block says nothing: 500ms, 5s, 2m. 30s by default.")
    var timeout: TimeLimit?

    func run() async throws {
        let project = try options.openProject()
        if project.guidePaths().isEmpty {
            options.report(await project.loadGuides().diagnostics, root: project.root)
            throw ExitCode(3)
        }
        print("watching \(project.root) (Ctrl-C ends it)")
        fflush(nil)
        let loop = AuthoringLoop(root: project.root, options: options, running: running, timeout: timeout)
        await Interruption.wait(whileRunning: { await loop.run() })
    }
}
