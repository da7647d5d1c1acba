import GoFormats

/// A text with `{{ }}` actions, in the part of Go's template notation that message bodies use: `{{Count}}`, `{{.Count}}`,
/// `{{Random 10 100}}`, quoted texts, comments, and `{{- -}}` to swallow blanks.
struct Template: Sendable {
    enum Argument: Sendable, Hashable {
        case integer(Int)
        case text(String)
    }

    typealias Function = @Sendable ([Argument]) throws(Failure) -> String

    /// A template that can't be parsed or carried out.
    struct Failure: Error, Hashable, CustomStringConvertible {
        var description: String
    }

    private enum Part: Sendable {
        case text(String)
        case function(name: String, arguments: [Argument], line: Int)
        case field(name: String, line: Int)
    }

    private let name: String
    private var parts: [Part] = []

    /// - Parameter name: what error messages call the template.
    init(_ text: String, name: String) throws(Failure) {
        self.name = name
        var rest = text[...]
        var line = 1
        var trimsNext = false
        while let open = rest.firstRange(of: "{{") {
            var before = rest[..<open.lowerBound]
            line += before.count { $0.isNewline }
            rest = rest[open.upperBound...]
            guard let close = rest.firstRange(of: "}}") else {
                throw Failure(description: "template: \(name):\(line): unclosed action")
            }
            var action = rest[..<close.lowerBound]
            rest = rest[close.upperBound...]
            if trimsNext {
                before = before.drop(while: \.isWhitespace)
            }
            if action.hasPrefix("- ") {
                action = action.dropFirst()
                before = Self.trimmedEnd(before)
            }
            trimsNext = action.hasSuffix(" -")
            if trimsNext {
                action = action.dropLast()
            }
            append(before)
            try append(action: action, line: line)
            line += action.count { $0.isNewline }
        }
        append(trimsNext ? rest.drop(while: \.isWhitespace) : rest)
    }

    /// Fills the template in.
    ///
    /// - Parameters:
    ///   - functions: what `{{Name …}}` stands for.
    ///   - fields: what `{{.Name}}` stands for.
    func expand(functions: [String: Function], fields: [String: String]) throws(Failure) -> String {
        var result = ""
        for part in parts {
            switch part {
            case .text(let text):
                result += text
            case .field(let field, let line):
                guard let value = fields[field] else {
                    throw Failure(description: "template: \(name):\(line): can't evaluate field \(field)")
                }
                result += value
            case .function(let function, let arguments, let line):
                guard let body = functions[function] else {
                    throw Failure(
                        description: "template: \(name):\(line): function \(GoText.quoted(function)) not defined"
                    )
                }
                do {
                    result += try body(arguments)
                } catch {
                    throw Failure(description: "template: \(name):\(line): \(error)")
                }
            }
        }
        return result
    }

    private mutating func append(_ text: Substring) {
        if !text.isEmpty {
            parts.append(.text(String(text)))
        }
    }

    private mutating func append(action: Substring, line: Int) throws(Failure) {
        let trimmed = Self.trimmedEnd(action.drop(while: \.isWhitespace))
        if trimmed.hasPrefix("/*"), trimmed.hasSuffix("*/") {
            return
        }
        var words = try self.words(in: trimmed, line: line)
        guard !words.isEmpty else {
            throw Failure(description: "template: \(name):\(line): missing value for command")
        }
        let first = words.removeFirst()
        if first.isQuoted {
            parts.append(.text(first.text))
        } else if first.text.hasPrefix("."), words.isEmpty {
            parts.append(.field(name: String(first.text.dropFirst()), line: line))
        } else if let initial = first.text.first, initial.isLetter || initial == "_" {
            let arguments = try words.map { word throws(Failure) in try argument(word, line: line) }
            parts.append(.function(name: first.text, arguments: arguments, line: line))
        } else {
            throw Failure(description: "template: \(name):\(line): unexpected \(GoText.quoted(first.text)) in command")
        }
    }

    private func argument(_ word: Word, line: Int) throws(Failure) -> Argument {
        if word.isQuoted {
            return .text(word.text)
        }
        guard let number = Int(word.text) else {
            throw Failure(description: "template: \(name):\(line): unexpected \(GoText.quoted(word.text)) in operand")
        }
        return .integer(number)
    }

    private struct Word {
        var text: String
        var isQuoted: Bool
    }

    private func words(in action: Substring, line: Int) throws(Failure) -> [Word] {
        var words: [Word] = []
        var rest = action
        while let first = rest.first {
            if first.isWhitespace {
                rest = rest.dropFirst()
            } else if first == "\"" || first == "`" {
                let body = rest.dropFirst()
                guard let end = body.firstIndex(of: first) else {
                    throw Failure(description: "template: \(name):\(line): unterminated quoted string")
                }
                words.append(Word(text: String(body[..<end]), isQuoted: true))
                rest = body[body.index(after: end)...]
            } else {
                let word = rest.prefix { !$0.isWhitespace }
                words.append(Word(text: String(word), isQuoted: false))
                rest = rest.dropFirst(word.count)
            }
        }
        return words
    }

    private static func trimmedEnd(_ text: Substring) -> Substring {
        guard let last = text.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return text[...last]
    }
}
