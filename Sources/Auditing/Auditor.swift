package import Guides
package import Proving
package import Tangling

/// Changes one thing at a time in what the guides say, and looks whether a check notices.
///
/// 1. The files that the guides describe are taken apart into settings, and each setting yields mutants (``Mutation``).
/// 2. Each mutant's guides run with the changed file, in workbenches of their own, until the first check that fails.
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
        /// How many mutants are tried at once.
        package var jobs: Int
        /// Try also what an earlier audit has tried.
        package var force: Bool

        package init(
            includes: @escaping @Sendable (String) -> Bool = { _ in true }, seed: UInt64 = 1, budget: Duration? = nil,
            jobs: Int = 1, force: Bool = false
        ) {
            self.includes = includes
            self.seed = seed
            self.budget = budget
            self.jobs = jobs
            self.force = force
        }
    }

    /// The guides do not pass as they are, so that nothing can be told of what they notice.
    package struct NotProven: Error, Sendable {
        package var ledger: Ledger
    }

    /// Makes a run that keeps nothing.
    package typealias Trial = @Sendable (TrialRequest) throws -> Checker

    /// What a trial runs.
    package struct TrialRequest: Sendable {
        package var scenarios: [Scenario]
        package var plan: TanglePlan
        package var timeout: Duration?
        package var observer: any RunObserver
    }

    private let guides: [Guide]
    private let scenarios: [Scenario]
    private let plan: TanglePlan
    private let former: AuditReport?
    private let options: Options
    private let isEquivalent: @Sendable (_ path: String, _ mutated: TanglePlan) -> Bool
    private let trial: Trial
    private let environment: String

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
        self.guides = guides
        self.scenarios = scenarios
        self.plan = plan
        self.former = former
        self.options = options
        self.environment = environment
        self.isEquivalent = isEquivalent
        self.trial = trial
    }

    /// Audits the files and expectations.
    ///
    /// - Parameter progress: called after each mutant with how many of all are done.
    /// - Returns: the mutants by file and line, the hashes of the audited files, and what could notice nothing, since it was not
    ///   run.
    /// - Throws: ``NotProven``, ``CouldNotRun``, `CancellationError`.
    package func run(progress: @escaping @Sendable (_ done: Int, _ all: Int) -> Void) async throws
        -> (mutants: [AuditReport.Mutant], files: [String: String], notRun: String?)
    {
        let candidates = candidates()
        let paths = Set(candidates.map(\.mutant.file))
        let chosen = affected(by: paths)
        let expected = scenarios.filter { options.includes($0.guide.path) }
        let baseline = try await baseline(
            of: scenarios.filter { one in
                chosen.contains { $0.guide.path == one.guide.path }
                    || expected.contains { $0.guide.path == one.guide.path }
            })
        var mutants = expected.flatMap { ExpectationMutants.of($0, baseline, seed: options.seed) }
        let ran = Set(baseline.guides.filter { $0.state == .passed }.map(\.path))
        let known = Dictionary(
            (former?.mutants ?? []).map { ($0.inputHash + $0.change, $0) }, uniquingKeysWith: { first, _ in first })
        var open: [Candidate] = []
        for var candidate in candidates {
            candidate.mutant.inputHash = inputHash(of: candidate)
            let users = affected(by: [candidate.mutant.file]).map(\.guide.path)
            if !users.isEmpty, ran.isDisjoint(with: users) {
                candidate.mutant.reason = Self.whyNothingRan(users, in: baseline)
                mutants.append(candidate.mutant)
            } else if !options.force, let earlier = known[candidate.mutant.inputHash + candidate.mutant.change],
                earlier.state != .untried
            {
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
        mutants += try await run(open, timeout: Self.patience(after: baseline), done: mutants.count, progress)
        mutants.sort { ($0.file, $0.line, $0.path, $0.change) < ($1.file, $1.line, $1.path, $1.change) }
        let hashes = plan.files.filter { paths.contains($0.path) }.map { ($0.path, Manifest.hash($0.contents)) }
        return (mutants, Dictionary(hashes, uniquingKeysWith: { first, _ in first }), Self.notRun(in: baseline))
    }

    // MARK: Mutants of files

    private struct Candidate: Sendable {
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

    /// The guides in whose workspaces one of the files lies, those first that own one.
    private func affected(by paths: Set<String>) -> [Scenario] {
        let files = GuideFiles(guides: guides, plan: plan)
        let users = scenarios.filter { scenario in
            files.of(scenario.guide).contains { paths.contains($0.path) }
        }
        let owners = Set(plan.files.filter { paths.contains($0.path) }.map(\.guide))
        return users.filter { owners.contains($0.guide.path) } + users.filter { !owners.contains($0.guide.path) }
    }

    private func inputHash(of candidate: Candidate) -> String {
        var text = environment + "\n" + candidate.mutant.file + "\n"
        let guideFiles = GuideFiles(guides: guides, plan: candidate.plan)
        for scenario in affected(by: [candidate.mutant.file]) {
            text += scenario.guide.path + "\n"
            text += scenario.checks.map { "\($0.contentHash) \($0.session) \($0.timeout) \($0.skip ?? "")\n" }.joined()
            let files = guideFiles.of(scenario.guide)
            text += GuideFiles.hash(files, of: scenario.guide) + "\n"
        }
        return Manifest.hash(Array(text.utf8))
    }

    // MARK: Trials

    private func baseline(of chosen: [Scenario]) async throws -> Ledger {
        let request = TrialRequest(scenarios: chosen, plan: plan, timeout: nil, observer: FirstFailure())
        let ledger = try await trial(request).run()
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

    /// How long a command may take that takes no time where nothing was changed: a mutant that makes one wait for ever is
    /// noticed no less by a short wait.
    private static func patience(after baseline: Ledger) -> Duration {
        let slowest = baseline.guides.flatMap(\.blocks).flatMap(\.steps).map(\.durationMilliseconds).max() ?? 0
        return .milliseconds(max(8_000, slowest * 4))
    }

    private func run(
        _ candidates: [Candidate], timeout: Duration, done: Int, _ progress: @escaping @Sendable (Int, Int) -> Void
    ) async throws -> [AuditReport.Mutant] {
        let end = options.budget.map { ContinuousClock.now + $0 }
        let all = done + candidates.count
        return try await withThrowingTaskGroup(of: AuditReport.Mutant.self) { group in
            var waiting = candidates.makeIterator()
            func start(_ group: inout ThrowingTaskGroup<AuditReport.Mutant, any Error>) {
                guard let next = waiting.next() else { return }
                group.addTask {
                    if let end, ContinuousClock.now >= end { return next.mutant }
                    return try await self.attempt(next, timeout: timeout)
                }
            }
            for _ in 0..<max(1, options.jobs) { start(&group) }
            var mutants: [AuditReport.Mutant] = []
            while let mutant = try await group.next() {
                mutants.append(mutant)
                progress(done + mutants.count, all)
                start(&group)
            }
            return mutants
        }
    }

    private func attempt(_ candidate: Candidate, timeout: Duration) async throws -> AuditReport.Mutant {
        var mutant = candidate.mutant
        if isEquivalent(mutant.file, candidate.plan) {
            mutant.state = .equivalent
            return mutant
        }
        mutant.state = .unnoticed
        for scenario in affected(by: [mutant.file]) {
            let observer = FirstFailure()
            let checker = try trial(
                TrialRequest(scenarios: [scenario], plan: candidate.plan, timeout: timeout, observer: observer))
            observer.stop = { checker.cancel() }
            // It cancels itself at the first failure, which is told as a cancellation.
            let ledger = try await Self.untilCancelled(checker)
            let failure =
                observer.failure
                ?? ledger?.guides.first { $0.state.isBroken }.map {
                    FirstFailure.Failure(guide: $0.path, block: nil, reason: $0.reason)
                }
            guard let failure else {
                try Task.checkCancellation()
                continue
            }
            mutant.state = .noticed
            mutant.noticedBy = failure.block.map { "\(failure.guide)#\($0)" } ?? failure.guide
            mutant.reason = failure.reason
            return mutant
        }
        return mutant
    }

    private static func untilCancelled(_ checker: Checker) async throws -> Ledger? {
        try await withTaskCancellationHandler {
            do {
                return try await checker.run()
            } catch is CancellationError {
                return nil
            }
        } onCancel: {
            checker.cancel()
        }
    }
}
