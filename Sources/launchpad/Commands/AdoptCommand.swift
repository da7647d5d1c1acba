import Adopting
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

/// `launchpad adopt`: tries the examples of documentation that knows nothing of Launchpad.
struct AdoptCommand: AsyncParsableCommand {
    /// How to tell what came of them.
    enum Format: String, CaseIterable, ExpressibleByArgument {
        case pretty, json
    }

    static let configuration = CommandConfiguration(
        commandName: "adopt",
        abstract: "Try the examples of documentation that knows nothing of Launchpad, and say what became of each.",
        discussion: """
            Commands are found in fences such as bash, shell, sh and console, with prompts or without, with what they print in \
            the same fence or in the next one. Each page runs in a sandbox of its own. Nothing is changed; --diff shows what \
            --write would, which adds the attributes with which launchpad check goes on from here, and skips with a reason what \
            does not work. Fences that have attributes of Launchpad are tried as they are, and never changed.

            Exit status: 0 told, 1 an example fails, 3 a page could not be read, run or written, 64 wrong usage, 130 or 143 \
            interrupted.
            """
    )

    @OptionGroup var options: ProjectOptions

    @Argument(help: ArgumentHelp("A folder of Markdown files, or one of them.", valueName: "dir"))
    var folder: String

    @Flag(help: "Add the attributes to the pages.")
    var write = false

    @Flag(help: "Show what --write would change, and write nothing.")
    var diff = false

    @Flag(help: "List also what works, and show differences in full.")
    var verbose = false

    @Option(help: "How many pages are tried at once; twice as many as there are cores by default.")
    var jobs: Int?

    @Option(help: "How long a command may take before it counts as one that never ends: 500ms, 5s, 2m. 5s by default.")
    var timeout: TimeLimit?

    @Option(help: "What stands behind the commands: bundled, or nats-server for the real one on the path.")
    var engine: EngineChoice = .bundled

    @Flag(name: .customLong("no-sandbox"), help: "Run the examples on this machine itself, one page after another.")
    var noSandbox = false

    @Option(help: "How to tell it: pretty or json.")
    var format = Format.pretty

    @Option(help: ArgumentHelp("Write the report to a file.", valueName: "file"))
    var output: String?

    func validate() throws {
        if let jobs, jobs < 1 { throw ValidationError("--jobs is a number from 1 on") }
        if diff, write { throw ValidationError("--diff writes nothing, so it does not go with --write") }
        if diff, format == .json { throw ValidationError("--diff is for people; with --format json leave it out") }
    }

    func run() async throws {
        let source = try PageSource(folder, options)
        let bench = try CheckRun.orExit(options) {
            try TrialBench(
                project: source.project, engine: engine,
                isolation: noSandbox ? .none(reason: "--no-sandbox") : .detect(), files: nil)
        }
        guard bench.isolation.isPrivate || noSandbox else {
            options.printError(
                "there is no sandbox on this machine (\(bench.isolation.name)), and the examples are not known to be harmless; "
                    + "install bubblewrap, or say --no-sandbox where nothing can be harmed")
            throw ExitCode(3)
        }
        let adopted = try await tryAll(source, bench)
        let report = AdoptionReport(pages: (adopted.map(\.page) + source.unreadable).sorted { $0.path < $1.path })
        switch format {
        case .pretty:
            let width = output == nil ? Terminal.width(of: STDOUT_FILENO) : nil
            let changes =
                diff ? source.difference(adopted, isColored: output == nil && options.isColored()) : ""
            try LedgerInput.write(
                report.text(isVerbose: verbose, width: width) + (changes.isEmpty ? "" : "\n" + changes), to: output,
                options)
        case .json: try LedgerInput.write(JSONDocument.text(report), to: output, options)
        }
        if write {
            try CheckRun.orExit(options) { try source.write(adopted, server: adopter(source, bench).serverPage) }
        }
        if report.count(.fails) > 0 { throw ExitCode(1) }
        if report.pages.contains(where: { !$0.problems.isEmpty }) { throw ExitCode(3) }
    }

