extension Expectation {
    /// Compares what a command printed with what its guide shows.
    ///
    /// The output is cleaned as by ``TerminalText/clean(_:)-(String)``; blank lines at its end don't count. Literal text is
    /// tried before placeholders, line by line.
    ///
    /// - Parameter bindings: the values that placeholders have taken so far; a name that has one must stand for it again.
    package func match(_ output: String, bindings: Bindings = Bindings()) -> MatchOutcome {
        let text = OutputText(output)
        let outcome =
            switch mode {
            case .exact, .contains, .regex: matchSequence(text, bindings)
            case .unordered: matchUnordered(text, bindings)
            case .json: matchJSON(text, bindings)
            }
        switch outcome {
        case .matched(var found):
            found.lines = bindings.lines
            for name in found.values.keys where bindings.values[name] == nil { found.lines[name] = firstUse(of: name) }
            return .matched(found)
        case .mismatched(var mismatch):
            let notes = [mismatch.note, reuseNote(mismatch, text, bindings)].compactMap { $0 }
            mismatch.note = notes.isEmpty ? nil : notes.joined(separator: "; ")
            return .mismatched(mismatch)
        }
    }

    private func matchSequence(_ text: OutputText, _ bindings: Bindings) -> MatchOutcome {
        let start = Captures(bindings)
        let shown = compiledLines()
        return text.bytes.withUnsafeBufferPointer { bytes in
            let sequence = SequenceMatch(shown: shown, lines: text.lines, bytes: bytes)
            if let found = sequence.captures(from: start) {
                return .matched(found.bindings)
            }
            var alignment = LineAlignment(shown: shown, lines: text.lines, bytes: bytes, captures: start)
            if mode == .contains { alignment.dropOuterEllipses() }
            return .mismatched(mismatch(alignment, text))
        }
    }

    /// The alignment told as a line diff.
    func mismatch(_ alignment: LineAlignment, _ text: OutputText, note: String? = nil) -> Mismatch {
        var result: [Mismatch.Line] = []
        for operation in alignment.operations {
            switch operation {
            case .keep(let shown, let printed):
                let line = lines[shown]
                let first = printed.isEmpty ? nil : printed.lowerBound + 1
                result.append(.init(side: .both, text: line.text, guideLine: line.number, outputLine: first))
            case .remove(let shown):
                let line = lines[shown]
                result.append(.init(side: .expected, text: line.text, guideLine: line.number, outputLine: nil))
            case .insert(let printed):
                result.append(contentsOf: Self.inserted(printed, text))
            }
        }
        return Mismatch(lines: result, note: note)
    }

    /// Lines that only the output has; of a flood the beginning and the end.
    private static func inserted(_ printed: Range<Int>, _ text: OutputText) -> [Mismatch.Line] {
        let shownAtEachEnd = 100
        func line(_ index: Int) -> Mismatch.Line {
            .init(side: .actual, text: text.text(index), guideLine: nil, outputLine: index + 1)
        }
        guard printed.count > 2 * shownAtEachEnd + 1 else { return printed.map(line) }
        let left = printed.count - 2 * shownAtEachEnd
        let elision = Mismatch.Line(
            side: .actual,
            text: "(\(left) more lines)",
            guideLine: nil,
            outputLine: nil
        )
        return printed.prefix(shownAtEachEnd).map(line) + [elision] + printed.suffix(shownAtEachEnd).map(line)
    }
}
