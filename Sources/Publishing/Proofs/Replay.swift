package import Proving

/// A published proof beside what came of running the same block again.
package struct Replay: Sendable {
    let published: BlockProof
    let again: BlockProof

    package init(published: BlockProof, again: BlockProof) {
        self.published = published
        self.again = again
    }

    /// What a reader of the terminal is told: both ends, and each command whose output is another one now.
    package func text(name: String, source: String, before: String, now: String, ranAt: String) -> String {
        var lines = [
            name,
            "  published: \(published.state.rawValue) on \(Readable.date(ranAt)) with \(before) (\(source))",
            "  now:       \(again.state.rawValue) in "
                + "\(Readable.duration(milliseconds: again.durationMilliseconds)) with \(now)",
        ]
        if let reason = again.reason { lines.append("  \(reason)") }
        var same = 0
        for (index, step) in again.steps.enumerated() {
            let former = published.steps.indices.contains(index) ? published.steps[index] : nil
            if let former, former.command == step.command, former.status == step.status, former.output == step.output {
                same += 1
                continue
            }
            lines += difference(former, step)
        }
        lines.append(
            "  \(same) of \(Readable.count(again.steps.count, "command")) printed exactly the same"
                + (again.state == published.state && same < again.steps.count
                    ? "; what differs is what the guide lets differ" : ""))
        return lines.joined(separator: "\n")
    }

    private func difference(_ former: StepProof?, _ step: StepProof) -> [String] {
        var lines = ["  $ " + step.command.split(separator: "\n").joined(separator: "\n  > ")]
        if let former, former.status != step.status {
            lines.append(
                "    exit status \(former.status.map(String.init) ?? "none"), now "
                    + (step.status.map(String.init) ?? "none"))
        }
        let old = (former?.output ?? "").split(separator: "\n", omittingEmptySubsequences: false)
        let new = step.output.split(separator: "\n", omittingEmptySubsequences: false)
        for change in new.difference(from: old) {
            switch change {
            case .remove(_, let line, _): lines.append("    - \(line)")
            case .insert(_, let line, _): lines.append("    + \(line)")
            }
        }
        return lines
    }
}
