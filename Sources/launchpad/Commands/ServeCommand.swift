import ArgumentParser
import Guides
import Publishing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// `launchpad serve`: shows the site while it is written.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Show the site in a browser, and again after each change.",
        discussion: """
            The site is kept in memory. Pages that are open load again when a guide, a file, a proof or the theme changes. \
            What an edit touches is tangled and proven. Exit status: 0 ended by Ctrl-C, 3 the server cannot start, 64 wrong usage.
            """
    )

    @OptionGroup var options: ProjectOptions
    @OptionGroup var running: RunningArguments

    @Flag(inversion: .prefixedNo, help: "Tangle and prove what changes, as launchpad watch does.")
    var check = true

    @Option(help: "The port to listen on; 0 for any free one.")
    var port = 3000

    @Option(help: "The address to listen on.")
    var host = "127.0.0.1"

    @Flag(inversion: .prefixedNo, help: "Show drafts too.")
    var drafts = true

    func validate() throws {
        guard (0...65_535).contains(port) else {
            throw ValidationError("--port must be between 0 and 65535")
        }
    }

    func run() async throws {
        let project = try options.openProject()
        if project.guidePaths().isEmpty {
            options.report(await project.loadGuides().diagnostics, root: project.root)
            throw ExitCode(3)
        }
        let server = SiteServer()
        let bound: Int
        do {
            bound = try await server.start(host: host, port: port)
        } catch {
            options.printError("\(error)")
            throw ExitCode(3)
        }
        print("http://\(host.contains(":") ? "[\(host)]" : host):\(bound)/ (Ctrl-C ends it)")
        fflush(nil)
        let memories = ConfiguredMemory()
        let live = live(project, server, memories)
        let loop =
            check
            ? AuthoringLoop(root: project.root, options: options, running: running, memories: memories) : nil
        await Interruption.wait(whileRunning: {
            async let proving: Void? = loop?.run()
            await live.run()
            await proving
        })
        await server.stop()
    }

    private func live(_ project: Project, _ server: SiteServer, _ memories: ConfiguredMemory) -> LiveSite {
        let root = project.root
        let folders = [project.configuration.docs, project.configuration.ops, "site", ".launchpad"]
        let options = options
        var choices = SiteAssembly.Choices(includesDrafts: drafts)
        // Read once: what is being written is not committed yet.
        choices.dates = GitDates.read(root: root, folder: project.configuration.docs)
        let settled = choices
        return LiveSite(
            server: server,
            watcher: FileWatcher(
                folders: folders.map { "\(root)/\($0)" } + [root],
                ignored: ["\(root)/site/public", "\(root)/.git", "\(root)/.build"]
            ),
            preview: {
                guard let (project, memory) = memories.memory(at: root) else { return [] }
                return await memory.preview(of: project)
            },
            build: {
                // The configuration is read again too, since it may be what has changed.
                let (site, diagnostics): (SiteBuilder.Site?, [Diagnostic])
                do {
                    let project = try Project.open(root: root)
                    let memory = memories.memory(for: project.configuration)
                    await memory.noteStates(of: project.guidePaths(), in: root)
                    (site, diagnostics) = await SiteAssembly(project: project, choices: settled, memory: memory).build()
                } catch let error as DiagnosticsError {
                    (site, diagnostics) = (nil, error.diagnostics)
                } catch {
                    (site, diagnostics) = (
                        nil, [Diagnostic(code: "unreadable-project", "\(error)", file: "launchpad.yml")]
                    )
                }
                options.report(diagnostics, root: root)
                let text = diagnostics.isEmpty ? "" : DiagnosticRenderer(colored: false, root: root).render(diagnostics)
                return LiveSite.Outcome(files: site?.files, problems: text, later: site?.search)
            },
            report: { time in
                print("built in \(Readable.duration(milliseconds: time / .milliseconds(1)))")
                fflush(nil)
            }
        )
    }
}
