import Guides
import Proving
import Tangling

/// Changes a word of each line that a guide expects, and compares with what the command really printed.
enum ExpectationMutants {
    /// - Parameter ledger: a run in which every check passed or was skipped.
    static func of(_ scenario: Scenario, _ ledger: Ledger, seed: UInt64) -> [AuditReport.Mutant] {
        guard let proof = ledger.guides.first(where: { $0.path == scenario.guide.path }) else { return [] }
        var random = SeededRandom(seed: seed)
        var bindings = Bindings()
        var mutants: [AuditReport.Mutant] = []
        for check in scenario.checks {
            guard let block = proof.blocks.first(where: { $0.name == check.block.name }), block.state == .passed else {
                continue
            }
            for (step, printed) in zip(check.steps, block.steps) {
                guard let expectation = step.expectation,
                    case .matched(let captured) = expectation.match(printed.output, bindings: bindings)
                else { continue }
                if expectation.mode != .regex {
                    for index in expectation.lines.indices {
                        guard let (changed, change) = mutated(expectation, index, &random) else { continue }
                        let isNoticed: Bool
                        if case .matched = changed.match(printed.output, bindings: bindings) {
                            isNoticed = false
                        } else {
                            isNoticed = true
                        }
                        mutants.append(
                            mutant(check, expectation.lines[index].number, change, isNoticed, scenario.guide.path))
                    }
                }
                bindings = captured
            }
        }
        return mutants
    }

    private static func mutant(
        _ check: Check, _ line: Int, _ change: String, _ isNoticed: Bool, _ guide: String
    ) -> AuditReport.Mutant {
        AuditReport.Mutant(
            file: guide, line: line, guide: guide, guideLine: line, path: check.block.name, kind: .expectation,
            change: change, state: isNoticed ? .noticed : .unnoticed,
            noticedBy: isNoticed ? "\(guide)#\(check.block.name)" : nil,
            reason: isNoticed ? "the output differs from what the guide shows" : nil, inputHash: check.contentHash)
    }

    /// The expectation with one word of one line changed; nil for a line that has none.
    private static func mutated(
        _ expectation: Expectation, _ index: Int, _ random: inout SeededRandom
    ) -> (Expectation, change: String)? {
        let text = expectation.lines[index].text
        guard text != "...", let word = words(in: text).randomElement(using: &random) else { return nil }
        var changed = expectation
        let old = String(text[word])
        let new = old.allSatisfy(\.isNumber) ? String(old.map { $0 == "9" ? "0" : "9" }) + "1" : old + "x"
        changed.lines[index].text = text[..<word.lowerBound] + new + text[word.upperBound...]
        return (changed, "expect \(new) instead of \(old)")
    }

    /// The words of a line that are not part of a placeholder.
    private static func words(in text: String) -> [Range<String.Index>] {
        var words: [Range<String.Index>] = []
        var index = text.startIndex
        while index < text.endIndex {
            if text[index] == "[", let close = text[index...].firstIndex(of: "]") {
                index = text.index(after: close)
            } else if text[index].isLetter || text[index].isNumber {
                let end = text[index...].firstIndex { !$0.isLetter && !$0.isNumber } ?? text.endIndex
                words.append(index..<end)
                index = end
            } else {
                index = text.index(after: index)
            }
        }
        return words
    }
}
