package import Guides
package import Tangling

/// Rewrites what a guide shows where a run printed something else.
package enum Acceptance {
    /// One block whose shown output is replaced.
    package struct Change: Sendable, Hashable {
        /// The block that was run.
        package var block: String
        /// The first line of the guide that changes.
        package var line: Int
        /// The command whose output it is.
        package var command: String

        package init(block: String, line: Int, command: String) {
            self.block = block
            self.line = line
            self.command = command
        }
    }

    /// Why an output is not accepted.
    package struct Refusal: Error, Sendable, Hashable {
        package var block: String
        /// The line of the guide.
        package var line: Int
        package var reason: String

        package init(block: String, line: Int, reason: String) {
            self.block = block
            self.line = line
            self.reason = reason
        }
    }

    /// What came of it: the guide's new bytes, what changed, and what was left as it is.
    package struct Result: Sendable {
        package var bytes: [UInt8]
        package var changes: [Change]
        package var refusals: [Refusal]
        /// The guide's lines before and after.
        package var diff: LineDiff
    }

    /// Puts the real output of a run in the place of shown output that does not match it.
    ///
    /// Every placeholder that still matches stays; commands, matching output and failing exit statuses are never touched. What
    /// looks like a secret is refused, and so is output of which only a part was kept. The result is parsed and matched again
    /// before it is returned.
    ///
    /// - Parameters:
    ///   - scenario: the guide's scenario that was run.
    ///   - proof: what the run printed. Blocks whose content is not the one that was run are refused.
    ///   - only: the names of the blocks to accept; all of them when nil.
    ///   - runners: as given to ``Scenario/make(from:runners:)``.
    /// - Throws: ``Refusal`` when the rewritten guide would not say what was meant.
    package static func rewrite(
        scenario: Scenario,
        proof: GuideProof,
        only: Set<String>? = nil,
        runners: [String: ProjectConfiguration.Runner] = [:]
    ) throws(Refusal) -> Result {
        var rewriter = Rewriter(guide: scenario.guide)
        var bindings = Bindings()
        var refusals: [Refusal] = []
        var accepted: [(check: Int, step: Int, output: String)] = []
        // Names that the run itself never captured, because the output that holds them differed.
        var late: Set<String> = []
        let proofs = Dictionary(proof.blocks.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        for (number, check) in scenario.checks.enumerated() {
            guard let block = proofs[check.block.name] else { continue }
            for (position, pair) in zip(check.steps, block.steps).enumerated() {
                let (step, run) = pair
                guard let shown = step.expectation else { continue }
                if case .matched(let found) = shown.match(run.output, bindings: bindings) {
                    bindings = found
                    continue
                }
                guard only?.contains(check.block.name) ?? true else { continue }
                if let reason = obstacle(check, step, block, run, source: scenario.guide.source) {
                    refusals.append(Refusal(block: check.block.name, line: step.line, reason: reason))
                    continue
                }
                if let name = late.sorted().first(where: {
                    step.command.contains("$\($0)") || step.command.contains("${\($0)")
                }) {
                    let reason =
                        "it uses $\(name), which was not captured in this run; accept the rest, then run accept again"
                    refusals.append(Refusal(block: check.block.name, line: step.line, reason: reason))
                    continue
                }
                let target = expectationBlock(of: check, step, in: scenario.guide)
                var lines = ExpectedOutput.lines(for: shown, output: run.output, bindings: bindings)
                if target.kind == .console { lines = lines.map(ExpectedOutput.withoutPrompt) }
                let numbered = lines.map { Expectation.Line(text: $0, number: 0) }
                guard
                    case .matched(let found) = Expectation(mode: shown.mode, lines: numbered)
                        .match(run.output, bindings: bindings)
                else {
                    let reason = "its output can't be shown as \(shown.mode.rawValue) text"
                    refusals.append(Refusal(block: check.block.name, line: step.line, reason: reason))
                    continue
                }
                late.formUnion(Set(found.values.keys).subtracting(bindings.values.keys))
                bindings = found
                rewriter.replace(
                    in: target,
                    after: step,
                    with: lines,
                    change: Change(block: check.block.name, line: step.line, command: step.command)
                )
                accepted.append((number, position, run.output))
            }
        }
        let bytes = rewriter.bytes()
        try verify(bytes, scenario, proof, accepted.map { ($0.check, $0.step) }, runners)
        return Result(
            bytes: bytes,
            changes: rewriter.changes,
            refusals: refusals,
            diff: LineDiff(old: diffLines(scenario.guide.source), new: diffLines(bytes))
        )
    }

    /// Why this output can't be taken over, or nil.
    private static func obstacle(
        _ check: Check,
        _ step: Step,
        _ block: BlockProof,
        _ run: StepProof,
        source: [UInt8]
    ) -> String? {
        if block.contentHash != check.contentHash || run.command != step.command {
            return "the block was changed after it was run; run the check again"
        }
        if let status = run.status, status != step.status {
            return "it ended with exit status \(status), and \(step.status) is expected; that is not accepted"
        }
        if run.status == nil, !check.serve { return "it did not end, so its output is not complete" }
        if run.truncated { return "it printed more than is kept; narrow what it prints" }
        if let secret = Secrets.find(in: run.output, notIn: source) {
            return "its output holds what looks like \(secret); print something else, or put a placeholder in its place"
        }
        return nil
    }

    /// The block that shows what the step prints.
    private static func expectationBlock(of check: Check, _ step: Step, in guide: Guide) -> Block {
        guide.blocks.first { $0.kind == .expectation && $0.attributes["expect"] == check.block.name } ?? check.block
    }

    /// Reads the rewritten guide again: the same commands, and every accepted output matches.
    private static func verify(
        _ bytes: [UInt8],
        _ scenario: Scenario,
        _ proof: GuideProof,
        _ accepted: [(check: Int, step: Int)],
        _ runners: [String: ProjectConfiguration.Runner]
    ) throws(Refusal) {
        func refusal(_ line: Int, _ block: String, _ reason: String) -> Refusal {
            Refusal(block: block, line: line, reason: reason)
        }
        let guide = scenario.guide
        let parsed = GuideParser.parse(path: guide.path, name: guide.name, bytes: bytes)
        guard let again = parsed.guide, !parsed.diagnostics.contains(where: { $0.severity == .error }) else {
            throw refusal(1, "", "with the new output the guide is no longer valid")
        }
        let (result, diagnostics) = Scenario.make(from: again, runners: runners)
        guard !diagnostics.contains(where: { $0.severity == .error }),
            result.checks.map({ $0.steps.map(\.command) }) == scenario.checks.map({ $0.steps.map(\.command) })
        else {
            throw refusal(1, "", "with the new output the guide's commands would no longer be the same")
        }
        var bindings = Bindings()
        let proofs = Dictionary(proof.blocks.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        for (number, check) in result.checks.enumerated() {
            for (position, pair) in zip(check.steps, proofs[check.block.name]?.steps ?? []).enumerated() {
                guard let shown = pair.0.expectation else { continue }
                if case .matched(let found) = shown.match(pair.1.output, bindings: bindings) {
                    bindings = found
                } else if accepted.contains(where: { $0 == (number, position) }) {
                    throw refusal(pair.0.line, check.block.name, "the new output does not match itself")
                }
            }
        }
    }
}
