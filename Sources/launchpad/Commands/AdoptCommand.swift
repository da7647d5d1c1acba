import Adopting
import ArgumentParser
import Guides
import Proving

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
            the same fence or in the next one. Each page runs in a sandbox of its own. Nothing is changed; --write adds the \
            attributes with which launchpad check goes on from here, and skips with a reason what does not work.

            Exit status: 0 told, 1 an example fails, 3 something could not be run or written, 64 wrong usage, 130 or 143 \
            interrupted.
            """
    )

    @OptionGroup var options: ProjectOptions

    @Argument(help: ArgumentHelp("A folder of Markdown files, or one of them.", valueName: "dir"))
    var folder: String

    @Flag(help: "Add the attributes to the pages.")
    var write = false

    @Flag(help: "List also what works, and show differences in full.")
    var verbose = false

    @Option(help: "How many pages are tried at once; as many as there are cores by default.")
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
        let report = AdoptionReport(pages: adopted.map(\.page))
        switch format {
        case .pretty: try LedgerInput.write(report.text(isVerbose: verbose), to: output, options)
        case .json: try LedgerInput.write(JSONDocument.text(report), to: output, options)
        }
        if write {
            try CheckRun.orExit(options) { try source.write(adopted, server: adopter(source, bench).serverPage) }
        }
        if report.count(.fails) > 0 { throw ExitCode(1) }
    }

    private func adopter(_ source: PageSource, _ bench: TrialBench) -> Adopter {
        let limit = timeout?.duration ?? .seconds(5)
        return Adopter(root: source.project.root, configuration: source.project.configuration, hasTool: bench.hasTool) {
            trial in
            let checker = bench.checker(
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
        let width = bench.isolation.isPrivate ? jobs ?? Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))) : 1
        let work = Task { () -> [Adopter.Adopted] in
            var results: [Int: Adopter.Adopted] = [:]
            var taken: Set<String> = []
            var next = 0
            // A few pages at a time, so that each knows the files of those before it, whatever the speed of the machine.
            while next < source.pages.count {
                try Task.checkCancellation()
                let batch = next..<min(next + width, source.pages.count)
                let known = taken
                try await withThrowingTaskGroup(of: (Int, Adopter.Adopted?).self) { group in
                    for index in batch {
                        group.addTask { (index, try await adopter.adopt(source.pages[index], taken: known)) }
                    }
                    for try await (index, result) in group { results[index] = result }
                }
                for index in batch {
                    guard let files = results[index]?.files else { continue }
                    // Two pages of one batch may describe one file: the second one is tried again without it.
                    if !files.isDisjoint(with: taken) {
                        results[index] = try await adopter.adopt(source.pages[index], taken: taken)
                    }
                    taken.formUnion(results[index]?.files ?? [])
                }
                next = batch.upperBound
                if isLive { StandardOutputSink().write("\r\u{1b}[K\(next)/\(source.pages.count) pages tried") }
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
