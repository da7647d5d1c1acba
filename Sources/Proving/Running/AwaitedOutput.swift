import Guides

/// A command in the background that has not printed yet all that its guide shows, because what it waits for is still to
/// come: a subscriber that shows the messages of later blocks.
struct AwaitedOutput {
    /// How an output that may still grow compares with what the guide shows.
    enum Verdict {
        case matched(Bindings)
        /// What there is fits; more is to come.
        case incomplete(Mismatch)
        case differs(Mismatch)
    }

    let check: Check
    let expectation: Expectation
    /// The agent's number of the command.
    let service: Int
    /// Where the proof stands among those of the guide.
    let position: Int
    /// How many bytes have been looked at.
    var printed: Int

    static func judge(_ expectation: Expectation, _ output: String, _ bindings: Bindings) -> Verdict {
        switch expectation.match(output, bindings: bindings) {
        case .matched(let captured):
            return .matched(captured)
        case .mismatched(let mismatch):
            // In the other modes any line may still be the one that is missing.
            guard expectation.mode == .exact else { return .incomplete(mismatch) }
            let isBeginning = expectation.lines.indices.reversed().contains { count in
                let beginning = Expectation(mode: .exact, lines: Array(expectation.lines.prefix(count)))
                if case .matched = beginning.match(output, bindings: bindings) { return true }
                return false
            }
            return isBeginning ? .incomplete(mismatch) : .differs(mismatch)
        }
    }
}
