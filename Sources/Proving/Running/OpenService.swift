/// A background command of which its guide shows more than it has printed when it became ready: a subscriber, say, below
/// which stands what arrives later on the page.
///
/// Its block is judged when all others have run.
struct OpenService {
    /// How long it may be quiet at the guide's end before its output counts as all that will come.
    private static let quiet = Duration.seconds(1)

    /// Its number in the workbench.
    let service: Int
    let expectation: Expectation

    /// Judges the command by all that it has printed.
    ///
    /// - Returns: why it failed, nil when it passed.
    func finish(
        _ proof: inout StepProof, _ bindings: inout Bindings, in workbench: Workbench, timeout: Duration
    ) throws -> String? {
        var result = try workbench.follow(service: service, seen: -1, for: .zero)
        let deadline = ContinuousClock.now + timeout
        guard let mismatch = try settle(&proof, &result, &bindings, in: workbench, quiet: Self.quiet, until: deadline)
        else {
            return nil
        }
        proof.mismatch = mismatch
        proof.state = .failed
        return "the output differs from what the guide shows"
    }

    /// Compares the output, and while it does not match waits for more as long as something comes.
    ///
    /// - Returns: how the last output differed, nil when it matched.
    func settle(
        _ proof: inout StepProof,
        _ result: inout AgentResult,
        _ bindings: inout Bindings,
        in workbench: Workbench,
        quiet: Duration,
        until deadline: ContinuousClock.Instant
    ) throws -> Mismatch? {
        while true {
            proof.output = TerminalText.clean(result.output)
            switch expectation.match(proof.output, bindings: bindings) {
            case .matched(let captured):
                bindings = captured
                return nil
            case .mismatched(let mismatch):
                let left = ContinuousClock.now.duration(to: deadline)
                let seen = result.printed
                guard result.ending == .running, left > .zero else { return mismatch }
                result = try workbench.follow(service: service, seen: seen, for: min(quiet, left))
                guard result.printed > seen else { return mismatch }
            }
        }
    }
}
