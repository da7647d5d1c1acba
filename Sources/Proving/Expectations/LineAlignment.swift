/// The smallest line diff between shown and printed lines, in which a placeholder counts as equal to what it matches.
struct LineAlignment {
    enum Operation: Hashable {
        /// The shown line matches the printed lines: one of them, or for a `...` any number.
        case keep(shown: Int, printed: Range<Int>)
        /// The shown line was not printed.
        case remove(shown: Int)
        /// The printed lines are not shown.
        case insert(printed: Range<Int>)
    }

    var operations: [Operation] = []

    /// Above this many pairs of lines the middle of the output is not aligned, but taken as not shown.
    private static let pairLimit = 16_000_000

    init(shown: [ShownLine], lines: [Range<Int>], bytes: LinePattern.Text, captures: Captures) {
        let table = AlignmentTable(shown: shown, lines: lines, bytes: bytes, captures: captures)
        var head = 0
        while head < shown.count, head < lines.count, table.pairs(head, head) {
            operations.append(.keep(shown: head, printed: head..<head + 1))
            head += 1
        }
        var tail = 0
        while head + tail < shown.count, head + tail < lines.count,
            table.pairs(shown.count - 1 - tail, lines.count - 1 - tail)
        {
            tail += 1
        }
        let shownMiddle = head..<shown.count - tail
        let printedMiddle = head..<lines.count - tail
        let room = max(Self.pairLimit / max(shownMiddle.count, 1), 2)
        if printedMiddle.count > room {
            operations += table.align(shownMiddle, printedMiddle, leavingOut: room)
        } else {
            operations += table.align(shownMiddle, Array(printedMiddle))
        }
        for offset in stride(from: tail, to: 0, by: -1) {
            let printed = lines.count - offset
            operations.append(.keep(shown: shown.count - offset, printed: printed..<printed + 1))
        }
        separateUnequalValues(table, captures)
        joinInsertions()
        giveBackToEllipses(table)
        joinInsertions()
    }

    /// Leaves the two `...` out that stand around the lines of `match=contains`.
    mutating func dropOuterEllipses() {
        let last = operations.compactMap { operation -> Int? in
            switch operation {
            case .keep(let shown, _), .remove(let shown): shown
            case .insert: nil
            }
        }.max()
        operations = operations.compactMap { operation in
            switch operation {
            case .keep(let shown, let printed):
                shown == 0 || shown == last ? nil : .keep(shown: shown - 1, printed: printed)
            case .remove(let shown):
                .remove(shown: shown - 1)
            case .insert:
                operation
            }
        }
    }

    /// Walks the pairs in order; where a name comes to stand for a second value, the pair is no match.
    private mutating func separateUnequalValues(_ table: AlignmentTable, _ start: Captures) {
        var captures = start
        operations = operations.flatMap { operation -> [Operation] in
            guard case .keep(let shown, let printed) = operation, case .pattern(let pattern) = table.shown[shown] else {
                return [operation]
            }
            if let found = pattern.firstMatch(table.line(printed.lowerBound), captures) {
                captures = found
                return [operation]
            }
            return [.remove(shown: shown), .insert(printed: printed)]
        }
    }

    /// Puts neighbouring changes in order: first what is missing, then what came in its place.
    private mutating func joinInsertions() {
        var result: [Operation] = []
        var inserted: Range<Int>?
        var removed: [Operation] = []
        func flush() {
            result += removed
            if let range = inserted { result.append(.insert(printed: range)) }
            removed = []
            inserted = nil
        }
        for operation in operations {
            switch operation {
            case .keep:
                flush()
                result.append(operation)
            case .remove:
                removed.append(operation)
            case .insert(let printed):
                inserted = (inserted?.lowerBound ?? printed.lowerBound)..<printed.upperBound
            }
        }
        flush()
        operations = result
    }

    /// A `...` next to missing lines swallows what was printed in their place; that is shown instead.
    private mutating func giveBackToEllipses(_ table: AlignmentTable) {
        func missing(_ range: some Sequence<Int>) -> Int {
            var count = 0
            for index in range {
                guard case .remove = operations[index] else { break }
                count += 1
            }
            return count
        }
        var result: [Operation] = []
        for (index, operation) in operations.enumerated() {
            guard case .keep(let shown, var printed) = operation, table.shown[shown].isEllipsis else {
                result.append(operation)
                continue
            }
            let before = min(missing((0..<index).reversed()), printed.count)
            if before > 0 {
                let given = printed.prefix(before)
                result.append(.insert(printed: given))
                printed = given.upperBound..<printed.upperBound
            }
            let after = min(missing(index + 1..<operations.count), printed.count)
            let given = printed.suffix(after)
            result.append(.keep(shown: shown, printed: printed.lowerBound..<given.lowerBound))
            if after > 0 { result.append(.insert(printed: given)) }
        }
        operations = result
    }
}

/// Which shown line pairs with which printed line, and the cheapest way through both.
private struct AlignmentTable {
    let shown: [ShownLine]
    let lines: [Range<Int>]
    let bytes: LinePattern.Text
    let captures: Captures
    /// Printed and literal shown lines with the same text have the same number; -1 for patterns.
    private var shownNumbers: [Int] = []
    private var printedNumbers: [Int] = []

