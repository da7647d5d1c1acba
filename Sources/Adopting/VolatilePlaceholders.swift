import Guides
import Proving

/// Puts `[..]` where an output is another one each time, so that a page goes on to match.
enum VolatilePlaceholders {
    /// - Parameters:
    ///   - scenario: of the page as it is to be written.
    ///   - proof: of a run in which the page had the same lines.
    ///   - blocks: indices of the blocks whose output differs in nothing but volatile parts.
    /// - Returns: the page with placeholders, and by block the lines that have some now. A block whose output would still not
    ///   match is left as it is.
    static func put(
        into scenario: Scenario, _ proof: GuideProof, blocks: [Int]
    ) -> (page: [UInt8], lines: [Int: [String]]) {
        var current = scenario
        var changed: [Int: [String]] = [:]
        // From the end on, since the lines of a block that comes later move.
        for index in blocks.sorted().reversed() {
            guard let run = proof.blocks.first(where: { $0.index == index }),
                let (bytes, lines) = rewritten(index, in: current, run),
                let guide = GuideParser.parse(path: current.guide.path, name: current.guide.name, bytes: bytes).guide
            else { continue }
            let made = Scenario.make(from: guide).scenario
            guard matches(index, in: made, run) else { continue }
            current = made
            changed[index] = lines
        }
        return (current.guide.source, changed)
    }

    private static func rewritten(_ index: Int, in scenario: Scenario, _ run: BlockProof) -> ([UInt8], lines: [String])?
    {
        guard let check = scenario.checks.first(where: { $0.block.index == index }) else { return nil }
        let shown =
            scenario.guide.blocks.first { $0.kind == .expectation && $0.attributes["expect"] == check.block.name }
            ?? check.block
        var rewriter = GuideRewriter(guide: scenario.guide)
        var lines: [String] = []
        for mismatch in run.steps.compactMap(\.mismatch) {
            guard let hunks = hunks(of: mismatch) else { return nil }
            for hunk in hunks {
                rewriter.replace(lines: hunk.lines, of: shown, with: hunk.content)
                lines += hunk.content.filter { $0.contains("[..]") }
            }
        }
        return (rewriter.bytes(), lines)
    }

    private static func matches(_ index: Int, in scenario: Scenario, _ run: BlockProof) -> Bool {
        guard let check = scenario.checks.first(where: { $0.block.index == index }),
            check.steps.map(\.command) == run.steps.map(\.command)
        else { return false }
        var bindings = Bindings()
        for (step, printed) in zip(check.steps, run.steps) {
            guard let expectation = step.expectation else { continue }
            guard case .matched(let found) = expectation.match(printed.output, bindings: bindings) else { return false }
            bindings = found
        }
        return true
    }

    // MARK: Lines

    /// Lines of the guide and what takes their place.
    private struct Hunk {
        var lines: Range<Int>
        var content: [String]
    }

    /// Nil where it cannot be told which line was printed for which.
    private static func hunks(of mismatch: Mismatch) -> [Hunk]? {
        var hunks: [Hunk] = []
        var lastLine: Int?
        var expected: [Mismatch.Line] = []
        var actual: [Mismatch.Line] = []
        func close() -> Bool {
            guard !expected.isEmpty || !actual.isEmpty else { return true }
            guard let content = content(expected.map(\.text), actual.map(\.text)) else { return false }
            let numbers = expected.compactMap(\.guideLine)
            if let first = numbers.first, let last = numbers.last {
                hunks.append(Hunk(lines: first..<last + 1, content: content))
            } else if let lastLine {
                hunks.append(Hunk(lines: lastLine + 1..<lastLine + 1, content: content))
            } else {
                return false
            }
            expected = []
            actual = []
            return true
        }
        for line in mismatch.lines {
            switch line.side {
            case .expected: expected.append(line)
            case .actual: actual.append(line)
            case .both: guard close() else { return nil }
            }
            lastLine = line.guideLine ?? lastLine
        }
        return close() ? hunks : nil
    }

    /// The printed lines, with a placeholder for each word that is not as shown.
    private static func content(_ expected: [String], _ actual: [String]) -> [String]? {
        var shown = expected.filter { !$0.trimmingBlanks.isEmpty }[...]
        var lines: [String] = []
        for line in actual {
            guard !line.trimmingBlanks.isEmpty else {
                lines.append(line)
                continue
            }
            guard let former = shown.popFirst(), let merged = merged(former, line) else { return nil }
            lines.append(merged)
        }
        return shown.isEmpty ? lines : nil
    }

    private static func merged(_ shown: String, _ printed: String) -> String? {
        let former = shown.split(whereSeparator: \.isWhitespace)
        var words = former[...]
        var result = ""
        var rest = printed[...]
        while !rest.isEmpty {
            result += rest.prefix(while: \.isWhitespace)
            rest = rest.drop(while: \.isWhitespace)
            let word = rest.prefix { !$0.isWhitespace }
            guard !word.isEmpty else { break }
            guard let old = words.popFirst() else { return nil }
            // What is volatile can be the same by chance.
            let isFixed = old == word && !Volatile.leveled(String(word)).contains("#")
            result += isFixed ? String(word) : "[..]"
            rest = rest[word.endIndex...]
        }
        // What reads as a prompt would be a command.
        return words.isEmpty && !result.hasPrefix("$ ") && !result.hasPrefix("> ") ? result : nil
    }
}
