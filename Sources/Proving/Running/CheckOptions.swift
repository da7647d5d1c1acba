/// What `launchpad check` was asked to do beyond the obvious.
package struct CheckOptions: Sendable, Hashable {
    /// Names of the blocks to run, `block` or `guide#block`; empty for all.
    package var only: [String]
    /// Run also what is proven already.
    package var force: Bool
    /// How many guides run at once; nil lets the number of cores decide. Without a sandbox it is always one.
    package var jobs: Int?
    /// How long a command may take where its block says nothing about it.
    package var timeout: Duration?
    /// Go on where only an output differs from what the guide shows, as it does when the output is about to be accepted.
    /// Such a run says what commands print now, and proves nothing: ledger and cache stay as they are.
    package var survey: Bool

    /// What is kept of the run.
    package var keeps: Keeping
    /// The part of the guides that the run is about, for the ledger; the scenarios are already those of the part.
    package var shard: Shard?

    /// The block, `block` or `guide#block`, in whose workbench a person gets a shell when it fails. Only its guide is run, and
    /// since they may change whatever they like, nothing of it is kept.
    package var shellOnFailure: String?

    /// What is kept of a run.
    package enum Keeping: Sendable, Hashable {
        case ledgerAndProofs
        /// The proofs of guides that passed, so that they need not be run again; the ledger stays as it is.
        case proofs
        /// It only finds out what would happen. No command may take longer than ``CheckOptions/timeout`` says.
        case nothing
    }

    /// True when the run is about all that there is to prove of its guides, so that its proofs are worth keeping.
    private var isWhole: Bool { only.isEmpty && !survey && shellOnFailure == nil }

    var writesLedger: Bool { isWhole && keeps == .ledgerAndProofs }

    var readsProofs: Bool { isWhole && keeps != .nothing && !force }

    var writesProofs: Bool { isWhole && keeps != .nothing }

    package init(
        only: [String] = [], force: Bool = false, jobs: Int? = nil, timeout: Duration? = nil, survey: Bool = false,
        keeps: Keeping = .ledgerAndProofs, shard: Shard? = nil, shellOnFailure: String? = nil
    ) {
        self.only = only
        self.force = force
        self.jobs = jobs
        self.timeout = timeout
        self.survey = survey
        self.keeps = keeps
        self.shard = shard
        self.shellOnFailure = shellOnFailure
    }
}
