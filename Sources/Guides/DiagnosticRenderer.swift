/// Turns diagnostics into the text that a person reads, in the manner of a compiler: message, place, the line itself with
/// the spot marked, and help.
///
/// The one place where that happens.
package struct DiagnosticRenderer: Sendable {
    /// Whether to use ANSI colours.
    package var colored: Bool
    /// The terminal's width in cells, to which text is wrapped; nil where it is not shown on one.
    package var width: Int?
    /// How much of a line is shown where there is no terminal to fill: lines of machines' making are far longer.
    private static let excerptWidth = 240
    /// How much of a text is shown that quotes what stands in a file.
    private static let textLimit = 1000
    /// Gives a file's text by its path in the diagnostic, for showing lines; nil where it cannot be read.
    private let source: @Sendable (String) -> SourceText?

    package init(colored: Bool, width: Int? = nil, source: @escaping @Sendable (String) -> SourceText?) {
        self.colored = colored
        self.width = width
        self.source = source
    }

    /// Reads the files below `root` whenever one is needed.
    package init(colored: Bool, width: Int? = nil, root: String) {
        self.init(colored: colored, width: width) { path in
            (try? FileBytes.read(root + "/" + path)).map { SourceText($0) }
        }
    }

    /// All diagnostics, sorted by file and place, with a line that counts them.
    package func render(_ diagnostics: [Diagnostic]) -> String {
        var sources: [String: SourceText?] = [:]
        var result = ""
        let sorted = diagnostics.enumerated().sorted { left, right in
            let leftStart = left.element.range?.start ?? SourcePosition(line: 0, column: 0)
            let rightStart = right.element.range?.start ?? SourcePosition(line: 0, column: 0)
            return (left.element.file, leftStart, left.offset) < (right.element.file, rightStart, right.offset)
        }
        for (_, diagnostic) in sorted {
            result += render(diagnostic, sources: &sources) + "\n"
        }
        let errors = diagnostics.count { $0.severity == .error }
        let warnings = diagnostics.count { $0.severity == .warning }
        let counts = [
            errors > 0 ? "\(errors) error\(errors == 1 ? "" : "s")" : nil,
            warnings > 0 ? "\(warnings) warning\(warnings == 1 ? "" : "s")" : nil,
        ].compactMap { $0 }
        if !counts.isEmpty {
            result += paint(counts.joined(separator: ", "), .bold) + "\n"
        }
        return result
    }

    private func render(_ diagnostic: Diagnostic, sources: inout [String: SourceText?]) -> String {
        let color: Style =
            switch diagnostic.severity {
            case .error: .red
            case .warning: .yellow
            case .note: .cyan
            }
        let head = "\(diagnostic.severity.rawValue)[\(diagnostic.code)]"
        let text = Self.shortened(diagnostic.message)
        let message = TerminalCells.wrap(text, limit: width, column: head.count + 2, indentation: 4)
        var result = paint(head, color) + paint(": \(message)", .bold) + "\n"
        let lines = ([diagnostic.range] + diagnostic.notes.map(\.range)).compactMap { $0?.start.line }
        let digits = String(lines.max() ?? 0).count
        result += place(diagnostic.file, diagnostic.range, mark: color, digits: digits, sources: &sources)
        for note in diagnostic.notes {
            result += remark("note", note.message, digits)
            if let file = note.file {
                result += place(file, note.range, mark: .cyan, digits: digits, sources: &sources)
            }
        }
        if let help = diagnostic.help {
            result += remark("help", help, digits)
        }
        return result
    }

    /// ` = help: text`, further lines below the first one's text.
    private func remark(_ kind: String, _ text: String, _ digits: Int) -> String {
        let column = digits + 3 + kind.count + 2
        let text = TerminalCells.wrap(Self.shortened(text), limit: width, column: column, indentation: column)
        return gutter(digits, "= ") + paint(kind, .bold) + ": \(text)\n"
    }

    /// ` --> file:line:column` and, where the file can be read, the line with the range marked.
    private func place(
        _ file: String,
        _ range: SourceRange?,
        mark: Style,
        digits: Int,
        sources: inout [String: SourceText?]
    ) -> String {
        let arrow = String(repeating: " ", count: digits) + paint("--> ", .blue)
        guard let range else {
            return arrow + file + "\n"
        }
        var result = arrow + "\(file):\(range.start.line):\(range.start.column)\n"
        if sources[file] == nil {
            sources[file] = .some(source(file))
        }
        guard let text = sources[file] ?? nil, range.start.line <= text.lineCount else {
            return result
        }
        let bytes = text.bytes[text.lineContent(range.start.line)]
        let hidden = bytes.startIndex - text.lineBytes(range.start.line).lowerBound
        let start = min(max(range.start.column - 1 - hidden, 0), bytes.count)
        let last = range.end.line == range.start.line ? range.end.column - 1 - hidden : bytes.count
        let end = min(max(last, start), bytes.count)
        let excerpt = SourceExcerpt(bytes, marking: start..<end, limit: (width ?? Self.excerptWidth) - digits - 3)
        let number = String(range.start.line)
        let padding = String(repeating: " ", count: max(0, digits - number.count))
        result += gutter(digits, "|") + "\n"
        result += paint("\(padding)\(number) | ", .blue) + excerpt.line + "\n"
        result += gutter(digits, "| ") + String(repeating: " ", count: excerpt.mark.before)
        result += paint(String(repeating: "^", count: excerpt.mark.width), mark) + "\n"
        return result
    }

    /// `text` without its middle where it is too long to be read.
    private static func shortened(_ text: String) -> String {
        guard text.utf8.count > textLimit else {
            return text
        }
        let shown = text.unicodeScalars
        return String(shown.prefix(textLimit / 2)) + "…" + String(shown.suffix(textLimit / 4))
    }

    private func gutter(_ digits: Int, _ text: String) -> String {
        String(repeating: " ", count: digits + 1) + paint(text, .blue)
    }

    private enum Style: String {
        case bold = "1"
        case red = "1;31"
        case yellow = "1;33"
        case blue = "1;34"
        case cyan = "1;36"
    }

    private func paint(_ text: String, _ style: Style) -> String {
        colored ? "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m" : text
    }
}
