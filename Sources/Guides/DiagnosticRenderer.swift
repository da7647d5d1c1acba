/// Turns diagnostics into the text that a person reads, in the manner of a compiler: message, place, the line itself with
/// the spot marked, and help.
///
/// The one place where that happens.
package struct DiagnosticRenderer: Sendable {
    /// Whether to use ANSI colours.
    package var colored: Bool
    /// Gives a file's text by its path in the diagnostic, for showing lines; nil where it cannot be read.
    private let source: @Sendable (String) -> SourceText?

    package init(colored: Bool, source: @escaping @Sendable (String) -> SourceText?) {
        self.colored = colored
        self.source = source
    }

    /// Reads the files below `root` whenever one is needed.
    package init(colored: Bool, root: String) {
        self.init(colored: colored) { path in
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
        var result = paint("\(diagnostic.severity.rawValue)[\(diagnostic.code)]", color)
        result += paint(": \(diagnostic.message)", .bold) + "\n"
        let lines = ([diagnostic.range] + diagnostic.notes.map(\.range)).compactMap { $0?.start.line }
        let width = String(lines.max() ?? 0).count
        result += place(diagnostic.file, diagnostic.range, mark: color, width: width, sources: &sources)
        for note in diagnostic.notes {
            result += gutter(width, "= ") + paint("note", .bold) + ": \(note.message)\n"
            if let file = note.file {
                result += place(file, note.range, mark: .cyan, width: width, sources: &sources)
            }
        }
        if let help = diagnostic.help {
            result += gutter(width, "= ") + paint("help", .bold) + ": \(help)\n"
        }
        return result
    }

    /// ` --> file:line:column` and, where the file can be read, the line with the range marked.
    private func place(
        _ file: String,
        _ range: SourceRange?,
        mark: Style,
        width: Int,
        sources: inout [String: SourceText?]
    ) -> String {
        let arrow = String(repeating: " ", count: width) + paint("--> ", .blue)
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
        let before = Self.printable(bytes.prefix(start))
        let marked = Self.printable(bytes.dropFirst(start).prefix(end - start))
        let number = String(range.start.line)
        let padding = String(repeating: " ", count: max(0, width - number.count))
        result += gutter(width, "|") + "\n"
        result += paint("\(padding)\(number) | ", .blue) + Self.printable(bytes) + "\n"
        result += gutter(width, "| ") + String(repeating: " ", count: TerminalCells.width(of: before))
        result += paint(String(repeating: "^", count: max(1, TerminalCells.width(of: marked))), mark) + "\n"
        return result
    }

    private func gutter(_ width: Int, _ text: String) -> String {
        String(repeating: " ", count: width + 1) + paint(text, .blue)
    }

    /// The bytes as text that a terminal shows in one line: tabs as four blanks, control characters as `�`.
    private static func printable(_ bytes: ArraySlice<UInt8>) -> String {
        var result = ""
        for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
            switch scalar.value {
            case 0x09: result += "    "
            case 0..<0x20, 0x7F: result += "\u{FFFD}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
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

/// How wide text is on a terminal.
package enum TerminalCells {
    /// The number of cells that `text` takes: two for East Asian wide characters and emoji, none for combining marks.
    package static func width(of text: String) -> Int {
        text.reduce(0) { $0 + width(of: $1) }
    }

    private static func width(of character: Character) -> Int {
        guard let first = character.unicodeScalars.first else {
            return 0
        }
        if first.properties.isEmojiPresentation || character.unicodeScalars.contains("\u{FE0F}") {
            return 2
        }
        switch first.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format, .control: return 0
        default: break
        }
        switch first.value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
            0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x20000...0x3FFFD:
            return 2
        default: return 1
        }
    }
}
