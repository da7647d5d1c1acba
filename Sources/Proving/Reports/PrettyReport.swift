import Guides
import Synchronization

/// The report for people: one line a guide as it ends, failures with their diff below it, a summary.
///
/// On a terminal the last line shows what is being run. Elsewhere only whole lines are written, and no colours.
final class PrettyReport: RunObserver {
    private let sink: any ReportSink
    private let terminal: TerminalTraits
    private let state = Mutex(State())

    private struct State {
        var total = 0
        var done = 0
        /// Guides that run now, with the block that each is at.
        var running: [(path: String, block: String)] = []
        var progressShown = false
        /// The widest path, so that the columns behind it stand in line.
        var pathWidth = 0
    }

    init(sink: any ReportSink, terminal: TerminalTraits) {
        self.sink = sink
        self.terminal = terminal
    }

    func receive(_ event: RunEvent) {
        state.withLock { state in
            switch event {
            case .runStarted(let guides, _, _):
                state.total = guides.reduce(0) { $0 + $1.checks }
                state.pathWidth = min(guides.map(\.path.count).max() ?? 0, max(terminal.width - 40, 20))
            case .guideStarted(let path):
                state.running.append((path, ""))
            case .blockStarted(let guide, let block, _):
                if let index = state.running.firstIndex(where: { $0.path == guide }) {
                    state.running[index].block = block
                }
            case .blockFinished:
                state.done += 1
            case .guideFinished(let proof):
                state.running.removeAll { $0.path == proof.path }
                write(guide(proof, pathWidth: state.pathWidth), &state)
            case .runFinished(let ledger):
                state.running = []
                write(summary(ledger), &state)
            }
            showProgress(&state)
        }
    }

    // MARK: - Lines

    private func write(_ text: String, _ state: inout State) {
        if state.progressShown { sink.write("\r\u{1b}[K") }
        state.progressShown = false
        sink.write(text)
    }

    private func showProgress(_ state: inout State) {
        guard terminal.isTerminal, let current = state.running.last else { return }
        let others = state.running.count > 1 ? " and \(state.running.count - 1) more" : ""
        let block = current.block.isEmpty ? "" : ": \(current.block)"
        let text = "\(state.done)/\(state.total)  \(current.path)\(block)\(others)"
        // Room for the ^C that a terminal adds, which must not wrap.
        sink.write("\r\u{1b}[K" + Self.cut(text, to: terminal.width - 3))
        state.progressShown = true
    }

    /// The text as far as it fits. Characters beyond the Latin ones count as two cells: too short is better than a wrapped
    /// line, which could not be written over.
    private static func cut(_ text: String, to width: Int) -> String {
        func cells(_ character: Character) -> Int {
            character.unicodeScalars.contains { $0.value >= 0x1100 } ? 2 : 1
        }
        guard text.reduce(0, { $0 + cells($1) }) > width else { return text }
        var result = ""
        var used = 1
        for character in text {
            used += cells(character)
            guard used <= width else { break }
            result.append(character)
        }
        return width > 0 ? result + "…" : ""
    }

    private func guide(_ proof: GuideProof, pathWidth: Int) -> String {
        let counts = LedgerCounts(proof.blocks)
        let padding = String(repeating: " ", count: max(0, pathWidth - proof.path.count))
        var line = symbol(proof.state) + " " + proof.path + padding + "  " + ReportText.checks(counts.total)
        if counts[.passed] != counts.total { line += ": " + counts.text }
        line +=
            proof.cached
            ? "  unchanged since \(proof.startedAt)" : "  \(ReportText.duration(proof.durationMilliseconds))"
        line = wrapped(line) + "\n"
        if let reason = proof.reason { line += wrapped("    " + color(TerminalText.clean(reason), .note)) + "\n" }
        for block in proof.blocks where block.state == .failed || block.state == .error {
            line += failure(block, in: proof.path)
        }
        if proof.blocks.contains(where: { $0.state == .failed || $0.state == .error }) { line += "\n" }
        return line
    }

    private func failure(_ proof: BlockProof, in path: String) -> String {
        let failure = FailureText(proof)
        let word = LedgerCounts.word(proof.state)
        let place = "\(path):\(failure.guideLine): "
        var head = "  " + bold(place) + "\(proof.name) \(word)"
        if failure.reason != word { head += ": " + TerminalText.clean(failure.reason) }
        var text = "\n" + wrapped(head) + "\n"
        for line in failure.lines {
            let shown = "    " + color(line.text, line.kind)
            text += (line.kind == .note ? wrapped(shown) : shown) + "\n"
        }
        return text
    }

    private func summary(_ ledger: Ledger) -> String {
        let counts = LedgerCounts(ledger)
        var text = ""
        for state in [ProofState.blocked, .skipped] where counts[state] > 0 {
            text += "\n\(LedgerCounts.word(state)):\n"
            for guide in ledger.guides {
                for block in guide.blocks where block.state == state {
                    let reason = block.reason.map { ": " + TerminalText.clean($0) } ?? ""
                    text += wrapped("  \(guide.path):\(block.line): \(block.name)\(reason)") + "\n"
                }
            }
        }
        text += standIns(ledger)
        let worst = ledger.guides.map(\.state)
        let state: ProofState = worst.contains(.error) ? .error : worst.contains(.failed) ? .failed : .passed
        let time = ReportText.duration(ledger.durationMilliseconds)
        let line = symbol(state) + " " + bold(counts.text) + " in \(ReportText.guides(ledger.guides.count)), " + time
        let engine = "  engine \(ledger.engine.name): \(ledger.engine.version); isolation: \(ledger.isolation)"
        return text + "\n" + wrapped(line) + "\n" + wrapped(engine) + "\n"
    }

    /// What ran in place of images, once for all guides.
    private func standIns(_ ledger: Ledger) -> String {
        var told: Set<String> = []
        let lines = ledger.guides.flatMap { $0.standIns ?? [] }.compactMap { standIn -> String? in
            let note = standIn.matches ? "" : "; no proof of the image itself"
            let line = wrapped("  \(standIn.image), served by \(TerminalText.clean(standIn.servedBy))\(note)") + "\n"
            return told.insert(line).inserted ? line : nil
        }
        return lines.isEmpty ? "" : "\nin place of containers:\n" + lines.joined()
    }

    // MARK: - Looks

    private func symbol(_ state: ProofState) -> String {
        switch state {
        case .passed: paint("✓", "32")
        case .failed: paint("✗", "31")
        case .error: paint("!", "31")
        case .blocked: paint("⊘", "33")
        case .skipped: paint("-", "33")
        }
    }

    private func color(_ text: String, _ kind: FailureText.Kind) -> String {
        switch kind {
        case .command: bold(text)
        case .context: text
        case .expected: paint(text, "31")
        case .actual: paint(text, "32")
        case .note: paint(text, "33")
        }
    }

    /// Sentences stay within a terminal's width; commands and what they print are never broken.
    private func wrapped(_ text: String) -> String {
        TerminalCells.wrapLines(text, limit: terminal.isTerminal ? terminal.width : nil)
    }

    private func bold(_ text: String) -> String { paint(text, "1") }

    private func paint(_ text: String, _ code: String) -> String {
        terminal.usesColor ? "\u{1b}[\(code)m\(text)\u{1b}[0m" : text
    }
}
