package import Guides

/// A run as GitHub workflow commands, which become annotations beside the guides' lines.
package enum GitHubReport {
    @Sendable static func render(_ ledger: Ledger) -> String {
        var text = ""
        for guide in ledger.guides {
            for block in guide.blocks where block.state != .passed {
                text += annotation(block, guide.path)
            }
            if guide.blocks.isEmpty, let reason = guide.reason {
                text += command("error", file: guide.path, line: 1, title: "could not run", reason)
            }
        }
        let counts = LedgerCounts(ledger)
        let guides = ReportText.guides(ledger.guides.count)
        return text + "\(counts.text) in \(guides), \(ReportText.duration(ledger.durationMilliseconds))\n"
    }

    /// What is wrong with a guide, or with a file that is not as its guide says.
    package static func annotation(_ diagnostic: Diagnostic) -> String {
        let level =
            switch diagnostic.severity {
            case .error: "error"
            case .warning: "warning"
            case .note: "notice"
            }
        let message = diagnostic.message + (diagnostic.help.map { "\n" + $0 } ?? "")
        return command(
            level, file: diagnostic.file, line: diagnostic.range?.start.line ?? 1, title: diagnostic.code, message)
    }

    private static func annotation(_ proof: BlockProof, _ path: String) -> String {
        let failure = FailureText(proof)
        let level =
            switch proof.state {
            case .failed, .error: "error"
            case .blocked: "warning"
            case .skipped, .passed: "notice"
            }
        let message = ([failure.reason] + failure.lines.map(\.text)).joined(separator: "\n")
        let title = "\(proof.name) \(LedgerCounts.word(proof.state))"
        return command(level, file: path, line: failure.guideLine, title: title, message)
    }

    private static func command(
        _ level: String,
        file: String,
        line: Int,
        title: String,
        _ message: String
    ) -> String {
        "::\(level) file=\(property(file)),line=\(line),title=\(property(title))::\(data(message))\n"
    }

    /// Escapes a message: a newline would end the command.
    static func data(_ text: String) -> String {
        text.unicodeScalars.reduce(into: "") { result, scalar in
            switch scalar {
            case "%": result += "%25"
            case "\r": result += "%0D"
            case "\n": result += "%0A"
            default: result.unicodeScalars.append(scalar)
            }
        }
    }

    /// Escapes the value of a property, which `,` and `:` would end.
    static func property(_ text: String) -> String {
        data(text).unicodeScalars.reduce(into: "") { result, scalar in
            switch scalar {
            case ":": result += "%3A"
            case ",": result += "%2C"
            default: result.unicodeScalars.append(scalar)
            }
        }
    }
}
