import ArgumentParser
import Guides
import Proving
import Tangling

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// `launchpad check`: runs what the guides tell their readers to type, and compares what comes of it.
struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Prove the guides: run their commands and compare what they print.",
        discussion: """
            Guides that passed and have not changed since are not run again. What was found out is written to \
            .launchpad/ledger.json, except with --only and --shell-on-failure.

            Exit status: 0 everything passed, 1 a check failed, 2 the checks pass and files differ from what their guides \
            say, 3 something could not be run, 64 wrong usage, 130 or 143 interrupted.
            """
    )

    @OptionGroup var options: ProjectOptions
    @OptionGroup var arguments: CheckArguments

    @Option(help: "How to tell what was found: pretty, json, junit, github, tap, sarif or summary (Markdown).")
    var format: ReportFormat = .pretty

    @Option(help: ArgumentHelp("Write the report to a file; people still see what happens.", valueName: "file"))
    var output: String?

    @Flag(help: "Run also what is proven already.")
    var force = false

    @Option(
        help: ArgumentHelp(
            "Run one of several equal parts of the guides, as one of several machines does; launchpad ledger merge makes one "
                + "ledger of theirs.",
            valueName: "part/parts"
        )
    )
    var shard: Shard?

    @Option(
        name: .customLong("shell-on-failure"),
        help: ArgumentHelp(
            "Run the guide of a block, and open a shell among all that it has started if the block fails.",
            valueName: "[guide#]block"
        )
    )
    var shellOnFailure: String?

    func validate() throws {
        if shellOnFailure != nil, !arguments.only.isEmpty || output != nil || format != .pretty {
            throw ValidationError(
                "--shell-on-failure is for a person at a terminal: leave --only, --format and --output out")
        }
        if arguments.running.engine == .all, shellOnFailure != nil || output != nil || format != .pretty {
            throw ValidationError(
                "--engine all tells people how engines differ: leave --format, --output and --shell-on-failure out")
        }
        if shard != nil, !arguments.only.isEmpty {
            throw ValidationError("--shard runs whole guides, so it does not go with --only")
        }
    }

    func run() async throws {
        let loaded = try await CheckRun.load(options) { diagnostics in
            if output == nil { StandardOutputSink().write(annotations(diagnostics)) }
        }
        if arguments.running.engine == .all { return try await runAll(loaded) }
        let report = CollectingSink()
        let traits = StandardOutputSink.traits(usesColor: options.isColored())
        let screen = (output == nil ? format : .pretty).observer(writingTo: StandardOutputSink(), terminal: traits)
        var observers = output == nil ? [screen] : [screen, format.observer(writingTo: report)]
        if let shellOnFailure {
            observers.append(EntranceReport(block: shellOnFailure, writingTo: StandardOutputSink()))
        }
        let group = ObserverGroup(observers: observers)
        let checker = try CheckRun.orExit(options) {
            try arguments.checker(
                for: loaded, force: force, shard: shard, shellOnFailure: shellOnFailure, observer: group)
        }
        // Looked at meanwhile: where nothing is run, it is half of the work.
        async let comparing = arguments.only.isEmpty ? compare(loaded) : .success([])
        let (ledger, isSaved) = try await CheckRun.run(checker, options)
        let compared = await comparing
        let notes = annotations(
            ((try? compared.get()) ?? []).filter { isJudged($0, [ledger]) }.map { $0.diagnostic(.error) })
        if let output {
            try CheckRun.orExit(options) { try AtomicFile.write(Array((report.text + notes).utf8), to: output) }
        } else {
            StandardOutputSink().write(notes)
        }
        try finish([ledger], isSaved: isSaved, compared: compared, loaded)
    }

    /// What is wrong with guides and files, where GitHub reads along.
    private func annotations(_ diagnostics: [Diagnostic]) -> String {
        format == .github ? diagnostics.map(GitHubReport.annotation).joined() : ""
    }

    /// Runs the guides on one engine after another, and tells where these differ.
    private func runAll(_ loaded: LoadedProject) async throws {
        async let comparing = arguments.only.isEmpty ? compare(loaded) : .success([])
        let traits = StandardOutputSink.traits(usesColor: options.isColored())
        let sink = StandardOutputSink()
        var comparison = EngineComparison()
        var ledgers: [Ledger] = []
        var areSaved = true
        for choice in EngineChoice.each {
            var own = arguments
            own.running.engine = choice
            let checker: Checker
            do {
                checker = try own.checker(
                    for: loaded, force: force, shard: shard,
                    observer: ReportFormat.pretty.observer(writingTo: sink, terminal: traits))
            } catch let error as CouldNotRun {
                comparison.missing.append((choice.rawValue, error.description))
                continue
            }
            sink.write("\(ledgers.isEmpty ? "" : "\n")On \(choice.rawValue) (\(checker.engine.identity.version)):\n")
            let (ledger, isSaved) = try await CheckRun.run(checker, options)
            areSaved = areSaved && isSaved
            ledgers.append(ledger)
            comparison.add(ledger)
        }
        sink.write("\n" + comparison.text)
        try finish(ledgers, isSaved: areSaved, compared: await comparing, loaded)
    }

    /// Tells of files that are not as they should be, and ends with the status of it all.
    private func finish(
        _ ledgers: [Ledger], isSaved: Bool, compared: Result<[Drift], any Error>, _ loaded: LoadedProject
    ) throws {
        let drifts = try drifts(compared, loaded).filter { isJudged($0, ledgers) }
        if !drifts.isEmpty {
            let report = DriftReport(
                colored: options.isColored(), readers: MeaningReader.all, width: Terminal.width(of: STDERR_FILENO))
            writeStandardError(report.render(drifts))
            options.printError("files differ from what their guides say; see launchpad tangle --check")
        }
        let all = ledgers.map { CheckRun.exitStatus(of: $0, hasDrift: !drifts.isEmpty) }
        let status = [1, 3, 2].first { all.contains($0) } ?? 0
        if status != 0 || !isSaved { throw ExitCode(isSaved || status == 1 ? status : 3) }
    }

    private func compare(_ loaded: LoadedProject) async -> Result<[Drift], any Error> {
        do {
            return .success(try await loaded.tangler().compare())
        } catch {
            return .failure(error)
        }
    }

    /// Whether a file that differs counts: of a part of the guides only their own files are judged.
    private func isJudged(_ drift: Drift, _ ledgers: [Ledger]) -> Bool {
        guard !arguments.guides.isEmpty || shard != nil else { return true }
        return ledgers.contains { $0.guides.contains { $0.path == drift.file?.guide } }
    }

    /// The files that are not as their guides say.
    private func drifts(_ compared: Result<[Drift], any Error>, _ loaded: LoadedProject) throws -> [Drift] {
        do {
            return try compared.get()
        } catch let error as DiagnosticsError {
            options.report(error.diagnostics, root: loaded.project.root)
            throw ExitCode(3)
        } catch let error as TangleError {
            options.printError(error.description)
            throw ExitCode(3)
        }
    }
}

