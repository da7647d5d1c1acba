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
    package static func rewrite(
        scenario: Scenario,
        proof: GuideProof,
        only: Set<String>? = nil,
        runners: [String: ProjectConfiguration.Runner] = [:]
    ) -> Result {
        let attempt = Attempt(scenario: scenario, proof: proof, runners: runners)
        var only = only
        var refusals: [Refusal] = []
        while true {
            var result = attempt.rewrite(only: only)
            guard let problem = attempt.problem(with: result) else {
                result.refusals = (refusals + result.refusals).sorted { ($0.line, $0.block) < ($1.line, $1.block) }
                return result
            }
            // Whoever is to blame is left out, and the others are tried again without it.
            let changed = Set(result.changes.map(\.block))
            let alone = changed.filter { attempt.problem(with: attempt.rewrite(only: [$0])) != nil }
            let guilty = alone.isEmpty ? changed : alone
            for name in guilty {
                let line = result.changes.first { $0.block == name }?.line ?? 1
                let own = attempt.problem(with: attempt.rewrite(only: [name])) ?? problem
                refusals.append(Refusal(block: name, line: own.line ?? line, reason: own.reason))
            }
            only = (only ?? Set(scenario.checks.map(\.block.name))).subtracting(guilty)
        }
    }
}

/// One way through a guide: what its new text would be, and whether that says what was meant.
private struct Attempt {
    let scenario: Scenario
    let proof: GuideProof
    let runners: [String: ProjectConfiguration.Runner]
    private let proofs: [String: BlockProof]

