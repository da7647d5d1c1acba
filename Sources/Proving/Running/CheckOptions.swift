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

    /// Find out what would happen, and keep nothing of it: neither ledger nor cache is read or written.
    package var isTrial: Bool
    /// The part of the guides that the run is about, for the ledger; the scenarios are already those of the part.
    package var shard: Shard?

    /// The block, `block` or `guide#block`, in whose workbench a person gets a shell when it fails. Only its guide is run, and
    /// since they may change whatever they like, nothing of it is kept.
    package var shellOnFailure: String?

    /// True when the run is about everything that there is to prove, so that its proofs are worth keeping.
    var isWhole: Bool { only.isEmpty && !survey && !isTrial && shellOnFailure == nil }

    package init(
        only: [String] = [], force: Bool = false, jobs: Int? = nil, timeout: Duration? = nil, survey: Bool = false,
        isTrial: Bool = false, shard: Shard? = nil, shellOnFailure: String? = nil
    ) {
        self.only = only
        self.force = force
        self.jobs = jobs
        self.timeout = timeout
        self.survey = survey
        self.isTrial = isTrial
        self.shard = shard
        self.shellOnFailure = shellOnFailure
    }
}
