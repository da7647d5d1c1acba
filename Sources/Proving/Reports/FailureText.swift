/// A failed check told line by line; each report dresses the lines in its own way.
struct FailureText {
    enum Kind: Hashable {
        case command, context, expected, actual, note
    }

    struct Line: Hashable {
        var kind: Kind
        var text: String

        /// - Parameter text: what does not fit on any screen is left out, and its length told.
        init(kind: Kind, text: String) {
            self.kind = kind
            let shown = text.unicodeScalars.prefix(Self.limit)
            let rest = text.utf8.count - String(shown).utf8.count
            self.text = rest > 0 ? "\(String(shown))… (\(rest) more bytes)" : text
        }

        private static let limit = 2000
    }

    /// The line of the guide to look at: the first one that differs, else the command's.
    var guideLine: Int
    /// Why, in one sentence.
    var reason: String
    /// The commands that failed with their diffs.
    var lines: [Line] = []

    init(_ proof: BlockProof) {
        guideLine = proof.line
        reason = proof.reason ?? LedgerCounts.word(proof.state)
        var isFirst = true
        for step in proof.steps where step.state == .failed || step.state == .error {
            let first = step.mismatch?.lines.first { $0.side != .both }
            let shown = step.mismatch?.lines.compactMap(\.guideLine).first
            if isFirst { guideLine = first?.guideLine ?? shown ?? step.line }
            isFirst = false
            add(step)
        }
    }

    private mutating func add(_ step: StepProof) {
        let command = step.command.split(separator: "\n", omittingEmptySubsequences: false)
        lines.append(Line(kind: .command, text: "$ " + (command.first ?? "")))
        for line in command.dropFirst().prefix(9) where !line.isEmpty {
            lines.append(Line(kind: .command, text: "> " + line))
        }
        if command.count > 10 { lines.append(Line(kind: .note, text: "(\(command.count - 10) more lines)")) }
        if let status = step.status, status != step.expectedStatus {
            lines.append(Line(kind: .note, text: "exit status \(status), expected \(step.expectedStatus)"))
        }
        if let mismatch = step.mismatch {
            add(mismatch)
        } else if !step.output.isEmpty {
            var printed = step.output.split(separator: "\n", omittingEmptySubsequences: false)
            if printed.last == "" { printed.removeLast() }
            if printed.count > 20 { lines.append(Line(kind: .note, text: "(\(printed.count - 20) lines before)")) }
            lines += printed.suffix(20).map { Line(kind: .context, text: "  " + $0) }
        }
        if step.truncated { lines.append(Line(kind: .note, text: "(the output was longer than what is kept)")) }
    }

    /// Changed lines with three lines of context, each with its line number in the guide.
    private mutating func add(_ mismatch: Mismatch) {
        let changed = mismatch.lines.indices.filter { mismatch.lines[$0].side != .both }
        let near = Set(changed.flatMap { ($0 - 3...$0 + 3) })
        let width = mismatch.lines.compactMap(\.guideLine).map { String($0).count }.max() ?? 1
        var leftOut = false
        for (index, line) in mismatch.lines.enumerated() {
            guard near.contains(index) else {
                leftOut = true
                continue
            }
            if leftOut { lines.append(Line(kind: .note, text: "…")) }
            leftOut = false
            let number = line.guideLine.map(String.init) ?? ""
            let margin = String(repeating: " ", count: width - number.count) + number
            switch line.side {
            case .both: lines.append(Line(kind: .context, text: " \(margin) │ \(line.text)"))
            case .expected: lines.append(Line(kind: .expected, text: "-\(margin) │ \(Self.visible(line.text))"))
            case .actual: lines.append(Line(kind: .actual, text: "+\(margin) │ \(Self.visible(line.text))"))
            }
        }
        if let note = mismatch.note { lines.append(Line(kind: .note, text: note)) }
    }

    /// Space at the end of a line can't be seen otherwise.
    private static func visible(_ text: String) -> String {
        let kept = text.reversed().drop { $0 == " " || $0 == "\t" }.count
        return text.prefix(kept) + text.dropFirst(kept).map { $0 == " " ? "·" : "→" }.joined()
    }
}
