package import Yams

/// Turns Yams' places and errors, which count Unicode scalars, into ours, which count bytes.
package enum YAMLDiagnostic {
    /// - Parameter lineOffset: the number of lines of `text` that stand before the YAML.
    package static func range(of node: Node, length: Int, in text: SourceText, lineOffset: Int) -> SourceRange? {
        guard let mark = node.mark else {
            return nil
        }
        let position = position(of: mark, in: text, lineOffset: lineOffset)
        let isQuoted = node.scalar.map { $0.style == .doubleQuoted || $0.style == .singleQuoted } ?? false
        let content = text.lineContent(position.line)
        let rest = content.upperBound - text.lineBytes(position.line).lowerBound - position.column + 1
        let wanted = length + (isQuoted ? 2 : 0)
        return SourceRange(line: position.line, column: position.column, length: max(1, min(wanted, rest)))
    }

    /// What an error of the parser says, once for each mistake.
    package static func make(_ error: YamlError, file: String, in text: SourceText, lineOffset: Int) -> [Diagnostic] {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            let position = position(of: mark, in: text, lineOffset: lineOffset)
            return [
                Diagnostic(
                    code: "bad-yaml",
                    "this is not YAML: \(problem)",
                    file: file,
                    range: SourceRange(line: position.line, column: position.column),
                    help: text.bytes[text.lineBytes(position.line)].dropFirst(position.column - 1).first
                        == UInt8(ascii: "\t")
                        ? "indent with blanks: YAML takes no tabs there"
                        : "put a value in quotes if it holds \": \" or \" #\" or begins with a sign"
                )
            ]
        case .duplicatedKeysInMapping(let keys, _):
            return keys.map { repeated($0, file: file, in: text, lineOffset: lineOffset) }
        default:
            return [Diagnostic(code: "bad-yaml", "this is not YAML: \(error)", file: file)]
        }
    }

    private static func position(of mark: Mark, in text: SourceText, lineOffset: Int) -> SourcePosition {
        let line = mark.line + lineOffset
        guard line <= text.lineCount else {
            // Something is missing at the end.
            return text.position(of: text.lineContent(text.lineCount).upperBound)
        }
        let content = text.lineContent(line)
        let before = String.UnicodeScalarView(text.line(line).unicodeScalars.prefix(max(0, mark.column - 1)))
        let hidden = content.lowerBound - text.lineBytes(line).lowerBound
        return SourcePosition(line: line, column: hidden + String(before).utf8.count + 1)
    }

    /// Yams tells which key is there twice, and not where.
    private static func repeated(_ key: String, file: String, in text: SourceText, lineOffset: Int) -> Diagnostic {
        var places: [SourceRange] = []
        for line in lineOffset + 1..<max(text.lineCount + 1, lineOffset + 2) {
            let content = text.line(line)
            let indentation = content.prefix { $0 == " " }.utf8.count
            if content.dropFirst(indentation).hasPrefix(key + ":") {
                places.append(SourceRange(line: line, column: indentation + 1, length: key.utf8.count))
            } else if lineOffset > 0, content.hasPrefix("---"), content.dropFirst(3).allSatisfy(\.isWhitespace) {
                break
            }
        }
        return Diagnostic(
            code: "repeated-key",
            "\"\(key)\" is given twice",
            file: file,
            range: places.dropFirst().first ?? places.first,
            help: "keep one of them",
            notes: places.count > 1 ? [Diagnostic.Note("the other one is here", file: file, range: places[0])] : []
        )
    }
}