    init(shown: [ShownLine], lines: [Range<Int>], bytes: LinePattern.Text, captures: Captures) {
        self.shown = shown
        self.lines = lines
        self.bytes = bytes
        self.captures = captures
        var numbers: [[UInt8]: Int] = [:]
        for line in shown {
            if case .pattern(let pattern) = line, pattern.isLiteral {
                let number = numbers[pattern.text] ?? numbers.count
                numbers[pattern.text] = number
                shownNumbers.append(number)
            } else {
                shownNumbers.append(-1)
            }
        }
        printedNumbers = lines.map { numbers[Array(bytes[$0])] ?? -2 }
    }

    func line(_ index: Int) -> LinePattern.Text {
        LinePattern.Text(rebasing: bytes[lines[index]])
    }

    func pairs(_ shownIndex: Int, _ printedIndex: Int) -> Bool {
        if shown[shownIndex].isEllipsis { return false }
        if shownNumbers[shownIndex] >= 0 { return shownNumbers[shownIndex] == printedNumbers[printedIndex] }
        return shown[shownIndex].matchesLoosely(line(printedIndex), captures)
    }

    /// Aligns with the first and the last `room` lines of `printed`; those between count as not shown.
    func align(_ shownRange: Range<Int>, _ printed: Range<Int>, leavingOut room: Int) -> [LineAlignment.Operation] {
        let half = room / 2
        let gap = printed.lowerBound + half..<printed.upperBound - half
        let kept = Array(printed.prefix(half)) + Array(printed.suffix(half))
        var result: [LineAlignment.Operation] = []
        var placed = false
        for operation in align(shownRange, kept) {
            switch operation {
            case .keep(let shown, let range)
            where range.lowerBound < gap.lowerBound && range.upperBound > gap.upperBound:
                // A `...` that reaches over the gap takes it along.
                placed = true
                result.append(.keep(shown: shown, printed: range))
            case .keep(_, let range), .insert(let range):
                if !placed, range.lowerBound >= gap.upperBound {
                    placed = true
                    result.append(.insert(printed: gap))
                }
                result.append(operation)
            case .remove:
                result.append(operation)
            }
        }
        if !placed { result.append(.insert(printed: gap)) }
        return result
    }

    /// Between two diffs of one length the one that keeps more of the guide's lines is better.
    private static let removal: Int32 = 3
    private static let insertion: Int32 = 2

    /// The cheapest alignment of the shown lines with the printed lines of these numbers.
    func align(_ shownRange: Range<Int>, _ printed: [Int]) -> [LineAlignment.Operation] {
        let width = printed.count + 1
        // Steps: 1 a pair, 2 missing, 3 not shown, 4 swallowed by `...`, 5 a `...` begins.
        var steps = [UInt8](repeating: 0, count: (shownRange.count + 1) * width)
        var above = (0..<width).map { Int32($0) * Self.insertion }
        for column in 1..<max(width, 1) { steps[column] = 3 }
        var current = above
        for (row, shownIndex) in shownRange.enumerated() {
            let base = (row + 1) * width
            let isEllipsis = shown[shownIndex].isEllipsis
            current[0] = above[0] + (isEllipsis ? 0 : Self.removal)
            steps[base] = isEllipsis ? 5 : 2
            for column in 1..<max(width, 1) {
                if isEllipsis {
                    let swallowed = current[column - 1]
                    let begun = above[column]
                    current[column] = min(swallowed, begun)
                    steps[base + column] = swallowed <= begun ? 4 : 5
                    continue
                }
                var best = above[column] + Self.removal
                var step: UInt8 = 2
                if current[column - 1] + Self.insertion < best {
                    best = current[column - 1] + Self.insertion
                    step = 3
                }
                if above[column - 1] <= best, pairs(shownIndex, printed[column - 1]) {
                    best = above[column - 1]
                    step = 1
                }
                current[column] = best
                steps[base + column] = step
            }
            swap(&above, &current)
        }
        return trace(steps, width, shownRange, printed)
    }

    private func trace(
        _ steps: [UInt8],
        _ width: Int,
        _ shownRange: Range<Int>,
        _ printed: [Int]
    ) -> [LineAlignment.Operation] {
        var result: [LineAlignment.Operation] = []
        var row = shownRange.count
        var column = width - 1
        var swallowed: Range<Int>?
        while row > 0 || column > 0 {
            let shownIndex = shownRange.lowerBound + row - 1
            let printedIndex = column > 0 ? printed[column - 1] : 0
            switch steps[row * width + column] {
            case 1:
                result.append(.keep(shown: shownIndex, printed: printedIndex..<printedIndex + 1))
                row -= 1
                column -= 1
            case 2:
                result.append(.remove(shown: shownIndex))
                row -= 1
            case 3:
                result.append(.insert(printed: printedIndex..<printedIndex + 1))
                column -= 1
            case 4:
                swallowed = printedIndex..<(swallowed?.upperBound ?? printedIndex + 1)
                column -= 1
            default:
                let empty = column > 0 ? printedIndex + 1 : printed.first ?? 0
                result.append(.keep(shown: shownIndex, printed: swallowed ?? empty..<empty))
                swallowed = nil
                row -= 1
            }
        }
        return result.reversed()
    }
}
