extension Ledger {
    /// Why ledgers can't be made one.
    package enum MergeProblem: Error, Sendable, Hashable, CustomStringConvertible {
        case nothing
        /// A ledger speaks of one tool, one engine and one isolation.
        case differs(what: String, first: String, firstValue: String, second: String, secondValue: String)
        case twice(guide: String, first: String, second: String)
        case mixedShards(first: String, second: String)
        case missingShards([Int], count: Int)

        package var description: String {
            switch self {
            case .nothing:
                "there is no ledger to merge; name those of the parts, such as part-*/ledger.json"
            case .differs(let what, let first, let firstValue, let second, let secondValue):
                "\(first) and \(second) are not of one \(what): \(firstValue), and \(secondValue). Run all parts alike"
            case .twice(let guide, let first, let second):
                "\(guide) is in \(first) and in \(second); give each part once"
            case .mixedShards(let first, let second):
                "\(first) and \(second) are not parts of one whole; run all with --shard 1/N to N/N, and the same guides"
            case .missingShards(let missing, let count):
                "of the \(count) parts \(missing.map { "\($0)/\(count)" }.joined(separator: ", ")) "
                    + (missing.count == 1 ? "is" : "are") + " missing; without all of them the whole is not proven"
            }
        }
    }

    /// One ledger of the ledgers of several machines.
    ///
    /// The parts of a split run (``Shard``) must all be there: what was not run must not look as if nothing was wrong with it.
    /// The duration is that of the longest part, since they run at once.
    ///
    /// - Parameter parts: each with a name for messages.
    package static func merge(_ parts: [(name: String, ledger: Ledger)]) throws(MergeProblem) -> Ledger {
        guard let first = parts.first else { throw .nothing }
        var merged = first.ledger
        merged.guides = []
        merged.shard = nil
        var owners: [String: String] = [:]
        for part in parts {
            try checkAlike(first, part)
            for guide in part.ledger.guides {
                if let owner = owners.updateValue(part.name, forKey: guide.path) {
                    throw .twice(guide: guide.path, first: owner, second: part.name)
                }
                merged.guides.append(guide)
            }
            merged.startedAt = min(merged.startedAt, part.ledger.startedAt)
            merged.durationMilliseconds = max(merged.durationMilliseconds, part.ledger.durationMilliseconds)
        }
        if let shard = first.ledger.shard {
            let present = Set(parts.compactMap { $0.ledger.shard?.index })
            let missing = (1...shard.count).filter { !present.contains($0) }
            guard missing.isEmpty else { throw .missingShards(missing, count: shard.count) }
        }
        merged.guides.sort { $0.path < $1.path }
        return merged
    }

    private typealias Part = (name: String, ledger: Ledger)

    private static func checkAlike(_ first: Part, _ second: Part) throws(MergeProblem) {
        func compare(_ what: String, _ value: (Ledger) -> String) throws(MergeProblem) {
            let values = (value(first.ledger), value(second.ledger))
            guard values.0 != values.1 else { return }
            throw .differs(
                what: what, first: first.name, firstValue: values.0, second: second.name, secondValue: values.1)
        }
        try compare("version of Launchpad") { "\($0.tool.name) \($0.tool.version)" }
        try compare("engine") { "\($0.engine.name) (\($0.engine.version))" }
        try compare("isolation") { $0.isolation }
        guard first.ledger.shard?.count == second.ledger.shard?.count else {
            throw .mixedShards(first: first.name, second: second.name)
        }
    }
}
