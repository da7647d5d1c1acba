/// Matches shown lines with printed lines in any order: each with one of the other side. A `...` takes what is left over.
struct UnorderedMatch {
    let shown: [ShownLine]
    let lines: [Range<Int>]
    let bytes: LinePattern.Text
    let start: Captures

    /// What a search found: for each shown line the printed one, if any, and the captures of all of them.
    struct Assignment {
        var printed: [Int?]
        var captures: Captures
        /// The printed lines that no shown line stands for.
        var leftOver: [Int]
    }

    /// The pairs: equal text first, then patterns, as many of them as possible.
    func assign() -> Assignment {
        var assignment = Assignment(printed: Array(repeating: nil, count: shown.count), captures: start, leftOver: [])
        var waiting: [[UInt8]: [Int]] = [:]
        for index in lines.indices.reversed() {
            waiting[Array(bytes[lines[index]]), default: []].append(index)
        }
        var patterns: [Int] = []
        for (index, line) in shown.enumerated() {
            guard case .pattern(let pattern) = line else { continue }
            if let printed = waiting[pattern.text]?.popLast() {
                assignment.printed[index] = printed
            } else if !pattern.isLiteral {
                patterns.append(index)
            }
        }
        let free = waiting.values.flatMap { $0 }.sorted()
        var used: Set<Int>
        if let found = consistent(patterns, free) {
            for (index, printed) in found.pairs { assignment.printed[index] = printed }
            assignment.captures = found.captures
            used = Set(found.pairs.values)
        } else {
            used = []
            pair(patterns, free, &assignment, &used)
        }
        assignment.leftOver = free.filter { !used.contains($0) }
        return assignment
    }

    private func line(_ index: Int) -> LinePattern.Text {
        LinePattern.Text(rebasing: bytes[lines[index]])
    }

    /// A complete assignment of the patterns in which every name has one value; nil when there is none within the budget.
    private func consistent(_ patterns: [Int], _ free: [Int]) -> (pairs: [Int: Int], captures: Captures)? {
        guard patterns.count <= free.count else { return nil }
        let choices = patterns.map { index in free.filter { shown[index].matchesLoosely(line($0), start) } }
        // The line with the fewest choices decides first.
        let order = patterns.indices.sorted { (choices[$0].count, $0) < (choices[$1].count, $1) }
        var budget = 200_000
        var pairs: [Int: Int] = [:]
        var used: Set<Int> = []
        func solve(_ position: Int, _ captures: Captures) -> Captures? {
            guard position < order.count else { return captures }
            let slot = order[position]
            for printed in choices[slot] where !used.contains(printed) {
                guard budget > 0 else { return nil }
                budget -= 1
                guard let found = shown[patterns[slot]].firstMatch(line(printed), captures) else { continue }
                used.insert(printed)
                pairs[patterns[slot]] = printed
                if let result = solve(position + 1, found) { return result }
                used.remove(printed)
                pairs[patterns[slot]] = nil
            }
            return nil
        }
        guard patterns.count <= 1_000, let captures = solve(0, start) else { return nil }
        return (pairs, captures)
    }

    /// The most pairs that can be had (augmenting paths), then those left out in which a name would get a second value.
    private func pair(_ patterns: [Int], _ free: [Int], _ assignment: inout Assignment, _ used: inout Set<Int>) {
        var owner: [Int: Int] = [:]
        func place(_ index: Int, _ tried: inout Set<Int>) -> Bool {
            for printed in free where !tried.contains(printed) && shown[index].matchesLoosely(line(printed), start) {
                tried.insert(printed)
                guard let other = owner[printed] else {
                    owner[printed] = index
                    return true
                }
                if place(other, &tried) {
                    owner[printed] = index
                    return true
                }
            }
            return false
        }
        for index in patterns {
            var tried: Set<Int> = []
            _ = place(index, &tried)
        }
        for (printed, index) in owner.sorted(by: { $0.value < $1.value }) {
            if let found = shown[index].firstMatch(line(printed), assignment.captures) {
                assignment.captures = found
                assignment.printed[index] = printed
                used.insert(printed)
            }
        }
    }
}

extension Expectation {
    func matchUnordered(_ text: OutputText, _ bindings: Bindings) -> MatchOutcome {
        let shown = compiledLines()
        return text.bytes.withUnsafeBufferPointer { bytes in
            let match = UnorderedMatch(shown: shown, lines: text.lines, bytes: bytes, start: Captures(bindings))
            let assignment = match.assign()
            let takesRest = shown.contains(where: \.isEllipsis)
            let isComplete = shown.indices.allSatisfy { shown[$0].isEllipsis || assignment.printed[$0] != nil }
            if isComplete, takesRest || assignment.leftOver.isEmpty {
                return .matched(assignment.captures.bindings)
            }
            let alignment = LineAlignment(unordered: shown, assignment)
            return .mismatched(mismatch(alignment, text))
        }
    }
}

extension LineAlignment {
    /// The pairs in the order of the shown lines, then what is left over.
    init(unordered shown: [ShownLine], _ assignment: UnorderedMatch.Assignment) {
        let takesRest = shown.contains(where: \.isEllipsis)
        for (index, line) in shown.enumerated() {
            if line.isEllipsis {
                operations.append(.keep(shown: index, printed: 0..<0))
            } else if let printed = assignment.printed[index] {
                operations.append(.keep(shown: index, printed: printed..<printed + 1))
            } else {
                operations.append(.remove(shown: index))
            }
        }
        if !takesRest {
            operations += assignment.leftOver.map { .insert(printed: $0..<$0 + 1) }
        }
    }
}
