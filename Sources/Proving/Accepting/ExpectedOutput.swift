/// New lines for a guide: what was printed, with the placeholders that still match it.
enum ExpectedOutput {
    /// What a guide must show to match `output`, as near to what it shows now as can be.
    static func lines(for shown: Expectation, output: String, bindings: Bindings) -> [String] {
        let text = OutputText(output)
        let start = Captures(bindings)
        if shown.mode == .json, let merged = JSONMerge.lines(for: shown, text, start) { return merged }
        let compiled = shown.compiledLines()
        return text.bytes.withUnsafeBufferPointer { bytes in
            var alignment: LineAlignment
            if shown.mode == .unordered {
                let match = UnorderedMatch(shown: compiled, lines: text.lines, bytes: bytes, start: start)
                alignment = LineAlignment(unordered: compiled, match.assign())
            } else {
                alignment = LineAlignment(shown: compiled, lines: text.lines, bytes: bytes, captures: start)
            }
            if shown.mode == .contains { alignment.dropOuterEllipses() }
            var builder = Builder(mode: shown.mode, captures: start)
            for operation in alignment.operations {
                switch operation {
                case .keep(let index, let printed):
                    builder.keep(shown.lines[index].text, printed.first.map(text.text))
                case .remove(let index):
                    builder.missing.append(shown.lines[index].text)
                case .insert(let printed):
                    builder.replace(with: printed.map(text.text))
                }
            }
            return builder.lines
        }
    }

    /// A line that would read as a prompt begins with `[..]` instead.
    static func withoutPrompt(_ line: String) -> String {
        if line == "$" || line == ">" { return "[..]" }
        return line.hasPrefix("$ ") || line.hasPrefix("> ") ? "[..]" + line.dropFirst() : line
    }

    /// Collects the lines in order, and the values that their placeholders stand for.
    private struct Builder {
        let mode: Expectation.Mode
        var captures: Captures
        var lines: [String] = []
        /// Shown lines that were not printed, and that no printed line has replaced yet.
        var missing: [String] = []

        init(mode: Expectation.Mode, captures: Captures) {
            self.mode = mode
            self.captures = captures
        }

        mutating func keep(_ line: String, _ printed: String?) {
            missing = []
            lines.append(line)
            if let printed, line != "...", mode != .regex { learn(line, printed) }
        }

        private mutating func learn(_ line: String, _ printed: String) {
            let found = Array(printed.utf8).withUnsafeBufferPointer { LinePattern(line).firstMatch($0, captures) }
            if let found { captures = found }
        }

        /// Adds printed lines; where one came in the place of a line with placeholders, with those of them that fit.
        mutating func replace(with printed: [String]) {
            var templates = missing.filter { !LinePattern($0).isLiteral }
            for (index, line) in printed.enumerated() {
                var text = line == "..." ? "[..]..." : line
                if mode == .regex {
                    text = Self.escapedRegex(line)
                } else if mode != .json {
                    let candidates = missing.count == printed.count ? [missing[index]] : templates
                    let known = captures
                    let carried = candidates.lazy.compactMap { PlaceholderTransfer.apply($0, to: line, known) }.first
                    if let carried {
                        text = carried.line
                        templates.removeAll { $0 == carried.template }
                        learn(text, line)
                    }
                }
                lines.append(text)
            }
            missing = []
        }

        private static func escapedRegex(_ line: String) -> String {
            line.reduce(into: "") { result, character in
                if "\\.[]|()*+?{}^$".contains(character) { result.append("\\") }
                result.append(character)
            }
        }
    }
}
