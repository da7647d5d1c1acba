/// What one run proves that another did not, and the other way round: what a pull request changes.
package struct LedgerComparison: Codable, Sendable, Hashable {
    /// What became of one check between the two runs.
    package struct Change: Codable, Sendable, Hashable {
        package var guide: String
        package var block: String
        /// The line of its fence, in the later run where it is in that one.
        package var line: Int
        /// Nil where the earlier run did not have it.
        package var before: ProofState?
        /// Nil where the later run does not have it.
        package var after: ProofState?
        /// What the later run says about it.
        package var reason: String?
    }

    /// Works before, or not there before, and broken now.
    package var newlyBroken: [Change] = []
    /// Broken before, and proven now.
    package var fixed: [Change] = []
    /// Proven before; now skipped, or gone.
    package var noLongerProven: [Change] = []
    /// Skipped before, or not there, and proven now.
    package var newlyProven: [Change] = []
    /// Broken before and now.
    package var stillBroken: [Change] = []

    /// True where the later run proves no less than the earlier one did.
    package var isNoWorse: Bool { newlyBroken.isEmpty && noLongerProven.isEmpty }

    package init(from base: Ledger, to head: Ledger) {
        let earlier = Dictionary(base.guides.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
        let later = Set(head.guides.map(\.path))
        for guide in head.guides {
            compare(guide.path, earlier[guide.path]?.blocks ?? [], guide.blocks)
            // Where nothing of a guide could be started, there is nothing that blocks could say.
            if guide.blocks.isEmpty, guide.state == .error {
                let before = earlier[guide.path]?.state
                add(Change(guide: guide.path, block: "", line: 1, before: before, after: .error, reason: guide.reason))
            }
        }
        for guide in base.guides where !later.contains(guide.path) {
            compare(guide.path, guide.blocks, [])
        }
    }

    /// Blocks are the same if they have the same name; one that was only renamed is found by its contents.
    private mutating func compare(_ guide: String, _ before: [BlockProof], _ after: [BlockProof]) {
        var unmatched = Dictionary(before.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        var pairs = after.map { (before: unmatched.removeValue(forKey: $0.name), after: $0) }
        for index in pairs.indices where pairs[index].before == nil {
            let twin = unmatched.values.filter { $0.contentHash == pairs[index].after.contentHash }
                .min { $0.line < $1.line }
            guard let twin else { continue }
            pairs[index].before = unmatched.removeValue(forKey: twin.name)
        }
        for (old, new) in pairs {
            add(
                Change(
                    guide: guide, block: new.name, line: new.line, before: old?.state, after: new.state,
                    reason: new.reason
                ))
        }
        for old in unmatched.values.sorted(by: { $0.line < $1.line }) {
            add(
                Change(
                    guide: guide, block: old.name, line: old.line, before: old.state, after: nil,
                    reason: "the block is gone"
                ))
        }
    }

    private mutating func add(_ change: Change) {
        switch (change.before.map(\.isBroken), change.after.map(\.isBroken)) {
        case (true?, true?): stillBroken.append(change)
        case (_, true?): newlyBroken.append(change)
        case (true?, false?) where change.after == .passed: fixed.append(change)
        default:
            if change.before == .passed, change.after != .passed { noLongerProven.append(change) }
            if change.before != .passed, change.after == .passed { newlyProven.append(change) }
        }
    }
}

extension ProofState {
    /// Whether something is wrong, as opposed to proven or left out.
    package var isBroken: Bool {
        switch self {
        case .failed, .blocked, .error: true
        case .passed, .skipped: false
        }
    }
}
