import ArgumentParser
import Guides
import Proving
import Publishing

/// `launchpad replay`: runs one published example again and compares.
struct ReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Run one published example again and compare it with its proof.",
        discussion: """
            Runs the block, and those that it needs, as launchpad check does, and compares what comes of it with the proof \
            in the published site, or in the last run where no site is built. The ledger stays as it is.

            Exit status: 0 it came to the same end, 1 it did not, 3 it could not be run, 64 wrong usage.
            """
    )

    @OptionGroup var options: ProjectOptions

    @Argument(help: ArgumentHelp("The block, as its proof names it.", valueName: "[guide#]block"))
    var block: String

    @Option(help: ArgumentHelp("Where the site lies; site/public in the project by default.", valueName: "dir"))
    var site: String?

    @Option(help: "What stands behind the commands: bundled, or nats-server for the real one on the path.")
    var engine: EngineChoice = .bundled

    func run() async throws {
        let loaded = try await CheckRun.load(options)
        let (published, source) = try published(loaded.project)
        let (guide, proof) = try find(in: published, loaded)
        guard let scenario = loaded.scenarios.first(where: { $0.guide.path == guide.path }),
            let check = scenario.checks.first(where: { $0.block.name == proof.name })
        else {
            throw ValidationError("\(guide.path) has no block \"\(proof.name)\" any more")
        }
        if check.contentHash != proof.contentHash {
            options.printError(
                "\(guide.path)#\(proof.name) has changed since it was published: this runs the block as it is now")
        }
        var arguments = try CheckArguments.parse(["--only", "\(scenario.guide.name)#\(proof.name)"])
        arguments.running.engine = engine
        let checker = try CheckRun.orExit(options) {
            try arguments.checker(for: loaded, force: true, observer: SilentObserver())
        }
        let (ledger, _) = try await CheckRun.run(checker, options)
        guard
            let again = ledger.guides.first(where: { $0.path == guide.path })?.blocks.first(where: {
                $0.name == proof.name
            })
        else {
            options.printError("\(guide.path)#\(proof.name) was not run")
            throw ExitCode(3)
        }
        printMessage(
            Replay(published: proof, again: again).text(
                name: "\(guide.path)#\(proof.name)", source: source, before: published.engine.version,
                now: ledger.engine.version, ranAt: guide.startedAt))
        guard again.state == proof.state else { throw ExitCode(again.state == .error ? 3 : 1) }
    }

    /// The proofs to compare with, and where they come from.
    private func published(_ project: Project) throws -> (Ledger, String) {
        let folder = site ?? project.root + "/site/public"
        if let bytes = try? FileBytes.read(folder + "/proofs.json"), let ledger = try? Ledger(json: bytes) {
            return (ledger, folder + "/proofs.json")
        }
        if site == nil, let ledger = LedgerFile(root: project.root).read() {
            return (ledger, ".launchpad/ledger.json")
        }
        options.printError(
            "\(folder)/proofs.json can't be read; run launchpad check and launchpad build, or give --site")
        throw ExitCode(3)
    }

    private func find(in ledger: Ledger, _ loaded: LoadedProject) throws -> (GuideProof, BlockProof) {
        let parts = block.split(separator: "#", maxSplits: 1).map(String.init)
        let wanted = parts.count > 1 ? loaded.guides.first { $0.name == parts[0] || $0.path == parts[0] }?.path : nil
        let found = ledger.guides.flatMap { guide in guide.blocks.map { (guide, $0) } }.filter { guide, proof in
            proof.name == parts.last && (parts.count == 1 || guide.path == wanted)
        }
        guard let first = found.first else {
            let known = ledger.guides.flatMap { guide in
                guide.blocks.map { block in
                    (loaded.guides.first { $0.path == guide.path }?.name ?? guide.path) + "#" + block.name
                }
            }
            throw ValidationError(
                "no proof is about \"\(block)\""
                    + (nearestName(to: block, among: known).map { "; did you mean \"\($0)\"?" } ?? ""))
        }
        if found.count > 1 {
            let names = found.map { "\($0.0.path)#\($0.1.name)" }.joined(separator: ", ")
            throw ValidationError("\"\(block)\" could be: \(names)")
        }
        return first
    }
}
