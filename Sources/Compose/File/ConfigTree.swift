/// The canonical form of a project that `docker compose config` prints, as a tree for YAML and JSON.
indirect enum ConfigTree: Sendable, Hashable {
    case null
    case text(String)
    case number(Int)
    /// A number as Go prints it, which is not a whole one.
    case float(String)
    case bool(Bool)
    case list([ConfigTree])
    /// In the order in which it is printed.
    case map([(key: String, value: ConfigTree)])

    static func == (left: ConfigTree, right: ConfigTree) -> Bool { left.json() == right.json() }

    func hash(into hasher: inout Hasher) { hasher.combine(json()) }

    static func sorted(_ pairs: [String: ConfigTree]) -> ConfigTree {
        .map(pairs.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
    }

    // MARK: YAML

    /// As go-yaml prints it, two spaces a level.
    func yaml() -> String {
        var lines: [String] = []
        write(to: &lines, indentation: "")
        return lines.map { "\($0)\n" }.joined()
    }

    private func write(to lines: inout [String], indentation: String) {
        switch self {
        case .map(let entries):
            for (key, value) in entries {
                let name = indentation + Self.quoted(key) + ":"
                switch value {
                case .map(let inner) where !inner.isEmpty:
                    lines.append(name)
                    value.write(to: &lines, indentation: indentation + "  ")
                case .list(let inner) where !inner.isEmpty:
                    lines.append(name)
                    value.write(to: &lines, indentation: indentation + "  ")
                default: lines.append("\(name) \(value.scalar(indentation + "  "))")
                }
            }
        case .list(let items):
            for item in items {
                guard case .map(let entries) = item, !entries.isEmpty else {
                    lines.append("\(indentation)- \(item.scalar(indentation + "  "))")
                    continue
                }
                let start = lines.count
                item.write(to: &lines, indentation: indentation + "  ")
                lines[start] = indentation + "- " + lines[start].dropFirst(indentation.count + 2)
            }
        default: lines.append(indentation + scalar(indentation))
        }
    }

    private func scalar(_ indentation: String) -> String {
        switch self {
        case .null: return "null"
        case .bool(let value): return value ? "true" : "false"
        case .number(let value): return String(value)
        case .float(let text): return text
        case .list: return "[]"
        case .map: return "{}"
        case .text(let text):
            guard text.contains("\n"),
                !text.contains(where: { $0.asciiValue.map { $0 < 0x20 && $0 != 0x0A && $0 != 0x09 } ?? false })
            else { return Self.quoted(text) }
            var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            var head = "|-"
            if lines.last == "" {
                lines.removeLast()
                head = lines.last == "" ? "|+" : "|"
            }
            if lines.first?.hasPrefix(" ") ?? false { head.insert("2", at: head.index(after: head.startIndex)) }
            return ([head] + lines.map { $0.isEmpty ? "" : indentation + $0 }).joined(separator: "\n")
        }
    }

    private static func quoted(_ text: String) -> String {
        if PlainScalar(text) != .text || text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) {
            return doubleQuoted(text)
        }
        return PlainScalar.isText(onlySince12: text) || text == "<<" ? "'\(text)'" : singleQuoted(text) ?? text
    }

    private static func doubleQuoted(_ text: String) -> String {
        let short: [Unicode.Scalar: Character] = [
            "\"": "\"", "\\": "\\", "\n": "n", "\r": "r", "\t": "t", "\0": "0", "\u{7}": "a", "\u{8}": "b",
            "\u{B}": "v",
            "\u{C}": "f", "\u{1B}": "e",
        ]
        var result = "\""
        for scalar in text.unicodeScalars {
            if let letter = short[scalar] {
                result += "\\\(letter)"
            } else if scalar.value < 0x20 || scalar.value == 0x7F {
                result += "\\x" + (scalar.value < 0x10 ? "0" : "") + String(scalar.value, radix: 16, uppercase: true)
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    /// The text in single quotes where YAML would take a sign in it for its own, nil where it is plain.
    private static func singleQuoted(_ text: String) -> String? {
        guard let first = text.first, let last = text.last else { return nil }
        var isSpecial = "!&*|>%@`{}[],#'\"".contains(first) || first == " " || last == " " || last == ":"
        if "-?:".contains(first), text.count == 1 || text.dropFirst().first == " " { isSpecial = true }
        isSpecial = isSpecial || text.range(of: ": ") != nil || text.range(of: " #") != nil
        return isSpecial
            ? "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'" : nil
    }

    // MARK: JSON

    /// JSON with two spaces a level, or without blanks.
    func json(indentation: String? = nil) -> String {
        let inner = indentation.map { $0 + "  " }
        let (open, close, comma) =
            indentation.map { ("\n\($0)  ", "\n\($0)", ",\n\($0)  ") } ?? ("", "", ",")
        switch self {
        case .null: return "null"
        case .bool(let value): return value ? "true" : "false"
        case .number(let value): return String(value)
        case .float(let text): return text
        case .text(let text): return Self.jsonString(text)
        case .list(let items):
            if items.isEmpty { return "[]" }
            return "[" + open + items.map { $0.json(indentation: inner) }.joined(separator: comma) + close + "]"
        case .map(let entries):
            if entries.isEmpty { return "{}" }
            let colon = indentation == nil ? ":" : ": "
            let body = entries.map { Self.jsonString($0.key) + colon + $0.value.json(indentation: inner) }
            return "{" + open + body.joined(separator: comma) + close + "}"
        }
    }

    static func jsonString(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case "<", ">", "&":
                // As Go's encoder does, so that it may stand in HTML.
                result += "\\u00" + String(scalar.value, radix: 16)
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
