/// How many checks came to what.
package struct LedgerCounts: Hashable {
    private var counts: [ProofState: Int] = [:]

    init(_ proofs: some Sequence<BlockProof>) {
        for proof in proofs { counts[proof.state, default: 0] += 1 }
    }

    init(_ ledger: Ledger) {
        self.init(ledger.guides.flatMap(\.blocks))
    }

    subscript(state: ProofState) -> Int { counts[state, default: 0] }

    var total: Int { counts.values.reduce(0, +) }

    /// `3 passed, 1 failed`; states that nothing came to are left out.
    var text: String {
        let parts = ProofState.allCases.filter { self[$0] > 0 }.map { "\(self[$0]) \(Self.word($0))" }
        return parts.isEmpty ? "nothing to check" : parts.joined(separator: ", ")
    }

    /// The state as reports name it.
    package static func word(_ state: ProofState) -> String {
        state == .error ? "could not run" : state.rawValue
    }
}

/// Small texts that all reports share.
enum ReportText {
    static func checks(_ count: Int) -> String { count == 1 ? "1 check" : "\(count) checks" }
    static func guides(_ count: Int) -> String { count == 1 ? "1 guide" : "\(count) guides" }

    /// `12 ms`, `1.2 s`, `2 min 3 s`.
    static func duration(_ milliseconds: Double) -> String {
        if milliseconds < 999.5 { return "\(Int(milliseconds.rounded())) ms" }
        let seconds = milliseconds / 1_000
        if seconds < 59.95 { return "\(decimal(seconds)) s" }
        let whole = Int(seconds.rounded())
        return "\(whole / 60) min \(whole % 60) s"
    }

    /// A number with one digit behind the point.
    private static func decimal(_ number: Double) -> String {
        let tenths = Int((number * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }

    /// Seconds with three digits behind the point, as JUnit wants them.
    static func seconds(_ milliseconds: Double) -> String {
        let whole = Int(milliseconds.rounded())
        let fraction = String(whole % 1_000)
        return "\(whole / 1_000)." + String(repeating: "0", count: 3 - fraction.count) + fraction
    }
}
