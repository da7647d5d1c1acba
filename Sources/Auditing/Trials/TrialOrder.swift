/// Which guide to try first on a mutant: the one that has noticed the mutants most like it.
///
/// What a mutant's order depends on is the same in every run with the same seed, however fast or slow the machine is: the mutants
/// that come ``delay`` or more before it. So is which check is told to have noticed it.
struct TrialOrder: Sendable {
    /// How many mutants may be under way behind the first one that is.
    static let delay = 32

    private var noticed: [(file: String, path: [Substring], kind: Mutation.Kind, guide: String)] = []

    /// Remembers who noticed a mutant.
    mutating func learn(from mutant: AuditReport.Mutant) {
        guard mutant.state == .noticed, let guide = mutant.noticedBy?.split(separator: "#").first else { return }
        noticed.append((mutant.file, mutant.path.split(separator: "."), mutant.kind, String(guide)))
    }

    /// The guides in the order in which to try them; those that have noticed nothing stay as they are, behind the others.
    func sorted(_ guides: [String], for mutant: AuditReport.Mutant) -> [String] {
        let path = mutant.path.split(separator: ".")
        var weights: [String: Int] = [:]
        for one in noticed where one.file == mutant.file {
            let shared = zip(one.path, path).count { $0 == $1 }
            let likeness = shared * 2 + (one.kind == mutant.kind ? 2 : 0) + (one.path.count == path.count ? 1 : 0)
            weights[one.guide, default: 0] += 1 << min(likeness, 40)
        }
        return guides.enumerated().sorted { first, second in
            let (one, other) = (weights[first.element] ?? 0, weights[second.element] ?? 0)
            return one == other ? first.offset < second.offset : one > other
        }.map(\.element)
    }
}
