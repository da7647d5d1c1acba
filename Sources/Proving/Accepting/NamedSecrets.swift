/// Finds values that stand behind a name which says that they are secret: `password: …`, `API_TOKEN=…`, `"secret": "…"`,
/// `--password …`, `Authorization: Bearer …`.
enum NamedSecrets {
    /// Names that say it, as the end of a longer name, too (`db_password`, `NATS_TOKEN`); without `-` and `_`.
    private static let names = [
        "password", "passwd", "passphrase", "secret", "token", "apikey", "accesskey", "secretkey", "privatekey",
        "accountkey", "credential",
    ]
    /// Words that stand in the place of a value without being one.
    private static let harmless: Set<String> = [
        "true", "false", "null", "nil", "none", "yes", "no", "on", "off", "unset", "empty", "missing", "required",
        "invalid", "unknown", "hidden", "redacted", "string", "the", "is", "for", "of", "and", "or", "not", "expired",
    ]

    /// Names and values, as they stand in a line of output.
    static func values(in line: Substring) -> [(name: String, value: String)] {
        let text = Array(line)
        var found: [(String, String)] = []
        for index in text.indices {
            if text[index] == ":" || text[index] == "=" {
                guard let name = name(before: index, in: text), let value = value(after: index, in: text) else {
                    continue
                }
                found.append((name, value))
            } else if text[index] == " ", let name = name(before: index, in: text),
                isOption(name, before: index, in: text),
                let value = value(after: index, in: text)
            {
                found.append((name, value))
            }
        }
        return found + authorizations(in: line)
    }

    /// The name that ends before `end`, if it says that a secret follows.
    private static func name(before end: Int, in text: [Character]) -> String? {
        var last = end
        while last > 0, text[last - 1] == " " || text[last - 1] == "\"" || text[last - 1] == "'" { last -= 1 }
        var first = last
        while first > 0, text[first - 1].isASCII,
            text[first - 1].isLetter || text[first - 1].isNumber
                || text[first - 1] == "_" || text[first - 1] == "-"
        {
            first -= 1
        }
        let name = String(text[first..<last])
        let plain = name.lowercased().filter { $0 != "_" && $0 != "-" }
        return names.contains { plain.hasSuffix($0) } ? name : nil
    }

    /// True for `--password value`, where no sign stands between the two.
    private static func isOption(_ name: String, before end: Int, in text: [Character]) -> Bool {
        name.hasPrefix("-") && end > 0 && text[end - 1] != " "
    }

    /// The value that begins behind `start`, unless it is plainly none: a number of stars, a word, a placeholder, a variable.
    private static func value(after start: Int, in text: [Character]) -> String? {
        var rest = text[(start + 1)...].drop { $0 == " " }
        let quote = rest.first.flatMap { $0 == "\"" || $0 == "'" ? $0 : nil }
        if quote != nil { rest = rest.dropFirst() }
        let value = String(rest.prefix { quote != nil ? $0 != quote : !" ,;&\"')]}".contains($0) })
        guard value.count >= 3, !value.hasPrefix("//"), let first = value.first, !"[<$%{-".contains(first),
            !value.allSatisfy({ "*xX.•#".contains($0) }), !harmless.contains(value.lowercased())
        else { return nil }
        return value
    }

    /// What stands behind `Bearer` and `Basic`.
    private static func authorizations(in line: Substring) -> [(name: String, value: String)] {
        let words = line.split { $0 == " " || $0 == "\"" || $0 == "'" || $0 == ":" }
        return zip(words, words.dropFirst()).compactMap { scheme, value in
            guard ["bearer", "basic"].contains(scheme.lowercased()), value.count >= 8,
                value.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "-._~+/=".contains($0)) }),
                value.dropFirst().contains(where: { $0.isNumber || $0.isUppercase })
            else { return nil }
            return (scheme == "Bearer" || scheme == "bearer" ? "bearer token" : "basic authorization", String(value))
        }
    }
}
