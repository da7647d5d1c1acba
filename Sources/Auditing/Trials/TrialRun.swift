import Guides
import Proving
import Synchronization

/// The trials of one audit: mutants side by side, the guides of each one after another until one notices.
struct TrialRun: Sendable {
    let candidates: [Auditor.Candidate]
    let auditor: Auditor
    let baseline: Ledger
    /// After this no guide is started.
    let end: ContinuousClock.Instant?
    /// The mutants whose outcome is known already.
    let done: [AuditReport.Mutant]
    let progress: @Sendable (Auditor.Progress) -> Void

    /// - Returns: the mutants in any order; those for which there was no time, or that were under way when the task was
    ///   cancelled, untried.
    func run() async -> [AuditReport.Mutant] {
        let started = ContinuousClock.now
        // Those that only wait make room for others, up to a limit: each of them has processes and memory.
        let limit = auditor.options.isParallel ? min(auditor.options.jobs * 4, TrialOrder.delay) : 1
        let turn = Turn(places: max(1, auditor.options.jobs))
        let patience = Patience(baseline)
        return await withTaskGroup(of: (Int, AuditReport.Mutant).self) { group in
            var results: [Int: AuditReport.Mutant] = [:]
            var order = TrialOrder()
            var (learned, next, underWay, unnoticed) = (0, 0, 0, done.count { $0.state == .unnoticed })
            var firstOpen = 0
            repeat {
                while underWay < limit, next < candidates.count, next < firstOpen + TrialOrder.delay {
                    while learned <= next - TrialOrder.delay {
                        if let mutant = results[learned] { order.learn(from: mutant) }
                        learned += 1
                    }
                    let (index, known) = (next, order)
                    group.addTask { (index, await attempt(candidates[index], known, patience, turn)) }
                    next += 1
                    underWay += 1
                }
                guard let (index, mutant) = await group.next() else { break }
                underWay -= 1
                results[index] = mutant
                while results[firstOpen] != nil { firstOpen += 1 }
                if mutant.state == .unnoticed { unnoticed += 1 }
                let left = candidates.count - results.count
                let each = (ContinuousClock.now - started) / results.count
                progress(
                    Auditor.Progress(
                        done: done.count + results.count, all: done.count + candidates.count, unnoticed: unnoticed,
                        left: results.count < 8 ? nil : each * left))
            } while results.count < candidates.count
            return Array(results.values)
        }
    }

    private func attempt(
        _ candidate: Auditor.Candidate, _ order: TrialOrder, _ patience: Patience, _ turn: Turn
    ) async -> AuditReport.Mutant {
        var mutant = candidate.mutant
        if auditor.isEquivalent(mutant.file, candidate.plan) {
            mutant.state = .equivalent
            return mutant
        }
        let users = auditor.users.of(mutant.file)
        for guide in order.sorted(users.map(\.guide.path), for: mutant) {
            guard let scenario = users.first(where: { $0.guide.path == guide }) else { continue }
            await turn.take()
            let place = Place(turn)
            guard !Task.isCancelled, end.map({ ContinuousClock.now < $0 }) ?? true else {
                await place.giveBack()
                return candidate.mutant
            }
            let overdue = Task {
                try await Task.sleep(for: patience.usual(scenario))
                await place.giveBack()
            }
            let outcome = await outcome(of: patience.limited(scenario), candidate)
            overdue.cancel()
            await place.giveBack()
            switch outcome {
            case .passed: continue
            case .failed(let failure):
                mutant.state = .noticed
                mutant.noticedBy = failure.block.map { "\(failure.guide)#\($0)" } ?? failure.guide
                mutant.reason = failure.reason
                return mutant
            case .none(let reason):
                // Nothing was found out, and so nobody has noticed it.
                mutant.reason = reason
                return mutant
            }
        }
        mutant.state = .unnoticed
        return mutant
    }

    private enum Outcome {
        case passed
        case failed(FirstFailure.Failure)
        /// It was broken off, or with a reason could not be run.
        case none(String?)
    }

    /// Runs one guide with the changed file until its first failure.
    private func outcome(of scenario: Scenario, _ candidate: Auditor.Candidate) async -> Outcome {
        let observer = FirstFailure()
        do {
            let checker = try auditor.trial(
                Auditor.TrialRequest(
                    scenarios: [scenario], plan: candidate.plan, isChanged: true, observer: observer))
            observer.stop = { checker.cancel() }
            let ledger = try await withTaskCancellationHandler {
                try await checker.run()
            } onCancel: {
                checker.cancel()
            }
            if let failure = observer.failure { return .failed(failure) }
            guard let broken = ledger.guides.first(where: { $0.state.isBroken }) else { return .passed }
            return .failed(FirstFailure.Failure(guide: broken.path, block: nil, reason: broken.reason))
        } catch is CancellationError {
            // It cancels itself at the first failure, which is told as a cancellation.
            return observer.failure.map(Outcome.failed) ?? .none(nil)
        } catch {
            return .none("\(error)")
        }
    }
}

/// One of the places in a ``Turn``, which is given back once.
private final class Place: Sendable {
    private let turn: Turn
    private let isHeld = Mutex(true)

    init(_ turn: Turn) {
        self.turn = turn
    }

    func giveBack() async {
        let mine = isHeld.withLock { held in
            defer { held = false }
            return held
        }
        if mine { await turn.give() }
    }
}
