import Guides

/// A file of `NAME=value` lines: `.env`, and what `env_file:` names.
///
/// Syntax: https://docs.docker.com/compose/how-tos/environment-variables/variable-interpolation/#env-file-syntax
enum EnvironmentFile {
    /// The variables in the order of the file; nil values are names without a value, taken from the environment.
    ///
    /// - Parameter variables: what variables in unquoted and double-quoted values stand for, beside those of the file.
    /// - Throws: ``DiagnosticsError`` at the line that makes no sense.
    static func parse(_ text: String, file: String, variables: Variables) throws -> [(name: String, value: String?)] {
        var result: [(name: String, value: String?)] = []
        var scope = variables
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map {
            $0.hasSuffix("\r") ? $0.dropLast() : $0
        }
        var next = 0
        while next < lines.count {
            let index = next
            next += 1
            var line = lines[index].drop { $0 == " " || $0 == "\t" }
            guard !line.isEmpty, !line.hasPrefix("#") else { continue }
            if line.hasPrefix("export ") { line = line.dropFirst(7).drop { $0 == " " } }
            let name = String(line.prefix { $0 != "=" && $0 != ":" }).trimmed
            let rest = line.dropFirst(line.prefix { $0 != "=" && $0 != ":" }.count)
            guard !name.isEmpty, !name.contains(where: \.isWhitespace) else {
                throw problem("this is no variable", file, line: index + 1)
            }
            guard !rest.isEmpty else {
                result.append((name, nil))
                continue
            }
            do {
                var text = String(rest.dropFirst()).trimmed
                // A quote may be closed on a later line.
                while let quote = text.first, "'\"".contains(quote), !isClosed(text, quote), next < lines.count {
                    text += "\n" + lines[next]
                    next += 1
                }
                let value = try value(of: text, scope)
                scope.values[name] = scope.values[name] ?? value
                result.append((name, value))
            } catch {
                throw problem(error.message, file, line: index + 1)
            }
        }
        return result
    }

    /// Whether the quote at the beginning of `text` has its end in it.
    private static func isClosed(_ text: String, _ quote: Character) -> Bool {
        var isEscaped = false
        return text.dropFirst().contains { character in
            let ends = character == quote && !isEscaped
            isEscaped = character == "\\" && !isEscaped && quote == "\""
            return ends
        }
    }

    private static func value(of text: String, _ variables: Variables) throws(Variables.Problem) -> String {
        if text.hasPrefix("'") {
            guard let end = text.dropFirst().firstIndex(of: "'") else {
                throw Variables.Problem(message: "the quote is not closed")
            }
            return String(text[text.index(after: text.startIndex)..<end])
        }
        if text.hasPrefix("\"") {
            var inner = ""
            var rest = text.dropFirst()
            while let character = rest.first, character != "\"" {
                rest.removeFirst()
                guard character == "\\", let next = rest.first else {
                    inner.append(character)
                    continue
                }
                rest.removeFirst()
                switch next {
                case "n": inner.append("\n")
                case "r": inner.append("\r")
                case "t": inner.append("\t")
                case "$": inner += "$$"
                default: inner.append(next)
                }
            }
            guard rest.first == "\"" else { throw Variables.Problem(message: "the quote is not closed") }
            return try variables.replace(in: inner)
        }
        var plain = text
        if let comment = plain.range(of: " #") { plain = String(plain[..<comment.lowerBound]) }
        return try variables.replace(in: plain.trimmed)
    }

    private static func problem(_ message: String, _ file: String, line: Int) -> DiagnosticsError {
        DiagnosticsError([
            Diagnostic(
                code: "bad-environment-file", message, file: file, range: SourceRange(line: line, column: 1),
                help: "each line reads NAME=value"
            )
        ])
    }
}

extension String {
    /// Without blanks at either end.
    var trimmed: String {
        var text = Substring(self)
        while let first = text.first, first.isWhitespace { text.removeFirst() }
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return String(text)
    }

    /// Where `needle` first stands.
    func range(of needle: String) -> Range<String.Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(needle) { return start..<index(start, offsetBy: needle.count) }
            start = index(after: start)
        }
        return nil
    }
}
