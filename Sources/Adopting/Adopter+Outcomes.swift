import Guides
import Proving

/// Sorting examples by what came of them.
extension Adopter {
    static func example(
        _ block: Block, _ decision: BlockDecision, _ proof: BlockProof?, of guide: GuideProof
    ) -> AdoptionReport.Example {
        var example = AdoptionReport.Example(
            line: block.range.start.line, command: decision.command, outcome: .cannotRun, reason: nil, difference: [])
        guard let proof else {
            example.reason = guide.reason ?? "it was not run"
            return example
        }
        let failing = proof.steps.first { $0.state != .passed }
        switch proof.state {
        case .passed:
            example.outcome = decision.showsOutput(block) ? .asPrinted : .works
        case .skipped:
            // A tool that is not here, or what the page itself says.
            example.reason = proof.reason.map { String($0.trimmingPrefix("not run: ")) }
        case .blocked, .error:
            example.reason = proof.reason ?? guide.reason
        case .failed:
            guard let failing else { break }
            if decision.serves, let missing = MissingThing(failing, in: block.text)?.reason {
                // A service that could not start shows nothing of what the page shows.
                example.reason = missing
            } else if let mismatch = failing.mismatch, failing.status == nil || failing.status == failing.expectedStatus
            {
                example.outcome = Volatile.areAlike(mismatch) ? .alike : .otherOutput
                example.difference = Self.difference(mismatch)
            } else if let missing = MissingThing(failing, in: block.text)?.reason {
                example.reason = missing
            } else if proof.reason?.hasPrefix("took longer than") == true {
                example.reason =
                    decision.commands.count > 1
                    ? "does not end by itself: it needs a block of its own"
                    : "takes long: \(proof.reason?.prefix { $0 != ";" } ?? "")"
            } else {
                example.outcome = .fails
                example.reason = Self.reason(failing, proof)
            }
        }
        return example
    }

    /// A server that could not start while one of an earlier example was running: a reader ends that one first.
    static func blameServers(_ examples: inout [AdoptionReport.Example], _ decisions: [BlockDecision]) {
        var running: Int?
        for index in examples.indices {
            guard decisions[index].serves, ShellText.heads(of: examples[index].command).contains("nats-server") else {
                continue
            }
            if examples[index].works || examples[index].outcome == .otherOutput {
                running = running ?? examples[index].line
            } else if examples[index].outcome == .fails, let line = running,
                examples[index].reason?.contains("ended") == true
            {
                examples[index].outcome = .cannotRun
                examples[index].reason = "an earlier example has the port: line \(line) goes on running"
            }
        }
    }

    /// What an example misses that an earlier one of its page would have made: that one is to blame, if it does not work here.
    static func blameEarlier(_ examples: inout [AdoptionReport.Example]) {
        let signs = [
            "not found", "unknown stream", "unknown consumer", "no servers available", "does not exist",
            "no nats-server processes", "couldn't connect", "no such", "jetstream not enabled",
            "authorization violation", "account used has system privileges", "no streams found", "holds no backup",
        ]
        var culprit: Int?
        for index in examples.indices {
            let reason = examples[index].reason ?? ""
            if examples[index].outcome == .fails, let line = culprit,
                signs.contains(where: reason.lowercased().contains)
            {
                examples[index].outcome = .cannotRun
                examples[index].reason = "may build on line \(line), which does not work here: \(reason)"
            } else if [.fails, .cannotRun].contains(examples[index].outcome), !reason.hasPrefix("a placeholder") {
                // A placeholder shows the form of a command; what follows does not build on it.
                culprit = examples[index].line
            }
        }
    }

    static func difference(_ mismatch: Mismatch) -> [String] {
        mismatch.lines.filter { $0.side != .both }.map { line in
            line.side == .expected ? "-\(line.text)" : "+\(line.text)"
        }
    }

    private static func reason(_ step: StepProof, _ proof: BlockProof) -> String {
        guard let line = MissingThing.line(of: step) else { return proof.reason ?? "it failed" }
        return step.status.map { "exit status \($0): \(line)" } ?? "\(proof.reason ?? "it failed"): \(line)"
    }

}

extension BlockDecision {
    /// Whether the page shows what the block prints.
    func showsOutput(_ block: Block) -> Bool {
        if hasOutput { return true }
        guard kind == .console else { return false }
        return Transcripts.showsOutput(block.text, prompts: prompts)
    }
}

/// Transcripts as they stand in pages.
enum Transcripts {
    /// Whether a line stands below a prompt that is no prompt itself.
    static func showsOutput(_ text: String, prompts: [Int: String]) -> Bool {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        var isContinued = false
        for (index, line) in lines.enumerated() {
            let isPrompt = line.hasPrefix("$") || prompts[index] != nil
            let isPart =
                isPrompt || isContinued || line.trimmingBlanks.isEmpty || line.hasPrefix("#") || line.hasPrefix("> ")
            if !isPart { return true }
            isContinued = (isPrompt || isContinued) && line.hasSuffix("\\")
        }
        return false
    }
}
