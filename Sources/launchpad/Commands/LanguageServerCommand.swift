import ArgumentParser
import Guides
import LanguageServer
import Proving
import Publishing
import Synchronization
import Tangling

/// `launchpad lsp`: serves an editor over standard input and output.
struct LanguageServerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lsp",
        abstract: "Serve an editor: diagnostics, proofs, definitions, completion and running of blocks.",
        discussion: """
            Speaks the Language Server Protocol 3.17 over standard input and output; editors start it. The project is that of \
            the folder that the editor has open.

            Exit status: 0 the editor ended the session, 1 it went away without doing so, 3 what came was not the protocol.
            """
    )

    @Flag(help: "Does nothing: editors that can speak in other ways say it.")
    var stdio = false

    func run() async throws {
        let server = LanguageServer(
            version: LaunchpadCommand.configuration.version,
            services: LanguageServer.Services(findBrokenLinks: EditorServices.findBrokenLinks, run: EditorServices.run)
        ) { message in
            StandardOutputSink().write(MessageReader.framed(message))
        }
        let inbox = EditorInbox()
        for await next in inbox.messages() {
            switch next {
            case .success(let bytes):
                if let status = await server.handle(bytes, isLast: inbox.takeOne() == 0) { throw ExitCode(status) }
            case .failure(let error):
                writeStandardError("error: \(error)\n")
                throw ExitCode(3)
            }
        }
        throw ExitCode(1)
    }
}

/// What the language server has others do.
enum EditorServices {
    /// What building the site of these guides complains of: links, anchors and images that lead nowhere.
    static func findBrokenLinks(
        _ project: Project, _ guides: [Guide], _ scenarios: [Scenario], _ plan: TanglePlan
    ) async -> [Diagnostic] {
        guard let theme = try? Theme.load(root: project.root) else { return [] }
        let assembly = SiteAssembly(project: project, choices: SiteAssembly.Choices(includesDrafts: true))
        let entries = zip(guides, scenarios).map { guide, scenario in
            SiteSource.Entry(guide: guide, markup: guide.markup().markup, scenario: scenario, filesHash: nil)
        }
        let source = SiteSource(
            entries: entries, plan: plan, ledger: nil, ledgerDocument: [],
            tool: Ledger.Tool(name: "launchpad", version: LaunchpadCommand.configuration.version),
            files: DiskFiles(root: project.root), configuration: assembly.configuration)
        return await SiteBuilder(source, theme: theme).build().diagnostics
    }

    /// Runs one block, what it needs and the services before it, with the bundled engine.
    static func run(
        _ project: Project, _ block: String, _ scenario: Scenario, _ guides: [Guide], _ plan: TanglePlan
    ) async throws -> GuideProof {
        let bench = try TrialBench(
            project: project, engine: .bundled, isolation: .detect(),
            files: GuideFiles(guides: guides, plan: plan).of(scenario.guide))
        let checker = bench.checker(
            [scenario], guides: guides, plan: plan, timeout: nil, only: [block], observer: SilentObserver())
        let ledger = try await withTaskCancellationHandler {
            try await checker.run()
        } onCancel: {
            checker.cancel()
        }
        guard let proof = ledger.guides.first else { throw CouldNotRun("\(scenario.guide.path) was not run") }
        return proof
    }
}
