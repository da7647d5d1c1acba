import Guides
import Proving
import Tangling

/// The guides in whose workspaces a file lies.
struct FileUsers: Sendable {
    private let byPath: [String: [Scenario]]
    private let guides: [Guide]

    init(guides: [Guide], scenarios: [Scenario], plan: TanglePlan) {
        self.guides = guides
        let files = GuideFiles(guides: guides, plan: plan)
        let owners = Dictionary(plan.files.map { ($0.path, $0.guide) }, uniquingKeysWith: { first, _ in first })
        var byPath: [String: [Scenario]] = [:]
        for scenario in scenarios {
            for file in files.of(scenario.guide) { byPath[file.path, default: []].append(scenario) }
        }
        self.byPath = Dictionary(
            uniqueKeysWithValues: byPath.map { path, users in
                let ranked = users.map { (scenario: $0, rank: Self.rank($0, owner: owners[path])) }
                return (path, ranked.sorted { $0.rank < $1.rank }.map(\.scenario))
            })
    }

    /// Those that use the file at `path`: the one that describes it, then those with fewer commands before those with more.
    func of(_ path: String) -> [Scenario] { byPath[path] ?? [] }

    /// The files of a guide in a plan that differs in nothing but what the files say.
    func files(in plan: TanglePlan) -> GuideFiles { GuideFiles(guides: guides, plan: plan) }

    private static func rank(_ scenario: Scenario, owner: String?) -> (Int, Int, String) {
        let path = scenario.guide.path
        // A sample is compiled before it runs.
        let effort = scenario.checks.reduce(0) { $0 + ($1.runner == nil ? $1.steps.count : 20) }
        return (path == owner ? 0 : 1, effort, path)
    }
}

/// What decides what comes of a trial.
struct TrialInputs: Sendable {
    private let environment: String
    private let users: FileUsers
    /// For each guide the hashes of its checks, and what came of them when nothing was changed.
    private let checks: [String: String]

    init(environment: String, users: FileUsers, baseline: Ledger) {
        self.environment = environment
        self.users = users
        checks = Dictionary(
            baseline.guides.map { guide in
                (guide.path, guide.blocks.map { "\($0.contentHash) \($0.state.rawValue)\n" }.joined())
            }, uniquingKeysWith: { first, _ in first })
    }

    /// The hash of everything that decides what comes of a change of the file at `path`.
    func hash(of path: String, in mutated: TanglePlan) -> String {
        var text = environment + "\n" + path + "\n"
        let files = users.files(in: mutated)
        for scenario in users.of(path) {
            text += scenario.guide.path + "\n" + (checks[scenario.guide.path] ?? "")
            text += GuideFiles.hash(files.of(scenario.guide), of: scenario.guide) + "\n"
        }
        return Manifest.hash(Array(text.utf8))
    }
}
