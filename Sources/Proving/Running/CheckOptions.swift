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

    package init(only: [String] = [], force: Bool = false, jobs: Int? = nil, timeout: Duration? = nil) {
        self.only = only
        self.force = force
        self.jobs = jobs
        self.timeout = timeout
    }
}