    private func adopter(_ source: PageSource, _ bench: TrialBench) -> Adopter {
        let limit = timeout?.duration ?? .seconds(5)
        let engine = engine
        return Adopter(
            root: source.project.root, configuration: source.project.configuration,
            // For pages that describe services docker stands behind them; others find out whether it is here.
            hasTool: { bench.hasTool($0) || $0 == "docker" || $0 == "docker-compose" }
        ) { trial in
            let files = GuideFiles(guides: trial.guides, plan: trial.plan).of(trial.scenario.guide)
            let hasServices = files.contains { $0.path.contains("compose") }
            let own =
                hasServices
                ? try TrialBench(
                    project: source.project, engine: engine, isolation: bench.isolation, files: files) : bench
            let checker = own.checker(
                [trial.scenario], guides: trial.guides, plan: trial.plan, timeout: limit, survey: true,
                observer: SilentObserver())
            let ledger = try await withTaskCancellationHandler {
                try await checker.run()
            } onCancel: {
                checker.cancel()
            }
            guard let proof = ledger.guides.first else { throw CouldNotRun("\(trial.scenario.guide.path) was not run") }
            return proof
        }
    }

    private func tryAll(_ source: PageSource, _ bench: TrialBench) async throws -> [Adopter.Adopted] {
        let isLive = StandardOutputSink.traits(usesColor: false).isTerminal
        let adopter = adopter(source, bench)
        let width = bench.isolation.isPrivate ? jobs ?? 2 * Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))) : 1
        let isFinal = write || diff
        let work = Task { () -> [Adopter.Adopted] in
            var results: [Int: Adopter.Adopted] = [:]
            try await withThrowingTaskGroup(of: (Int, Adopter.Adopted?).self) { group in
                var open = Array(source.pages.indices)[...]
                func start() {
                    guard let index = open.popFirst() else { return }
                    group.addTask { (index, try await adopter.adopt(source.pages[index], isFinal: isFinal)) }
                }
                for _ in 0..<width { start() }
                var tried = 0
                for try await (index, result) in group {
                    results[index] = result
                    tried += 1
                    if isLive {
                        StandardOutputSink().write("\r\u{1b}[K\(tried)/\(source.pages.count) pages tried")
                    }
                    start()
                }
            }
            guard isFinal else { return results.sorted { $0.key < $1.key }.map(\.value) }
            // A file belongs to one page. What another page showed of it was tried, and is left out of what is written.
            var owners: [String: String] = [:]
            for page in source.pages {
                for file in page.blocks.compactMap({ $0.attributes["file"] }) { owners[file] = page.path }
            }
            for index in results.keys.sorted() {
                guard var result = results[index] else { continue }
                let taken = result.files.filter { owners[$0] != nil }
                if let file = taken.min(), let owner = owners[file] {
                    let rest = try await adopter.adopt(
                        source.pages[index], taken: Set(owners.keys), isFinal: true)
                    result.bytes = rest?.bytes
                    result.files = rest?.files ?? []
                    result.page.assumptions.append(
                        "left out when it is written, since \(file) is already described in \(owner): what reads it")
                    results[index] = result
                }
                for file in result.files { owners[file] = result.page.path }
            }
            return results.sorted { $0.key < $1.key }.map(\.value)
        }
        let interruption = Interruption { _ in
            work.cancel()
            writeStandardError("\ninterrupted: ending what was started\n")
        }
        defer {
            interruption.end()
            if isLive { StandardOutputSink().write("\r\u{1b}[K") }
        }
        do {
            return try await work.value
        } catch is CancellationError {
            throw ExitCode(128 + (interruption.signal ?? 2))
        } catch {
            throw CheckRun.explain(error, options)
        }
    }
}
