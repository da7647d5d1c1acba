import Guides

/// Whether the next run would run a guide, and why.
package struct RunReasons: Sendable {
    package enum Verdict: Sendable, Hashable {
        /// Nothing has changed since it passed.
        case unchanged(since: String)
        /// It has passed, with other inputs.
        case changed([GuideInputs.Change], since: String)
        /// What did not pass is run every time.
        case notPassed(ProofState, at: String)
        case neverRun
    }

    package var verdict: Verdict
    /// What its proof depends on now.
    package var inputs: GuideInputs
}

extension Checker {
    /// Why a guide would be run, or not.
    package func reasons(for scenario: Scenario) -> RunReasons {
        let inputs = inputs(of: scenario)
        let last = LedgerFile(root: root).read()?.guides.first { $0.path == scenario.guide.path }
        if let (former, since) = remembered(scenario) {
            let changes = inputs.changes(since: former)
            if changes.isEmpty { return RunReasons(verdict: .unchanged(since: since), inputs: inputs) }
            // A run of the guide as it is now says more than an older one of what it was.
            guard let last, last.inputHash == inputs.hash, last.state != .passed else {
                return RunReasons(verdict: .changed(changes, since: since), inputs: inputs)
            }
        }
        guard let last, last.state != .passed else { return RunReasons(verdict: .neverRun, inputs: inputs) }
        return RunReasons(verdict: .notPassed(last.state, at: last.startedAt), inputs: inputs)
    }

    /// The blocks that `request` names: `block`, `guide#block`, or all of a guide's.
    ///
    /// - Throws: ``UnknownBlock``.
    package func find(_ request: String) throws -> [(scenario: Scenario, check: Check)] {
        if let scenario = scenarios.first(where: { $0.guide.path == request || $0.guide.name == request }) {
            return scenario.checks.map { (scenario, $0) }
        }
        return try Selection.named(request, in: scenarios)
    }
}
