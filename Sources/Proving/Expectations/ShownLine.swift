/// A line of an expectation, compiled for its mode.
enum ShownLine: Sendable {
    /// `...` alone: any number of lines.
    case ellipsis
    case pattern(LinePattern)
    case regex(LineRegex)

    var isEllipsis: Bool {
        if case .ellipsis = self { true } else { false }
    }

    /// The names of its typed placeholders.
    var names: [String] {
        if case .pattern(let pattern) = self { pattern.names } else { [] }
    }

    /// The captures after the first way in which the line matches, or nil.
    func firstMatch(_ line: LinePattern.Text, _ captures: Captures) -> Captures? {
        switch self {
        case .ellipsis: captures
        case .pattern(let pattern): pattern.firstMatch(line, captures)
        case .regex(let regex): regex.matches(line) ? captures : nil
        }
    }

    /// True when the line matches, names being free to take any value that `captures` does not fix.
    func matchesLoosely(_ line: LinePattern.Text, _ captures: Captures) -> Bool {
        switch self {
        case .ellipsis: true
        case .pattern(let pattern): pattern.matchesLoosely(line, captures)
        case .regex(let regex): regex.matches(line)
        }
    }
}

extension Expectation {
    /// The shown lines, compiled; trailing blank lines left out, as from the output.
    ///
    /// `contains` is the shown lines with any number of lines before and after them: they must stand together.
    func compiledLines() -> [ShownLine] {
        let shown = significantLines.map { line -> ShownLine in
            if line.text == "..." { return .ellipsis }
            if mode == .regex, let regex = try? LineRegex(line.text) { return .regex(regex) }
            return .pattern(LinePattern(line.text))
        }
        return mode == .contains ? [.ellipsis] + shown + [.ellipsis] : shown
    }

    /// The lines up to the last one that is not blank.
    var significantLines: ArraySlice<Line> {
        let last = lines.lastIndex { !OutputText.isBlank($0.text.utf8) }
        return lines[..<(last.map { $0 + 1 } ?? 0)]
    }
}
