import Guides

/// The part of Go's templates that `--format` of `docker` is used with: fields, and `json`.
///
/// Syntax: https://docs.docker.com/engine/cli/formatting/
struct RowTemplate {
    private enum Part {
        case text(String)
        /// Names from the outside in; none is the row itself.
        case field([String], isJSON: Bool)
    }

    private var parts: [Part] = []
    /// Whether the format begins with `table`: a heading over columns.
    let isTable: Bool

    /// - Throws: ``ComposeFailure`` for what is no field.
    init(_ format: String) throws(ComposeFailure) {
        isTable = format.hasPrefix("table ")
        var rest = Substring(isTable ? format.dropFirst(6) : format[...])
        while !rest.isEmpty {
            guard let start = String(rest).range(of: "{{")?.lowerBound else { break }
            let head = rest.prefix(String(rest).distance(from: String(rest).startIndex, to: start))
            parts.append(.text(Self.unescaped(head)))
            rest = rest.dropFirst(head.count + 2)
            guard
                let length = String(rest).range(of: "}}").map({
                    String(rest).distance(from: String(rest).startIndex, to: $0.lowerBound)
                })
            else {
                throw ComposeFailure(
                    "template parsing error: an action of \"\(format)\" has no end", help: "write {{.Name}}")
            }
            let words = rest.prefix(length).split(whereSeparator: \.isWhitespace)
            rest = rest.dropFirst(length + 2)
            guard let path = words.last, path.hasPrefix("."), words.count == 1 || words.count == 2 && words[0] == "json"
            else {
                throw ComposeFailure(
                    "the action {{\(words.joined(separator: " "))}} is not supported here",
                    help: "valid: {{.Name}}, {{json .}}, {{json .Name}}")
            }
            parts.append(.field(path.split(separator: ".").map(String.init), isJSON: words.count == 2))
        }
        parts.append(.text(Self.unescaped(rest)))
    }

    /// What it makes of a row; the last line has no end.
    ///
    /// - Throws: ``ComposeFailure`` for a field that the row has not.
    func text(_ row: ConfigTree) throws(ComposeFailure) -> String {
        var result = ""
        for part in parts {
            switch part {
            case .text(let text): result += text
            case .field(let path, let isJSON):
                let value = try Self.value(path, of: row)
                if case .text(let text) = value, !isJSON { result += text } else { result += value.json() }
            }
        }
        return result
    }

    /// The rows, one a line, or as a table.
    func text(_ rows: [ConfigTree]) throws(ComposeFailure) -> String {
        var lines: [String] = []
        for row in rows { lines.append(try text(row)) }
        guard isTable else { return lines.map { $0 + "\n" }.joined() }
        func cells(_ line: String) -> [String] {
            line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        }
        var table = Table(cells(heading))
        for line in lines { table.add(cells(line)) }
        return table.text
    }

    private var heading: String {
        parts.map { part in
            switch part {
            case .text(let text): return text
            case .field(let path, _):
                let names = [
                    "ID": "CONTAINER ID", "CreatedAt": "CREATED AT", "RunningFor": "CREATED",
                    "LocalVolumes": "LOCAL VOLUMES",
                ]
                let name = path.last ?? ""
                return names[name] ?? name.uppercased()
            }
        }.joined()
    }

    private static func value(_ path: [String], of row: ConfigTree) throws(ComposeFailure) -> ConfigTree {
        var value = row
        for name in path {
            guard case .map(let entries) = value, let entry = entries.first(where: { $0.key == name }) else {
                var valid: [String] = []
                if case .map(let entries) = value { valid = entries.map(\.key) }
                let near = nearestName(to: name, among: valid).map { "did you mean .\($0)? " } ?? ""
                throw ComposeFailure(
                    "template: <.\(path.joined(separator: "."))>: can't evaluate field \(name)",
                    help: near + "valid: " + valid.map { ".\($0)" }.joined(separator: ", "))
            }
            value = entry.value
        }
        return value
    }

    private static func unescaped(_ text: Substring) -> String {
        var result = ""
        var rest = text
        while let character = rest.popFirst() {
            guard character == "\\", let next = rest.first, let sign = ["n": "\n", "t": "\t", "\\": "\\"][next] else {
                result.append(character)
                continue
            }
            rest.removeFirst()
            result += sign
        }
        return result
    }
}
