import ArgumentParser
import Auditing
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

/// `launchpad audit`: changes one thing at a time in what the guides say, and reports what no check noticed.
struct AuditCommand: AsyncParsableCommand {
    /// How to tell what was found out.
    enum Format: String, CaseIterable, ExpressibleByArgument {
        case pretty, summary, json
    }

    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Change one thing at a time in what the guides say, and report what no check notices.",
        discussion: """
            A setting is left out, a port, limit, subject or name is another one, a permission is wider or narrower, a word \
            that a guide expects is another one. What no check notices is described and not proven.

            Results are kept in .launchpad/audit.json and hold until guide, file or engine change, also those of an audit \
            that ran out of time or was interrupted: the next one goes on from there.

            Exit status: 0 audited, 1 fewer changes were noticed than --min-noticed asks for, 3 the guides do not pass as \
            they are or something could not be run, 64 wrong usage, 130 or 143 interrupted.
            """
    )

    @OptionGroup var options: ProjectOptions

    @Argument(
        help: ArgumentHelp(
            "What to audit: files and guides by path or pattern, such as 'ops/*.conf'; all by default.",
            valueName: "path"))
    var paths: [String] = []

    @Option(help: ArgumentHelp("Decides the order in which changes are tried.", valueName: "number"))
    var seed: UInt64 = 1

    @Option(
        help:
            "How long to go on: 30s, 5m, 1h; 0s only tells what was found before. Without it everything is tried.")
    var budget: TimeBudget?

    @Option(
        help: "How many changes are tried at once, those aside that only wait; as many as there are cores by default.")
    var jobs: Int?

    @Option(name: .customLong("min-noticed"), help: ArgumentHelp("Fail below this share.", valueName: "per cent"))
    var minNoticed: Double?

    @Option(help: "What stands behind the commands: bundled, or nats-server for the real one on the path.")
    var engine: EngineChoice = .bundled

    @Flag(name: .customLong("no-sandbox"), help: "Run guides one after another on this machine's own ports and files.")
    var noSandbox = false

    @Flag(help: "Try also what was tried before and has not changed.")
    var force = false

    @Flag(help: "Tell also of what was noticed, and by which check.")
    var verbose = false

    @Option(help: "How to tell it: pretty, summary (Markdown) or json.")
    var format = Format.pretty

    @Option(help: ArgumentHelp("Write the report to a file.", valueName: "file"))
    var output: String?

    func validate() throws {
        if let jobs, jobs < 1 { throw ValidationError("--jobs is a number from 1 on") }
        if let minNoticed, !(0...100).contains(minNoticed) { throw ValidationError("--min-noticed is from 0 to 100") }
    }

    func run() async throws {
        let loaded = try await CheckRun.load(options)
        try checkPaths(loaded)
        let file = AuditFile(root: loaded.project.root)
        let former = file.read()
        let bench = try CheckRun.orExit(options) {
            try TrialBench(
                project: loaded.project, engine: engine,
                isolation: noSandbox ? .none(reason: "--no-sandbox") : .detect(), files: loaded.described.files)
        }
        let started = ContinuousClock.now
        var report = AuditReport(
            tool: bench.tool, engine: bench.engine.identity, isolation: bench.isolation.name, seed: seed,
            startedAt: Timestamp.now())
        let auditor = Auditor(
            guides: loaded.guides, scenarios: loaded.scenarios, plan: loaded.described, former: former,
            options: auditOptions(bench), environment: bench.environment,
            isEquivalent: ConfigurationMeaning(plan: loaded.described).isSame,
            trial: {
                bench.checker(
                    $0.scenarios, guides: loaded.guides, plan: $0.plan, timeout: nil,
                    keeps: $0.isChanged ? .nothing : .proofs, force: force, observer: $0.observer)
            })
        let (found, signal) = try await audit(auditor)
        report.take(found, afterMilliseconds: started.duration(to: .now) / .milliseconds(1))
        let text = try text(report)
        report.remember(former)
        try CheckRun.orExit(options) { try file.write(JSONDocument.text(report)) }
        try LedgerInput.write(text, to: output, options)
        if let signal {
            writeStandardError("what was found is kept: launchpad audit goes on from there\n")
            throw ExitCode(128 + signal)
        }
        if let minNoticed, report.score * 100 < minNoticed {
            options.printError("\(report.percent) % of the changes were noticed, and \(minNoticed) % are asked for")
            throw ExitCode(1)
        }
    }

    private func text(_ report: AuditReport) throws -> String {
        switch format {
        case .pretty: report.text(isVerbose: verbose, width: output == nil ? Terminal.outputWidth : nil)
        case .summary: report.markdown
        case .json: try JSONDocument.text(report)
        }
    }

    private func auditOptions(_ bench: TrialBench) -> Auditor.Options {
        let patterns = paths
        let isParallel = bench.isolation.isPrivate
        return Auditor.Options(
            includes: { path in patterns.isEmpty || patterns.contains { fnmatch($0, path, FNM_PATHNAME) == 0 } },
            seed: seed, budget: budget?.duration,
            jobs: isParallel ? jobs ?? Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))) : 1, isParallel: isParallel,
            force: force)
    }

    /// - Throws: `ValidationError` for a pattern that fits nothing.
    private func checkPaths(_ loaded: LoadedProject) throws {
        let known = loaded.described.files.map(\.path) + loaded.guides.map(\.path)
        for pattern in paths where !known.contains(where: { fnmatch(pattern, $0, FNM_PATHNAME) == 0 }) {
            let near = nearestName(to: pattern, among: known).map { "; did you mean \"\($0)\"?" } ?? ""
            throw ValidationError("no guide or file that a guide describes is called \"\(pattern)\"" + near)
        }
    }

    /// - Returns: what was found, and the signal that broke it off, if one did.
    private func audit(_ auditor: Auditor) async throws -> (Auditor.Finding, signal: Int32?) {
        let line = AuditProgressLine()
        let work = Task {
            try await auditor.run { line.show($0) }
        }
        let interruption = Interruption { _ in
            work.cancel()
            line.clear()
            writeStandardError("interrupted: ending what was started\n")
        }
        defer {
            interruption.end()
            line.clear()
        }
        do {
            return (try await work.value, interruption.signal)
        } catch let error as Auditor.NotProven {
            line.clear()
            for guide in error.ledger.guides where guide.state.isBroken {
                options.printError("\(guide.path) does not pass as it is, so nothing can be told of what it notices")
            }
            options.printError("run launchpad check, and mend what it finds")
            throw ExitCode(3)
        } catch is CancellationError {
            throw ExitCode(128 + (interruption.signal ?? 2))
        } catch {
            throw CheckRun.explain(error, options)
        }
    }
}
