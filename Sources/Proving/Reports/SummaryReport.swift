/// A run as Markdown, for the summary of a CI job or a comment on a pull request.
package enum SummaryReport {
    /// Code hosts cut comments off at 65,536 characters; so many failures are shown in full.
    private static let shownFailures = 10
    private static let shownLines = 40

    /// - Parameter comparison: what this run changes against another one, which then comes first.
    package static func render(_ ledger: Ledger, comparison: LedgerComparison? = nil) -> String {
        let counts = LedgerCounts(ledger)
        let isBroken = ledger.guides.contains { $0.state.isBroken }
        var text = "## \(isBroken ? "✗" : "✓") Guides: \(counts.text)\n\n"
        if let comparison { text += comparison.markdown + "\n" }
        text += "| Guide | Proven | Broken | Not run | Time |\n|---|--:|--:|--:|--:|\n"
        for guide in ledger.guides { text += row(guide) }
        text += "\nEngine \(MarkdownText.cell(ledger.engine.name)): \(MarkdownText.cell(ledger.engine.version)); "
        text += "isolation: \(MarkdownText.cell(ledger.isolation)); "
        text += "\(ReportText.duration(ledger.durationMilliseconds)).\n"
        if let shard = ledger.shard { text += "\nThis is part \(shard) of the guides.\n" }
        return text + failures(ledger) + leftOut(ledger)
    }

    private static func row(_ guide: GuideProof) -> String {
        let counts = LedgerCounts(guide.blocks)
        let broken = counts[.failed] + counts[.error] + counts[.blocked]
        let reason = guide.reason.map { ": \(MarkdownText.cell($0))" } ?? ""
        let time = guide.cached ? "unchanged" : ReportText.duration(guide.durationMilliseconds)
        return "| \(MarkdownText.code(guide.path))\(reason) | \(counts[.passed]) | \(broken) | \(counts[.skipped]) "
            + "| \(time) |\n"
    }

    private static func failures(_ ledger: Ledger) -> String {
        let failed = ledger.guides.flatMap { guide in
            guide.blocks.filter { $0.state == .failed || $0.state == .error }.map { (path: guide.path, proof: $0) }
        }
        guard !failed.isEmpty else { return "" }
        var text = "\n### What failed\n"
        for (path, proof) in failed.prefix(shownFailures) {
            let failure = FailureText(proof)
            text += "\n<details><summary><code>\(html("\(path):\(failure.guideLine)"))</code> \(html(proof.name)): "
            text += "\(html(TerminalText.clean(failure.reason)))</summary>\n\n"
            let lines = failure.lines.map(\.text)
            guard !lines.isEmpty else {
                text += "</details>\n"
                continue
            }
            let shown = lines.prefix(shownLines)
            let rest = lines.count > shown.count ? ["(\(lines.count - shown.count) more lines)"] : []
            text += MarkdownText.fenced((shown + rest).joined(separator: "\n"), language: "diff")
            text += "\n</details>\n"
        }
        if failed.count > shownFailures {
            text += "\n\(failed.count - shownFailures) more failed; the log of the run has them all.\n"
        }
        return text
    }

    private static func leftOut(_ ledger: Ledger) -> String {
        let skipped = ledger.guides.flatMap { guide in
            guide.blocks.filter { $0.state == .skipped }.map { (path: guide.path, proof: $0) }
        }
        guard !skipped.isEmpty else { return "" }
        return "\n### Not run\n\n| Check | Why |\n|---|---|\n"
            + skipped.map { path, proof in
                "| \(MarkdownText.code("\(path):\(proof.line) \(proof.name)")) "
                    + "| \(MarkdownText.cell(proof.reason ?? "")) |\n"
            }.joined()
    }

    private static func html(_ text: String) -> String {
        text.reduce(into: "") { result, character in
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\n": result += " "
            default: result.append(character)
            }
        }
    }
}
