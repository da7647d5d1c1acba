import Guides
import Proving

extension AuditReport {
    /// For people: the score, and every change that nobody noticed with its place in guide and file.
    ///
    /// - Parameter width: of the terminal in cells; nil where lines are as long as they are.
    package func text(isVerbose: Bool = false, width: Int? = nil) -> String {
        var text = ""
        let shown = mutants.filter { $0.state == .unnoticed || isVerbose }
        var guide = ""
        for mutant in shown {
            if mutant.guide != guide { text += (text.isEmpty ? "" : "\n") + "\(mutant.guide)\n" }
            guide = mutant.guide
            let place = mutant.file == mutant.guide ? mutant.path : "\(mutant.file):\(mutant.line)"
            let line = "  \(mutant.guideLine): \(place): \(mutant.change): \(mutant.described)"
            text += TerminalCells.wrap(line, limit: width, indentation: 6) + "\n"
        }
        text += text.isEmpty ? "" : "\n"
        return text + TerminalCells.wrap(summary, limit: width, indentation: 2) + "\n"
    }

    /// `73 of 80 changes were noticed (91 %), 3 change nothing, 12 were not tried`
    package var summary: String {
        let tried = self[.noticed] + self[.unnoticed]
        var text = "\(self[.noticed]) of \(tried) changes were noticed (\(percent) %)"
        if self[.equivalent] > 0 { text += ", \(self[.equivalent]) more change nothing" }
        let untried = mutants.filter { $0.state == .untried }
        let late = untried.count { $0.reason == nil }
        if late > 0 { text += ", \(late) \(late == 1 ? "was" : "were") not tried: \(stopped ?? "time ran out")" }
        if let reason = untried.lazy.compactMap(\.reason).first {
            text += ", \(untried.count - late) could not be tried: \(reason)"
        }
        if let notRun { text += "; \(notRun)" }
        return text
    }

    /// The score in whole per cent, rounded down: 100 means all.
    package var percent: Int { Int(score * 100) }

    /// Markdown, for the summary of a job.
    package var markdown: String {
        var text = "## Audit: \(summary)\n"
        let open = mutants.filter { $0.state == .unnoticed }
        guard !open.isEmpty else { return text }
        text += "\nDescribed, and not proven: no check noticed these changes.\n\n| Where | Change |\n|---|---|\n"
        for mutant in open {
            let place = mutant.file == mutant.guide ? mutant.path : "\(mutant.file):\(mutant.line)"
            text += "| \(MarkdownText.code("\(mutant.guide):\(mutant.guideLine)")) \(MarkdownText.cell(place)) "
            text += "| \(MarkdownText.code(mutant.change)) |\n"
        }
        return text
    }
}

extension AuditReport.Mutant {
    fileprivate var described: String {
        switch state {
        case .noticed: "noticed by \(noticedBy ?? "a check")" + (reason.map { ": \($0)" } ?? "")
        case .unnoticed: "no check noticed"
        case .equivalent: "changes nothing"
        case .untried: "not tried" + (reason.map { ": \($0)" } ?? "")
        }
    }
}
