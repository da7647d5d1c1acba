/// What happens during `launchpad check`, as it happens. Reporters and the live display are driven by these alone.
package enum RunEvent: Sendable {
    /// The guides that will be checked, by path, with the number of checks in each.
    case runStarted(guides: [(path: String, checks: Int)], engine: EngineIdentity, isolation: String)
    case guideStarted(path: String)
    case blockStarted(guide: String, block: String, line: Int)
    case blockFinished(guide: String, proof: BlockProof)
    case guideFinished(GuideProof)
    case runFinished(Ledger)
}

/// Somebody who follows a run. Called from many tasks, one call at a time.
package protocol RunObserver: Sendable {
    func receive(_ event: RunEvent)
}
