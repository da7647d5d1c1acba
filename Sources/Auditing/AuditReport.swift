package import Proving

/// What an audit found out: which changes of what the guides say a check noticed. Written as `.launchpad/audit.json`.
package struct AuditReport: Codable, Sendable, Hashable {
    package static let currentVersion = 1

    package var version = AuditReport.currentVersion
    package var tool: Ledger.Tool
    package var engine: EngineIdentity
    package var isolation: String
    /// Decides in which order mutants are tried, and so which are left where time runs out.
    package var seed: UInt64
    package var startedAt: String
    package var durationMilliseconds: Double
    /// SHA-256 of each file as it was mutated, by path.
    package var files: [String: String]
    /// How many checks of the audited guides were not run, and so could notice nothing, and why; nil where all of them were.
    package var notRun: String?
    /// Why some were not tried: `time ran out` or `interrupted`; nil where all were.
    package var stopped: String?
    /// By file and line.
    package var mutants: [Mutant]
    /// What earlier audits found out of files that this one was not about. It holds as long as their inputs stay the same.
    package var earlier: [Mutant]?

    /// One change and what came of it.
    package struct Mutant: Codable, Sendable, Hashable {
        package enum State: String, Codable, Sendable, Hashable, CaseIterable {
            /// A check failed because of it.
            case noticed
            /// Every check passed all the same: what is changed here is described and not proven.
            case unnoticed
            /// The file means the same as before: it says what holds anyway.
            case equivalent
            /// Time ran out before it was its turn, or no guide that uses the file can run here; then there is a reason.
            case untried
        }

        /// The changed file; for an expected word the guide itself.
        package var file: String
        /// The line of `file`.
        package var line: Int
        package var guide: String
        package var guideLine: Int
        /// The changed setting, such as `accounts.TENANT_A.users.1.password`; for an expected word the block's name.
        package var path: String
        package var kind: Mutation.Kind
        package var change: String
        package var state: State
        /// The first check that noticed it, `docs/running-nats.md#connz`.
        package var noticedBy: String?
        /// What that check said, or why it could not be tried.
        package var reason: String?
        /// Hash of everything that decides what comes of it; it is not tried again while that stays the same.
        package var inputHash: String

        /// Tells it from every other change of anything that decides what comes of it.
        var key: String { "\(inputHash) \(path) \(change)" }
    }

    /// Everything that is remembered.
    var known: [Mutant] { mutants + (earlier ?? []) }

    /// Writes down what an audit has found.
    package mutating func take(_ found: Auditor.Finding, afterMilliseconds duration: Double) {
        mutants = found.mutants
        files = found.files
        notRun = found.notRun
        stopped = found.stopped
        durationMilliseconds = duration
    }

    /// Takes over what a former audit has found out of other files.
    package mutating func remember(_ former: AuditReport?) {
        let others = (former?.known ?? []).filter { files[$0.file] == nil && $0.kind != .expectation }
        earlier = others.isEmpty ? nil : others
    }

    package init(tool: Ledger.Tool, engine: EngineIdentity, isolation: String, seed: UInt64, startedAt: String) {
        self.tool = tool
        self.engine = engine
        self.isolation = isolation
        self.seed = seed
        self.startedAt = startedAt
        durationMilliseconds = 0
        files = [:]
        mutants = []
    }

    package subscript(state: Mutant.State) -> Int { mutants.count { $0.state == state } }

    /// The share of the tried mutants, those aside that change nothing, that a check noticed; 1 where there are none.
    package var score: Double {
        let tried = self[.noticed] + self[.unnoticed]
        return tried == 0 ? 1 : Double(self[.noticed]) / Double(tried)
    }
}
