import Guides

/// Puts values in the place of `{{ name }}` in a guide's text. Code stays as it is: it is what readers type.
struct Variables: Sendable {
    let values: [String: String]

    /// The tree with values, and the names that are not known. Without any variables braces are text.
    func expand(_ guide: Guide, _ markup: Markup) -> (markup: Markup, diagnostics: [Diagnostic]) {
        guard !values.isEmpty, guide.source.contains(UInt8(ascii: "{")) else { return (markup, []) }
        var markup = markup
        var diagnostics: [Diagnostic] = []
        expand(&markup, guide.path, &diagnostics)
        return (markup, diagnostics)
    }

    private func expand(_ node: inout Markup, _ file: String, _ diagnostics: inout [Diagnostic]) {
        if case .text(let text) = node.kind, text.contains("{{") {
            node.kind = .text(expand(text, node.range, file, &diagnostics))
        }
        for index in node.children.indices {
            expand(&node.children[index], file, &diagnostics)
        }
    }

    private func expand(
        _ text: String, _ range: SourceRange, _ file: String, _ diagnostics: inout [Diagnostic]
    ) -> String {
        var result = ""
        var rest = text[...]
        while let open = rest.firstRange(of: "{{"), let close = rest[open.upperBound...].firstRange(of: "}}") {
            let name = rest[open.upperBound..<close.lowerBound].split(separator: " ")
            result += rest[..<open.lowerBound]
            if name.count == 1, let value = values[String(name[0])] {
                result += value
            } else {
                result += rest[open.lowerBound..<close.upperBound]
                if name.count == 1 {
                    diagnostics.append(unknown(String(name[0]), range, file))
                }
            }
            rest = rest[close.upperBound...]
        }
        return result + rest
    }

    private func unknown(_ name: String, _ range: SourceRange, _ file: String) -> Diagnostic {
        let near = nearestName(to: name, among: Array(values.keys)).map { "did you mean \"\($0)\"? " } ?? ""
        return Diagnostic(
            code: "unknown-variable",
            "there is no variable \"\(name)\"",
            file: file,
            range: range,
            help: near + "launchpad.yml has: \(values.keys.sorted().joined(separator: ", "))"
        )
    }
}
