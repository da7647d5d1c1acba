/// The variables that `$NAME` and `${NAME…}` in a compose file stand for.
///
/// Syntax: https://docs.docker.com/reference/compose-file/interpolation/
struct Variables: Sendable {
    /// Why a text with variables cannot be used.
    struct Problem: Error, Hashable {
        var message: String
        var help: String?
    }

    var values: [String: String]
    /// Called with the name of each variable that has no value and no default.
    var whenMissing: @Sendable (String) -> Void = { _ in }

    /// `text` with its variables replaced and `$$` turned into `$`.
    func replace(in text: String) throws(Problem) -> String {
        guard text.utf8.contains(UInt8(ascii: "$")) else { return text }
        var rest = Substring(text)
        return try replace(&rest, until: nil)
    }

    private func replace(_ rest: inout Substring, until end: Character?) throws(Problem) -> String {
        var result = ""
        while let character = rest.first {
            if character == end { return result }
            rest.removeFirst()
            guard character == "$" else {
                result.append(character)
                continue
            }
            switch rest.first {
            case "$":
                rest.removeFirst()
                result.append("$")
            case "{":
                rest.removeFirst()
                result += try braced(&rest)
            case .some(let next) where Self.isStart(next):
                let name = String(rest.prefix(while: Self.isPart))
                rest.removeFirst(name.count)
                result += value(of: name)
            default:
                throw Problem(
                    message: "a \"$\" stands for nothing here",
                    help: "write $$ for the sign itself, or ${NAME} for a variable")
            }
        }
        return result
    }

    /// What follows `${`, up to and including `}`.
    private func braced(_ rest: inout Substring) throws(Problem) -> String {
        let name = String(rest.prefix(while: Self.isPart))
        rest.removeFirst(name.count)
        guard let first = name.first, Self.isStart(first) else {
            throw Problem(
                message: "a variable's name is missing behind \"${\"", help: "write ${NAME}, or $$ for the sign")
        }
        let isColon = rest.first == ":"
        let mark = isColon ? rest.dropFirst().first : rest.first
        guard let mark else { throw unclosed(name) }
        if mark == "}", !isColon {
            rest.removeFirst()
            return value(of: name)
        }
        guard "-?+".contains(mark) else {
            throw Problem(
                message: "\"\(mark)\" makes no sense behind \"${\(name)\"",
                help: "valid: ${\(name)}, ${\(name):-default}, ${\(name):?message}, ${\(name):+replacement}")
        }
        rest.removeFirst(isColon ? 2 : 1)
        // A word behind the sign may hold variables itself.
        let word = try replace(&rest, until: "}")
        guard rest.first == "}" else { throw unclosed(name) }
        rest.removeFirst()
        let given = values[name].flatMap { isColon && $0.isEmpty ? nil : $0 }
        switch mark {
        case "-": return given ?? word
        case "+": return given == nil ? "" : word
        default:
            guard let given else {
                throw Problem(
                    message: "required variable \(name) is missing a value" + (word.isEmpty ? "" : ": \(word)"),
                    help: "set it in the environment or in the file .env")
            }
            return given
        }
    }

    private func unclosed(_ name: String) -> Problem {
        Problem(message: "\"${\(name)\" has no closing brace", help: "write ${\(name)}, or $$ for the sign itself")
    }

    private func value(of name: String) -> String {
        guard let value = values[name] else {
            whenMissing(name)
            return ""
        }
        return value
    }

    private static func isStart(_ character: Character) -> Bool {
        character == "_" || (character.isASCII && character.isLetter)
    }

    private static func isPart(_ character: Character) -> Bool {
        isStart(character) || (character.isASCII && character.isNumber)
    }
}
