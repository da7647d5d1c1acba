/// Puts printed values into a shown JSON value, keeping its placeholders where they match.
struct JSONMerge {
    private var captures: Captures

    /// The lines to show, or nil when one of both is no JSON.
    ///
    /// Lines that stay true are kept as they are written; where that does not suffice, the value is written anew, indented by
    /// two spaces.
    static func lines(for shown: Expectation, _ text: OutputText, _ captures: Captures) -> [String]? {
        let source = shown.significantLines.map(\.text)
        guard let patterns = try? JSONText.values(in: source.joined(separator: "\n").utf8),
            let printed = try? JSONText.values(in: text.bytes), patterns.count == printed.count
        else { return nil }
        var merge = JSONMerge(captures: captures)
        let merged = zip(patterns, printed).map { merge.merge($0, $1) }
        let written = merged.flatMap { render($0, indent: "") }
        // As the author laid it out, where only whole lines change.
        let current = patterns.flatMap { render($0, indent: "") }
        guard current.count == source.count else { return written }
        let changes = written.difference(from: current)
        let map = Dictionary(zip(current, source), uniquingKeysWith: { first, _ in first })
        return changes.isEmpty ? source : written.map { map[$0] ?? $0 }
    }

    private mutating func merge(_ pattern: JSONValue, _ printed: JSONValue) -> JSONValue {
        var match = JSONMatch(captures)
        if match.match([pattern], [printed]) {
            captures = match.captures
            return pattern
        }
        switch (pattern, printed) {
        case (.object(let shown), .object(let members)):
            let isOpen = shown.contains { $0.key == "..." }
            let values = Dictionary(members.map { ($0.key, $0.value) }) { $1 }
            // The shown order first, then what is new.
            var result = shown.compactMap { entry -> (key: String, value: JSONValue)? in
                if entry.key == "..." { return entry }
                return values[entry.key].map { (entry.key, merge(entry.value, $0)) }
            }
            if !isOpen {
                let known = Set(shown.map(\.key))
                result += members.filter { !known.contains($0.key) }
            }
            return .object(result)
        case (.array(let shown), .array(let values))
        where shown.count == values.count && !shown.contains(.string("...")):
            return .array(zip(shown, values).map { merge($0, $1) })
        default:
            return printed
        }
    }

    private static func render(_ value: JSONValue, indent: String) -> [String] {
        let inner = indent + "  "
        switch value {
        case .object(let members) where !members.isEmpty:
            let parts = members.map { member -> [String] in
                var lines = render(member.value, indent: inner)
                lines[0] = inner + JSONText.quote(member.key) + ": " + lines[0].drop { $0 == " " }
                return lines
            }
            return [indent + "{"] + joined(parts) + [indent + "}"]
        case .array(let values) where values.contains(where: \.isContainer):
            return [indent + "["] + joined(values.map { render($0, indent: inner) }) + [indent + "]"]
        case .array(let values):
            return [indent + "[" + values.map(\.text).joined(separator: ", ") + "]"]
        default:
            return [indent + value.text]
        }
    }

    private static func joined(_ parts: [[String]]) -> [String] {
        parts.enumerated().flatMap { index, lines in
            index == parts.count - 1 ? lines : lines.dropLast() + [lines[lines.count - 1] + ","]
        }
    }
}

extension JSONValue {
    fileprivate var isContainer: Bool {
        switch self {
        case .array(let values): !values.isEmpty
        case .object(let members): !members.isEmpty
        default: false
        }
    }
}
