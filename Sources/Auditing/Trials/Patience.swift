import Guides
import Proving

/// How long guides and their commands may take, by how long they took when nothing was changed.
///
/// A mutant that makes a command wait for ever is noticed no less by a short wait.
struct Patience: Sendable {
    /// Nothing is given less, so that a busy machine makes nobody seem to have noticed something.
    private static let least = Duration.seconds(6)

    private let guides: [String: GuideProof]

    init(_ baseline: Ledger) {
        guides = Dictionary(baseline.guides.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// How long a guide keeps a core busy at most. One that takes longer is waiting for something that does not come.
    func usual(_ scenario: Scenario) -> Duration {
        max(.seconds(1), .milliseconds(2 * (guides[scenario.guide.path]?.durationMilliseconds ?? 0)))
    }

    /// The scenario with less time for each of its commands, never more than its author gives it.
    func limited(_ scenario: Scenario) -> Scenario {
        var scenario = scenario
        let proofs = guides[scenario.guide.path]?.blocks ?? []
        for index in scenario.checks.indices {
            let name = scenario.checks[index].block.name
            let steps = proofs.first { $0.name == name }?.steps ?? []
            let slowest = steps.map(\.durationMilliseconds).max() ?? 0
            let enough = max(Self.least, .seconds((slowest * 6 / 1_000).rounded(.up)))
            scenario.checks[index].timeout = min(scenario.checks[index].timeout, enough)
        }
        return scenario
    }
}
