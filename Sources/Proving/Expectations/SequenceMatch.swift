/// Matches shown lines with printed lines in order, `...` standing for any number of them.
struct SequenceMatch {
    let shown: [ShownLine]
    let lines: [Range<Int>]
    let bytes: LinePattern.Text

    /// The captures after a way in which everything matches, or nil.
    ///
    /// Linear in the number of printed lines, unless a name that has no value yet stands twice: then, and only if the
    /// quick way finds nothing, other places for the first use are tried within a budget.
    func captures(from start: Captures) -> Captures? {
        if let found = quick(start) { return found }
        var seen: Set<String> = []
        var shared: Set<String> = []
        for name in shown.flatMap(\.names) where start.values[name] == nil && !seen.insert(name).inserted {
            shared.insert(name)
        }
        guard !shared.isEmpty else { return nil }
        return ThoroughMatch(self, shared: shared).captures(from: start)
    }

    func line(_ index: Int) -> LinePattern.Text {
        LinePattern.Text(rebasing: bytes[lines[index]])
    }

    /// Takes, for each run of lines between two `...`, the first place where it fits.
    private func quick(_ start: Captures) -> Captures? {
        let runs = shown.split(omittingEmptySubsequences: false, whereSeparator: \.isEllipsis)
        var captures = start
        var position = 0
        for (number, run) in runs.enumerated() {
            let isFirst = number == 0
            let isLast = number == runs.count - 1
            var place = isLast && !isFirst ? lines.count - run.count : position
            if isFirst, isLast, run.count != lines.count { return nil }
            guard place >= position else { return nil }
            while true {
                guard place + run.count <= lines.count else { return nil }
                if let found = match(run, at: place, captures) {
                    captures = found
                    break
                }
                if isFirst || isLast { return nil }
                place += 1
            }
            position = place + run.count
        }
        return captures
    }

    private func match(_ run: ArraySlice<ShownLine>, at place: Int, _ start: Captures) -> Captures? {
        var captures = start
        for (offset, shown) in run.enumerated() {
            guard let found = shown.firstMatch(line(place + offset), captures) else { return nil }
            captures = found
        }
        return captures
    }
}

/// The search that tries every place for the names that are used twice.
private final class ThoroughMatch {
    private let match: SequenceMatch
    private let shared: Set<String>
    private var search = MatchSearch(exhaustive: true)
    private var result: Captures?

    /// Each line with a shared name costs stack; expectations with more of them get the quick match alone.
    private static let depthLimit = 400

    init(_ match: SequenceMatch, shared: Set<String>) {
        self.match = match
        self.shared = shared
    }

    func captures(from start: Captures) -> Captures? {
        let depth = match.shown.count { $0.isEllipsis || !shared.isDisjoint(with: $0.names) }
        guard depth <= Self.depthLimit else { return nil }
        return solve(0, 0, start) ? result : nil
    }

    private func solve(_ firstShown: Int, _ firstLine: Int, _ start: Captures) -> Bool {
        var shownIndex = firstShown
        var lineIndex = firstLine
        var captures = start
        while shownIndex < match.shown.count {
            let shown = match.shown[shownIndex]
            if shown.isEllipsis {
                return solveBehindEllipsis(shownIndex, lineIndex, captures)
            }
            guard lineIndex < match.lines.count, search.budget > 0 else { return false }
            search.budget -= 1
            let line = match.line(lineIndex)
            if case .pattern(let pattern) = shown, !shared.isDisjoint(with: pattern.names) {
                var inner = search
                defer { search.budget = min(search.budget, inner.budget) }
                return pattern.match(line, captures, &inner) { found, _ in
                    self.solve(shownIndex + 1, lineIndex + 1, found)
                }
            }
            guard let found = shown.firstMatch(line, captures) else { return false }
            captures = found
            shownIndex += 1
            lineIndex += 1
        }
        guard lineIndex == match.lines.count else { return false }
        result = captures
        return true
    }

    private func solveBehindEllipsis(_ shownIndex: Int, _ firstLine: Int, _ captures: Captures) -> Bool {
        let rest = match.shown[(shownIndex + 1)...]
        guard let next = rest.first else {
            result = captures
            return true
        }
        let fewest = rest.count { !$0.isEllipsis }
        let latest = match.lines.count - fewest
        // Without a further `...` the rest must end where the output ends.
        let earliest = fewest == rest.count ? max(firstLine, latest) : firstLine
        guard earliest <= latest else { return false }
        for place in earliest...latest {
            guard search.budget > 0 else { return false }
            search.budget -= 1
            if !next.isEllipsis, !next.matchesLoosely(match.line(place), captures) { continue }
            if solve(shownIndex + 1, place, captures) { return true }
        }
        return false
    }
}