extension ReportFormat: ExpressibleByArgument {}

/// What `check` and `accept` have in common: running guides and telling what went wrong.
enum CheckRun {
    /// Reads the project. A guide with an error is one whose checks cannot be run.
    static func load(_ options: ProjectOptions, tell: ([Diagnostic]) -> Void = { _ in }) async throws -> LoadedProject {
        do {
            return try await options.load(tell: tell)
        } catch let status as ExitCode where status != .validationFailure {
            throw ExitCode(3)
        }
    }

    /// Runs to the end, or until the first Ctrl-C. Says it where the ledger could not be saved, and returns it all the same.
    static func run(_ checker: Checker, _ options: ProjectOptions) async throws -> (ledger: Ledger, isSaved: Bool) {
        let interruption = Interruption { _ in
            checker.cancel()
            // In the place of the line that says what is run, and of the terminal's own ^C.
            let isLive = StandardOutputSink.traits(usesColor: false).isTerminal
            let start = isLive ? "\r\u{1b}[K" : isatty(STDERR_FILENO) == 1 ? "\n" : ""
            writeStandardError(start + "interrupted: ending what was started\n")
        }
        defer { interruption.end() }
        do {
            return (try await checker.run(), true)
        } catch let error as LedgerNotSaved {
            options.printError(error.description)
            return (error.ledger, false)
        } catch is CancellationError {
            throw ExitCode(128 + (interruption.signal ?? 2))
        } catch {
            throw explain(error, options)
        }
    }

    /// Runs `body`; what keeps a run from starting is told and becomes an exit status.
    static func orExit<Result>(_ options: ProjectOptions, _ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch {
            throw explain(error, options)
        }
    }

    static func exitStatus(of ledger: Ledger, hasDrift: Bool) -> Int32 {
        let states = Set(ledger.guides.map(\.state)).union(ledger.guides.flatMap { $0.blocks.map(\.state) })
        if states.contains(.failed) { return 1 }
        if states.contains(.error) { return 3 }
        if states.contains(.blocked) { return 1 }
        return hasDrift ? 2 : 0
    }

    /// Tells what keeps a run from starting.
    static func explain(_ error: any Error, _ options: ProjectOptions) -> any Error {
        switch error {
        case let error as CouldNotRun:
            options.printError(error.description)
            return ExitCode(3)
        case let error as UnknownBlock:
            let near = nearestName(
                to: error.name.split(separator: "#").last.map(String.init) ?? error.name, among: error.known)
            return ValidationError(
                "no block is called \"\(error.name)\"" + (near.map { "; did you mean \"\($0)\"?" } ?? "")
            )
        case is ExitCode, is ValidationError:
            return error
        default:
            options.printError("\(error)")
            return ExitCode(3)
        }
    }
}
