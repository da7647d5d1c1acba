/// Finds admonitions (`:::note`, what belongs to it, `:::`) and turns the lines that open and close them into comments,
/// which libcmark takes for blocks of their own, wherever they stand.
///
/// The first line may have a title, as `:::note A title` or `:::note[A title]`. With more colons an admonition can hold
/// others. Lines of colons that belong to none are text.
struct AdmonitionScanner {
    /// A line that opens or closes an admonition.
    enum Line: Hashable {
        case open(Markup.AlertKind?, title: String)
        case close
    }

    private(set) var body: BodyText
    /// By lines of the body.
    private(set) var lines: [Int: Line] = [:]
    /// Admonitions that nothing closes.
    private(set) var diagnostics: [Diagnostic] = []

    private struct Opening {
        var line: Int
        var colons: Int
        var content: Range<Int>
        var kind: Markup.AlertKind?
        var title: String
    }

    init(_ body: BodyText, file: String) {
        self.body = body
        guard Self.mayHold(body.text.bytes), let tree = CmarkTree(body.text.bytes) else {
            return
        }
        let outline = LineOutline(tree, text: body.text)
        var open: [Opening] = []
        var edits: [Int: Range<Int>] = [:]
        for line in 1...body.text.lineCount where !outline.isOpaque(line) {
            var cursor = ContainerChain.content(of: line, in: outline.chain(at: line), text: body.text)
            guard cursor.indentation(limit: 4) < 4 else { continue }
            cursor.skipSpaces()
            let content = cursor.offset..<max(cursor.offset, body.text.lineContent(line).upperBound)
            let colons = body.text.bytes[content].prefix { $0 == UInt8(ascii: ":") }.count
            guard colons >= 3 else { continue }
            let rest = Self.trimmed(String(decoding: body.text.bytes[content].dropFirst(colons), as: UTF8.self))
            if rest.isEmpty {
                guard let index = open.lastIndex(where: { $0.colons == colons }) else { continue }
                let opening = open[index]
                open.removeSubrange(index...)
                lines[opening.line] = .open(opening.kind, title: opening.title)
                lines[line] = .close
                edits[opening.line] = opening.content
                edits[line] = content
            } else if let (kind, title) = Self.opening(rest) {
                open.append(Opening(line: line, colons: colons, content: content, kind: kind, title: title))
            }
        }
        diagnostics = open.map { opening in
            Diagnostic(
                code: "unclosed-admonition",
                "nothing closes this admonition",
                file: file,
                range: SourceRange(
                    start: body.position(of: opening.content.lowerBound),
                    end: body.position(of: opening.content.upperBound)
                ),
                help: "end it with a line \"\(String(repeating: ":", count: opening.colons))\""
            )
        }
        self.body.replace(edits.values.sorted { $0.lowerBound < $1.lowerBound }, with: Array("<!---->".utf8))
    }

    /// The kinds by their names here and in other tools; nil for `details`, which readers unfold.
    private static let kinds: [(name: Substring, kind: Markup.AlertKind?, title: String)] = [
        ("note", .note, "Note"), ("info", .note, "Info"), ("tip", .tip, "Tip"), ("success", .tip, "Success"),
        ("important", .important, "Important"), ("warning", .warning, "Warning"), ("caution", .caution, "Caution"),
        ("danger", .caution, "Danger"), ("details", nil, "Details"),
    ]

    private static func opening(_ text: Substring) -> (kind: Markup.AlertKind?, title: String)? {
        let word = text.prefix { $0.isLetter }
        guard let found = kinds.first(where: { $0.name == word.lowercased() }) else { return nil }
        let rest = text.dropFirst(word.count)
        if rest.first == "[", rest.last == "]" {
            let title = trimmed(String(rest.dropFirst().dropLast()))
            return (found.kind, title.isEmpty ? found.title : String(title))
        }
        guard rest.isEmpty || rest.first?.isWhitespace == true else { return nil }
        let title = trimmed(String(rest))
        return (found.kind, title.isEmpty ? found.title : String(title))
    }

    private static func trimmed(_ text: String) -> Substring {
        var rest = text.drop(while: \.isWhitespace)
        while rest.last?.isWhitespace == true { rest = rest.dropLast() }
        return rest
    }

    private static func mayHold(_ bytes: [UInt8]) -> Bool {
        var colons = 0
        for byte in bytes {
            colons = byte == UInt8(ascii: ":") ? colons + 1 : 0
            if colons == 3 { return true }
        }
        return false
    }
}
