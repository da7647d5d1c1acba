/// The canonical form of a project that `docker compose config` prints, as a tree for YAML and JSON.
indirect enum ConfigTree: Sendable, Hashable {
    case null
    case text(String)
    case number(Int)
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
                let name = indentation + Self.key(key) + ":"
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

    /// A key of one letter that YAML 1.1 takes for a truth value is put in single quotes by Compose.
    private static func key(_ text: String) -> String {
        if ["y", "Y", "n", "N"].contains(text) { return "'\(text)'" }
        return quoted(text)
    }

    private static func quoted(_ text: String) -> String {
        needsQuotes(text) ? jsonString(text) : singleQuoted(text) ?? text
    }

    /// True for what would be read as another type.
    private static func needsQuotes(_ text: String) -> Bool {
        let words = [
            "", "~", "null", "Null", "NULL", "true", "True", "TRUE", "false", "False", "FALSE", "yes", "Yes", "YES",
            "no", "No", "NO", "on", "On", "ON", "off", "Off", "OFF", "y", "Y", "n", "N", ".nan", ".inf", "-.inf", "<<",
            "=",
        ]
        if words.contains(text) || Double(text) != nil || isSexagesimal(text) { return true }
        if text.hasPrefix("0x") || text.hasPrefix("0o") || text.hasPrefix("0b") { return true }
        return text.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F }
    }

    /// `12:30`, which YAML 1.1 reads as a number.
    private static func isSexagesimal(_ text: String) -> Bool {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        return parts.count > 1
            && parts.enumerated().allSatisfy { index, part in
                !part.isEmpty && part.allSatisfy(\.isNumber)
                    && (index == 0 || (part.count <= 2 && Int(part).map { $0 < 60 } ?? false))
            }
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
