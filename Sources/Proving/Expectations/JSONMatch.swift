/// Matches a shown JSON value with a printed one.
///
/// Equal is what means the same: white space, the order of keys and the way a number is written don't count. Strings of the
/// shown value may hold placeholders; one that is a placeholder as a whole (`"[port:int]"`, `"[..]"`) matches a number, a
/// boolean or null, too. `"..."` as a value matches any value, as an element of an array any number of elements, and as a
/// key (`"...": "..."`) any further members.
struct JSONMatch {
    var captures: Captures
    /// The first difference, and where it is.
    private(set) var difference: String?
    /// The shown string with placeholders that differs there, and what was printed in its place.
    private(set) var conflict: (pattern: LinePattern, printed: String)?
    private var budget = 1_000_000

    init(_ captures: Captures) {
        self.captures = captures
    }

    /// Matches a run of values, as a tool prints them one after the other.
    mutating func match(_ shown: [JSONValue], _ printed: [JSONValue]) -> Bool {
        guard shown.count == printed.count else {
            difference = "\(shown.count) JSON values are shown, \(printed.count) were printed"
            return false
        }
        for (index, pair) in zip(shown, printed).enumerated() {
            let path = shown.count == 1 ? "$" : "value \(index + 1): $"
            guard match(pair.0, pair.1, path) else { return false }
        }
        return true
    }

    private mutating func differ(_ path: String, _ shown: JSONValue, _ printed: JSONValue) -> Bool {
        if difference == nil {
            difference = "\(path): expected \(shown.summary), got \(printed.summary)"
            if case .string(let pattern) = shown {
                let text = if case .string(let text) = printed { text } else { printed.text }
                conflict = (LinePattern(pattern), text)
            }
        }
        return false
    }

    private mutating func match(_ shown: JSONValue, _ printed: JSONValue, _ path: String) -> Bool {
        switch (shown, printed) {
        case (.string("..."), _):
            return true
        case (.string(let pattern), .string(let text)):
            return match(pattern, text) || differ(path, shown, printed)
        case (.string(let pattern), .number), (.string(let pattern), .bool), (.string(let pattern), .null):
            return Self.isWholePlaceholder(pattern) && match(pattern, printed.summary) || differ(path, shown, printed)
        case (.array(let patterns), .array(let values)):
            return match(patterns[...], values[...], 0, path)
        case (.object(let patterns), .object(let members)):
            return match(patterns, members, path)
        default:
            return shown == printed || differ(path, shown, printed)
        }
    }

    /// True for text that is one placeholder and nothing else.
    private static func isWholePlaceholder(_ text: String) -> Bool {
        let pattern = LinePattern(text)
        let tokens = pattern.segments.flatMap { $0 }
        if case .value? = tokens.first, tokens.count == 1, pattern.segments.count == 1 { return true }
        return tokens.isEmpty && pattern.segments.count == 2
    }

    private mutating func match(_ pattern: String, _ text: String) -> Bool {
        let found = Array(text.utf8).withUnsafeBufferPointer { LinePattern(pattern).firstMatch($0, captures) }
        if let found { captures = found }
        return found != nil
    }

    private mutating func match(
        _ patterns: [(key: String, value: JSONValue)],
        _ members: [(key: String, value: JSONValue)],
        _ path: String
    ) -> Bool {
        let values = Dictionary(members.map { ($0.key, $0.value) }) { $1 }
        let isOpen = patterns.contains { $0.key == "..." }
        for (key, pattern) in patterns where key != "..." {
            let place = path + Self.step(key)
            guard let value = values[key] else {
                difference = difference ?? "\(place) is missing"
                return false
            }
            guard match(pattern, value, place) else { return false }
        }
        let known = Set(patterns.map(\.key))
        if !isOpen, let extra = members.first(where: { !known.contains($0.key) }) {
            difference = difference ?? "\(path)\(Self.step(extra.key)) is not shown"
            return false
        }
        return true
    }

    private mutating func match(
        _ patterns: ArraySlice<JSONValue>,
        _ values: ArraySlice<JSONValue>,
        _ index: Int,
        _ path: String
    ) -> Bool {
        var index = index
        var values = values
        for (offset, pattern) in zip(patterns.indices, patterns) {
            if pattern == .string("...") {
                return matchBehindEllipsis(patterns[(offset + 1)...], values, index, path)
            }
            guard let value = values.popFirst() else {
                difference = difference ?? "\(path)[\(index)] is missing: \(pattern.summary)"
                return false
            }
            guard match(pattern, value, "\(path)[\(index)]") else { return false }
            index += 1
        }
        guard let extra = values.first else { return true }
        difference = difference ?? "\(path)[\(index)] is not shown: \(extra.summary)"
        return false
    }

    /// Tries every place for the elements behind a `"..."`; those behind the last one must end the array.
    private mutating func matchBehindEllipsis(
        _ rest: ArraySlice<JSONValue>,
        _ values: ArraySlice<JSONValue>,
        _ index: Int,
        _ path: String
    ) -> Bool {
        let fewest = rest.count { $0 != .string("...") }
        guard values.count >= fewest else {
            difference = difference ?? "\(path) has too few elements"
            return false
        }
        let latest = values.count - fewest
        let (before, found) = (captures, difference)
        for skip in (fewest == rest.count ? latest : 0)...latest {
            guard budget > 0 else { return false }
            budget -= 1
            captures = before
            if match(rest, values.dropFirst(skip), index + skip, path) {
                difference = found
                if found == nil { conflict = nil }
                return true
            }
        }
        return false
    }

    /// A key as a step of a JSON path.
    private static func step(_ key: String) -> String {
        Placeholders.isName(key) ? ".\(key)" : "[\(JSONText.quote(key))]"
    }
}

extension Expectation {
    func matchJSON(_ text: OutputText, _ bindings: Bindings) -> MatchOutcome {
        let shown = significantLines.map(\.text).joined(separator: "\n")
        guard shown != text.lines.indices.map(text.text).joined(separator: "\n") else { return .matched(bindings) }
        let note: String
        do throws(JSONText.Problem) {
            let patterns = try JSONText.values(in: shown.utf8)
            do throws(JSONText.Problem) {
                var match = JSONMatch(Captures(bindings))
                if match.match(patterns, try JSONText.values(in: text.bytes)) {
                    return .matched(match.captures.bindings)
                }
                let difference = match.difference ?? "the values differ"
                let reuse = match.conflict.flatMap { conflict in
                    let lines = conflict.pattern.names.map { ($0, bindings.lines[$0] ?? firstUse(of: $0)) }
                    let known = Dictionary(lines) { first, _ in first }.compactMapValues { $0 }
                    return Self.reuseNote(conflict.pattern, [conflict.printed], match.captures, known)
                }
                note = [difference, reuse].compactMap { $0 }.joined(separator: "; ")
            } catch {
                note = "the output is not JSON: line \(error.line), column \(error.column): \(error.message)"
            }
        } catch {
            note = "what the guide shows is not JSON: \(error.message)"
        }
        return text.bytes.withUnsafeBufferPointer { bytes in
            let alignment = LineAlignment(
                shown: compiledLines(),
                lines: text.lines,
                bytes: bytes,
                captures: Captures(bindings)
            )
            return .mismatched(mismatch(alignment, text, note: note))
        }
    }
}
