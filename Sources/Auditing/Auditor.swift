package import Guides
package import Proving
package import Tangling

/// Changes one thing at a time in what the guides say, and looks whether a check notices.
///
/// 1. The files that the guides describe are taken apart into settings, and each setting yields mutants (``Mutation``).
/// 2. Each mutant's guides run with the changed file, in workbenches of their own, until the first check that fails. Which
///    guide comes first, the mutants before it tell (``TrialOrder``).
/// 3. Words that guides expect are changed, too, and compared with what the commands really printed; that runs nothing.
///
/// The audit knows nothing of what files mean. Whoever does tells it which changes change nothing.
package struct Auditor: Sendable {
    /// What an audit is about and how long it may take.
    package struct Options: Sendable {
        /// Whether a path is to be audited.
        package var includes: @Sendable (String) -> Bool
        package var seed: UInt64
        /// After this nothing new is tried; nil for as long as it takes.
        package var budget: Duration?
        /// How many guides run at once. Ones that only wait do not count.
        package var jobs: Int
        /// Whether guides can run at once at all.
        package var isParallel: Bool
        /// Try also what an earlier audit has tried, and run also what is proven.
        package var force: Bool

        package init(
            includes: @escaping @Sendable (String) -> Bool = { _ in true }, seed: UInt64 = 1, budget: Duration? = nil,
            jobs: Int = 1, isParallel: Bool = true, force: Bool = false
        ) {
            self.includes = includes
            self.seed = seed
            self.budget = budget
            self.jobs = jobs
            self.isParallel = isParallel
            self.force = force
        }
    }

    /// The guides do not pass as they are, so that nothing can be told of what they notice.
    package struct NotProven: Error, Sendable {
        package var ledger: Ledger
    }

    /// How far an audit has come.
    package struct Progress: Sendable, Hashable {
        /// How many of `all` mutants are done, those among them whose outcome was known.
        package var done: Int
        package var all: Int
        package var unnoticed: Int
        /// About how long the rest takes; nil as long as nobody can tell.
        package var left: Duration?
    }

    /// What an audit has found.
    package struct Finding: Sendable {
        /// By file and line.
        package var mutants: [AuditReport.Mutant]
        /// The hashes of the audited files.
        package var files: [String: String]
        /// What could notice nothing, since it was not run.
        package var notRun: String?
        /// Why some were not tried: `time ran out` or `interrupted`; nil where all were.
        package var stopped: String?
    }

    /// Makes a run.
    package typealias Trial = @Sendable (TrialRequest) throws -> Checker

    /// What a trial runs.
    package struct TrialRequest: Sendable {
        package var scenarios: [Scenario]
        package var plan: TanglePlan
        /// False where everything is as the guides say, so that what comes of it is a proof.
        package var isChanged: Bool
        package var observer: any RunObserver
    }

    let plan: TanglePlan
    let options: Options
    let users: FileUsers
    let isEquivalent: @Sendable (_ path: String, _ mutated: TanglePlan) -> Bool
    let trial: Trial
    private let scenarios: [Scenario]
    private let former: AuditReport?
    private let environment: String
    private let started = ContinuousClock.now

    /// - Parameters:
    ///   - plan: the files that the guides describe.
    ///   - former: an earlier audit, whose results hold where nothing has changed since.
    ///   - environment: what besides guides and files decides what comes of a trial: versions of tool and engine.
    ///   - isEquivalent: whether the file at a path means the same in another plan.
    ///   - trial: makes a run.
    package init(
        guides: [Guide],
        scenarios: [Scenario],
        plan: TanglePlan,
        former: AuditReport?,
        options: Options,
        environment: String,
        isEquivalent: @escaping @Sendable (_ path: String, _ mutated: TanglePlan) -> Bool,
        trial: @escaping Trial
    ) {
        self.scenarios = scenarios
        self.plan = plan
        self.former = former
        self.options = options
        self.environment = environment
        self.isEquivalent = isEquivalent
        self.trial = trial
        users = FileUsers(guides: guides, scenarios: scenarios, plan: plan)
    }

    /// Audits the files and expectations.
    ///
    /// When its task is cancelled it ends what it has started, and returns what it has found so far.
    ///
    /// - Parameter progress: called after each mutant.
    /// - Throws: ``NotProven``, ``CouldNotRun``, `CancellationError` before anything was found.
    package func run(progress: @escaping @Sendable (Progress) -> Void) async throws -> Finding {
        let candidates = candidates()
        let paths = Set(candidates.map(\.mutant.file))
        let expected = scenarios.filter { options.includes($0.guide.path) }
        let needed = Set((paths.flatMap(users.of) + expected).map(\.guide.path))
        let baseline = try await baseline(of: scenarios.filter { needed.contains($0.guide.path) })
        var mutants = expected.flatMap { ExpectationMutants.of($0, baseline, seed: options.seed) }
        let ran = Set(baseline.guides.filter { $0.state == .passed }.map(\.path))
        let known = Dictionary((former?.known ?? []).map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
        let inputs = TrialInputs(environment: environment, users: users, baseline: baseline)
        var open: [Candidate] = []
        for var candidate in candidates {
            let guides = users.of(candidate.mutant.file).map(\.guide.path)
            candidate.mutant.inputHash = inputs.hash(of: candidate.mutant.file, in: candidate.plan)
            if !guides.isEmpty, ran.isDisjoint(with: guides) {
                candidate.mutant.reason = Self.whyNothingRan(guides, in: baseline)
                mutants.append(candidate.mutant)
            } else if !options.force, let earlier = known[candidate.mutant.key], earlier.state != .untried {
                candidate.mutant.state = earlier.state
                candidate.mutant.noticedBy = earlier.noticedBy
                candidate.mutant.reason = earlier.reason
                mutants.append(candidate.mutant)
            } else {
                open.append(candidate)
            }
        }
        var random = SeededRandom(seed: options.seed)
        open.shuffle(using: &random)
        let trials = TrialRun(
            candidates: open, auditor: self, baseline: baseline, end: options.budget.map { started + $0 },
            done: mutants, progress: progress)
        let tried = await trials.run()
        mutants += tried
        mutants.sort { ($0.file, $0.line, $0.path, $0.change) < ($1.file, $1.line, $1.path, $1.change) }
        let hashes = plan.files.filter { paths.contains($0.path) }.map { ($0.path, Manifest.hash($0.contents)) }
        let isWhole = tried.allSatisfy { $0.state != .untried || $0.reason != nil }
        return Finding(
            mutants: mutants, files: Dictionary(hashes, uniquingKeysWith: { first, _ in first }),
            notRun: Self.notRun(in: baseline),
            stopped: isWhole ? nil : Task.isCancelled ? "interrupted" : "time ran out")
    }

    // MARK: Mutants of files

    struct Candidate: Sendable {
        var mutant: AuditReport.Mutant
        var plan: TanglePlan
    }

    private func candidates() -> [Candidate] {
        plan.files.enumerated().flatMap { index, file -> [Candidate] in
            guard options.includes(file.path), let format = SettingsFormat.of(path: file.path) else { return [] }
            return Mutation.all(of: file.contents, format: format).map { mutation in
                var changed = plan
                changed.files[index].contents = mutation.applied(to: file.contents)
                return Candidate(mutant: mutant(mutation, of: file), plan: changed)
            }
        }
    }

    private func mutant(_ mutation: Mutation, of file: TangledFile) -> AuditReport.Mutant {
        AuditReport.Mutant(
            file: file.path, line: mutation.line, guide: file.guide,
            guideLine: file.guideLine(ofFileLine: mutation.line) ?? file.firstGuideLine, path: mutation.path,
            kind: mutation.kind, change: mutation.change, state: .untried, inputHash: "")
    }

    // MARK: The guides as they are

    private func baseline(of chosen: [Scenario]) async throws -> Ledger {
        let checker = try trial(
            TrialRequest(scenarios: chosen, plan: plan, isChanged: false, observer: FirstFailure()))
        let ledger = try await withTaskCancellationHandler {
            try await checker.run()
        } onCancel: {
            checker.cancel()
        }
        guard !ledger.guides.contains(where: { $0.state.isBroken }) else { throw NotProven(ledger: ledger) }
        return ledger
    }

    /// Where no guide that uses a file can run on this machine, nothing can be told of what they notice.
    private static func whyNothingRan(_ users: [String], in baseline: Ledger) -> String {
        let blocks = baseline.guides.filter { users.contains($0.path) }.flatMap(\.blocks)
        return blocks.lazy.compactMap(\.reason).first ?? "no guide that uses it was run"
    }

    /// `43 checks were not run: no minio here`; nil where all were.
    private static func notRun(in baseline: Ledger) -> String? {
        let skipped = baseline.guides.flatMap(\.blocks).filter { $0.state == .skipped }
        guard let reason = skipped.lazy.compactMap(\.reason).first else { return nil }
        return (skipped.count == 1 ? "1 check was" : "\(skipped.count) checks were") + " not run: \(reason)"
    }
}
