import ArgumentParser
import Guides
import Proving

/// `launchpad ledger`: works with what former runs found out, without running anything.
struct LedgerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ledger",
        abstract: "Tell, merge and compare what former runs of launchpad check found out.",
        subcommands: [LedgerReportCommand.self, LedgerMergeCommand.self, LedgerDiffCommand.self]
    )
}

/// `launchpad ledger report`: tells a run again, in any format.
struct LedgerReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Tell what a run found out once more, in another format.",
        discussion: """
            Nothing is run. So one launchpad check serves a CI server, code scanning and people alike.

            Exit status: 0 told, whatever was found out, 3 the ledger cannot be read, 64 wrong usage.
            """
    )

    @OptionGroup var options: ProjectOptions

    @Argument(help: "The ledger; .launchpad/ledger.json of the project by default.")
    var ledger: String?

    @Option(help: "How to tell it: pretty, json, junit, github, tap, sarif or summary (Markdown).")
    var format: ReportFormat = .pretty

    @Option(help: ArgumentHelp("Write the report to a file.", valueName: "file"))
    var output: String?

    func run() throws {
        let ledger = try LedgerInput.read(ledger, options)
        let report = CollectingSink()
        let traits =
            output == nil
            ? StandardOutputSink.traits(usesColor: options.isColored())
            : TerminalTraits(isTerminal: false, usesColor: false)
        let observer = format.observer(
            writingTo: report,
            terminal: TerminalTraits(isTerminal: false, width: traits.width, usesColor: traits.usesColor)
        )
        for event in ledger.events { observer.receive(event) }
        try LedgerInput.write(report.text, to: output, options)
    }
}

/// `launchpad ledger merge`: makes one ledger of those of several machines.
struct LedgerMergeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merge",
        abstract: "Make one ledger of those of several machines (launchpad check --shard).",
        discussion: """
            Every part must be there, and all of one version, engine and isolation: a whole is proven only by all its parts.

            Exit status: 0 merged, 1 the ledgers are not parts of one whole, 3 one cannot be read, 64 wrong usage.
            """
    )

    @OptionGroup var options: ProjectOptions

    @Argument(help: "The ledgers of all parts.")
    var ledgers: [String]

    @Option(help: ArgumentHelp("Write the ledger to a file, such as .launchpad/ledger.json.", valueName: "file"))
    var output: String?

    func run() throws {
        let parts = try ledgers.map { (name: $0, ledger: try LedgerInput.read($0, options)) }
        do {
            let merged = try Ledger.merge(parts)
            try LedgerInput.write(String(decoding: try merged.json(), as: UTF8.self), to: output, options)
        } catch let problem as Ledger.MergeProblem {
            options.printError(problem.description)
            throw ExitCode(1)
        }
    }
}

/// `launchpad ledger diff`: compares two runs.
struct LedgerDiffCommand: ParsableCommand {
    /// How to tell the difference.
    enum Format: String, CaseIterable, ExpressibleByArgument {
        case pretty, summary, json
    }

    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Say what a run proves that another one did not: newly broken, fixed, no longer proven.",
        discussion: """
            Exit status: 0 nothing got worse, 1 something is newly broken or no longer proven, 3 a ledger cannot be read, \
            64 wrong usage.
            """
    )

    @OptionGroup var options: ProjectOptions

    @Argument(help: "The earlier run's ledger, such as that of the main branch.")
    var base: String

    @Argument(help: "The later run's ledger; .launchpad/ledger.json of the project by default.")
    var head: String?

    @Option(help: "How to tell it: pretty, summary (Markdown, with a table of the later run) or json.")
    var format = Format.pretty

    @Option(help: ArgumentHelp("Write it to a file.", valueName: "file"))
    var output: String?

    func run() throws {
        let earlier = try LedgerInput.read(base, options)
        let later = try LedgerInput.read(head, options)
        let comparison = LedgerComparison(from: earlier, to: later)
        let text =
            switch format {
            case .pretty: comparison.text
            case .summary: SummaryReport.render(later, comparison: comparison)
            case .json: try JSONDocument.text(comparison)
            }
        try LedgerInput.write(text, to: output, options)
        if !comparison.isNoWorse { throw ExitCode(1) }
    }
}

extension Ledger {
    /// The events that told of the run when it took place, as far as reports need them.
    fileprivate var events: [RunEvent] {
        let counts = guides.map { (path: $0.path, checks: $0.blocks.count) }
        return [.runStarted(guides: counts, engine: engine, isolation: isolation)]
            + guides.map { .guideFinished($0) } + [.runFinished(self)]
    }
}