    init(scenario: Scenario, proof: GuideProof, runners: [String: ProjectConfiguration.Runner]) {
        self.scenario = scenario
        self.proof = proof
        self.runners = runners
        proofs = Dictionary(proof.blocks.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    func rewrite(only: Set<String>?) -> Acceptance.Result {
        var rewriter = GuideRewriter(guide: scenario.guide)
        var changes: [Acceptance.Change] = []
        var bindings = Bindings()
        var refusals: [Acceptance.Refusal] = []
        // Names that the run itself never captured, because the output that holds them differed.
        var late: Set<String> = []
        for check in scenario.checks {
            guard let block = proofs[check.block.name] else { continue }
            for (step, run) in zip(check.steps, block.steps) {
                if let reason = wrongStatus(step, run), only?.contains(check.block.name) ?? true {
                    refusals.append(Acceptance.Refusal(block: check.block.name, line: step.line, reason: reason))
                    continue
                }
                guard let shown = step.expectation else { continue }
                if case .matched(let found) = shown.match(run.output, bindings: bindings) {
                    bindings = found
                    continue
                }
                guard only?.contains(check.block.name) ?? true else { continue }
                let target = expectationBlock(of: check, step)
                let (lines, found, reason) = newLines(check, step, block, run, target, bindings, late)
                if let reason {
                    refusals.append(Acceptance.Refusal(block: check.block.name, line: step.line, reason: reason))
                    continue
                }
                late.formUnion(Set(found.values.keys).subtracting(bindings.values.keys))
                bindings = found
                let first = firstShownLine(in: target, after: step)
                rewriter.replace(lines: first..<first + shown.significantLines.count, of: target, with: lines)
                changes.append(Acceptance.Change(block: check.block.name, line: first, command: step.command))
            }
        }
        let bytes = rewriter.bytes()
        return Acceptance.Result(
            bytes: bytes,
            changes: changes,
            refusals: refusals,
            diff: LineDiff(old: diffLines(scenario.guide.source), new: diffLines(bytes))
        )
    }

    /// The lines that show the output of a step, with what placeholders in them capture, or why it is not accepted.
    private func newLines(
        _ check: Check,
        _ step: Step,
        _ block: BlockProof,
        _ run: StepProof,
        _ target: Block,
        _ bindings: Bindings,
        _ late: Set<String>
    ) -> (lines: [String], found: Bindings, reason: String?) {
        func refused(_ reason: String) -> ([String], Bindings, String?) { ([], bindings, reason) }
        guard let shown = step.expectation else { return ([], bindings, nil) }
        if let reason = obstacle(check, step, block, run) { return refused(reason) }
        if let name = late.sorted().first(where: { step.command.contains("$\($0)") || step.command.contains("${\($0)") }
        ) {
            return refused(
                "it uses $\(name), which was not captured in this run; accept the rest, then run accept again")
        }
        if shown.mode == .json, let problem = notJSON(run.output) { return refused(problem) }
        var lines = ExpectedOutput.lines(for: shown, output: run.output, bindings: bindings)
        if target.kind == .console { lines = lines.map(ExpectedOutput.withoutPrompt) }
        if let secret = Secrets.find(in: lines.joined(separator: "\n"), notIn: scenario.guide.source) {
            return refused(
                "its output holds what looks like \(secret); print something else, or put a placeholder in its place")
        }
        let numbered = lines.enumerated().map { Expectation.Line(text: $1, number: step.line + 1 + $0) }
        guard
            case .matched(let found) = Expectation(mode: shown.mode, lines: numbered)
                .match(run.output, bindings: bindings)
        else { return refused("its output can't be shown as \(shown.mode.rawValue) text") }
        return (lines, found, nil)
    }

    /// Why an output is no JSON, or nil.
    private func notJSON(_ output: String) -> String? {
        do throws(JSONText.Problem) {
            _ = try JSONText.values(in: OutputText(output).bytes)
            return nil
        } catch {
            return "match=json shows JSON, and what it printed is none (line \(error.line) of the output, "
                + "column \(error.column): \(error.message)); mend the command, or take match=json away"
        }
    }

    /// What is wrong with the exit status of a command, whose output then tells of another thing than the guide does; or nil.
    private func wrongStatus(_ step: Step, _ run: StepProof) -> String? {
        guard run.command == step.command, let status = run.status, status != step.status else { return nil }
        return "it ended with exit status \(status), and \(step.status) is expected; that is not accepted"
    }

    /// Why this output can't be taken over, or nil.
    private func obstacle(_ check: Check, _ step: Step, _ block: BlockProof, _ run: StepProof) -> String? {
        if block.contentHash != check.contentHash || run.command != step.command {
            return "the block was changed after it was run; run the check again"
        }
        if run.status == nil, !check.serve { return "it did not end, so its output is not complete" }
        if run.truncated { return "it printed more than is kept; narrow what it prints" }
        return nil
    }

    /// The block that shows what the step prints.
    private func expectationBlock(of check: Check, _ step: Step) -> Block {
        scenario.guide.blocks.first { $0.kind == .expectation && $0.attributes["expect"] == check.block.name }
            ?? check.block
    }

    /// The first line of the guide that shows what the step prints.
    private func firstShownLine(in target: Block, after step: Step) -> Int {
        // Directly behind the command's last line, or at the top of the block that shows nothing else.
        target.kind == .console
            ? step.line + step.command.split(separator: "\n", omittingEmptySubsequences: false).count
            : target.contentLine
    }

    // MARK: Looking at the result

    /// Why a rewritten guide would not say what was meant.
    struct Problem {
        /// The line of the guide as it is, where one is known.
        var line: Int?
        var reason: String
    }

    /// Reads the rewritten guide again: the same commands, and every accepted output matches. Nil where all is well.
    func problem(with result: Acceptance.Result) -> Problem? {
        let guide = scenario.guide
        guard !result.changes.isEmpty else { return nil }
        let parsed = GuideParser.parse(path: guide.path, name: guide.name, bytes: result.bytes)
        guard let again = parsed.guide else {
            return Problem(line: nil, reason: "with the new output the guide could not be read")
        }
        let (made, diagnostics) = Scenario.make(from: again, runners: runners)
        if let error = (parsed.diagnostics + diagnostics).first(where: { $0.severity == .error }) {
            return Problem(line: nil, reason: "with the new output the guide would be wrong: \(error.message)")
        }
        guard made.checks.map({ $0.steps.map(\.command) }) == scenario.checks.map({ $0.steps.map(\.command) }) else {
            return Problem(line: nil, reason: "with the new output the guide's commands would no longer be the same")
        }
        let changed = Set(result.changes.map(\.block))
        var bindings = Bindings()
        for (check, former) in zip(made.checks, scenario.checks) {
            for ((step, old), run) in zip(zip(check.steps, former.steps), proofs[check.block.name]?.steps ?? []) {
                guard let shown = step.expectation else {
                    guard old.expectation != nil, changed.contains(check.block.name) else { continue }
                    return Problem(
                        line: old.line,
                        reason:
                            "it prints nothing any more, and without output the guide would assert its exit status alone; "
                            + "if that is meant, take the output out by hand"
                    )
                }
                if case .matched(let found) = shown.match(run.output, bindings: bindings) {
                    bindings = found
                } else if changed.contains(check.block.name), !isRefused(check, old, result) {
                    return Problem(line: old.line, reason: "the new output would not match itself")
                }
            }
        }
        return nil
    }

    private func isRefused(_ check: Check, _ step: Step, _ result: Acceptance.Result) -> Bool {
        result.refusals.contains { $0.block == check.block.name && $0.line == step.line }
    }
}
