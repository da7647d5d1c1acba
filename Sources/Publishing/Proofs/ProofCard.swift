import Proving

/// The evidence below a block: its state in words and with an icon, and, unfolded, what was run and what it printed.
enum ProofCard {
    /// - Parameter check: what `launchpad replay` calls the block.
    static func write(_ status: BlockStatus, engine: String, check: String, to writer: inout HTMLWriter) {
        let state = status.state.rawValue
        guard let proof = status.proof, !proof.steps.isEmpty else {
            writer.trusted("<p class=\"proof is-\(state)\">".utf8)
            label(status, engine, &writer)
            writer.raw("</p>\n")
            return
        }
        writer.trusted("<details class=\"proof is-\(state)\"><summary>".utf8)
        label(status, engine, &writer)
        writer.raw("</summary>\n<div class=\"evidence\"><ul class=\"facts\">")
        fact("Engine", engine, &writer)
        fact("Ran", status.ranAt.map(Readable.date) ?? "unknown", &writer)
        fact("Took", Readable.duration(milliseconds: proof.durationMilliseconds), &writer)
        writer.raw("<li><span>Content hash</span> <code")
        writer.attribute("title", "SHA-256 \(proof.contentHash)")
        writer.raw(">")
        writer.text(proof.contentHash.prefix(12))
        writer.raw("</code></li></ul>\n")
        for step in proof.steps {
            self.step(step, &writer)
        }
        writer.raw("<p class=\"replay\">Run it again: <code>launchpad replay ")
        writer.text(check)
        writer.raw("</code></p>\n</div></details>\n")
    }

    private static func label(_ status: BlockStatus, _ engine: String, _ writer: inout HTMLWriter) {
        let state = status.state.rawValue
        writer.trusted("<svg class=\"i\"><use href=\"#i-\(state)\"/></svg><b>\(status.state.label)</b> <span>".utf8)
        if let reason = status.reason, status.state != .passed {
            writer.text(reason)
        } else if let proof = status.proof {
            writer.text("in \(Readable.duration(milliseconds: proof.durationMilliseconds)) with \(engine)")
        }
        writer.raw("</span>")
    }

    private static func fact(_ name: StaticString, _ value: String, _ writer: inout HTMLWriter) {
        writer.raw("<li><span>")
        writer.raw(name)
        writer.raw("</span> ")
        writer.text(value)
        writer.raw("</li>")
    }

    private static func step(_ step: StepProof, _ writer: inout HTMLWriter) {
        writer.raw("<pre class=\"transcript\"><code><b>")
        writer.text(step.command.hasSuffix("\n") ? step.command.dropLast() : step.command[...])
        writer.raw("</b>\n")
        if let mismatch = step.mismatch {
            difference(mismatch, &writer)
        } else {
            writer.text(step.output)
            if !step.output.isEmpty, !step.output.hasSuffix("\n") {
                writer.raw("\n")
            }
        }
        if step.truncated {
            writer.raw("<i>the rest of the output was not kept</i>\n")
        }
        writer.raw("<i>")
        writer.text(outcome(step))
        writer.raw("</i></code></pre>\n")
    }

    /// The guide's lines and the printed ones as a diff: `-` is in the guide only, `+` was printed only.
    private static func difference(_ mismatch: Mismatch, _ writer: inout HTMLWriter) {
        for line in mismatch.lines {
            switch line.side {
            case .both:
                writer.raw("  ")
                writer.text(line.text)
                writer.raw("\n")
            case .expected:
                writer.raw("<del>- ")
                writer.text(line.text)
                writer.raw("</del>\n")
            case .actual:
                writer.raw("<ins>+ ")
                writer.text(line.text)
                writer.raw("</ins>\n")
            }
        }
    }

    private static func outcome(_ step: StepProof) -> String {
        guard let status = step.status else {
            return step.state == .passed ? "left running" : "did not end in time"
        }
        let expected = status == step.expectedStatus ? "" : ", expected \(step.expectedStatus)"
        return "exit status \(status)\(expected) · \(Readable.duration(milliseconds: step.durationMilliseconds))"
    }
}
