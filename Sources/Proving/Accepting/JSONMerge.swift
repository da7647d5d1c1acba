/// Puts printed values into a shown JSON text: placeholders that match stay, and so does everything else that is still true,
/// as its author wrote it.
struct JSONMerge {
    private let source: [UInt8]
    /// The places of values and keys; see ``JSONText/locatedValues(in:)``.
    private let places: [Range<Int>]
    private var next = 0
    private var captures: Captures
    private var edits: [(range: Range<Int>, text: String)] = []

    /// The lines to show, or nil when one of both is no JSON or holds another number of values.
    static func lines(for shown: Expectation, _ text: OutputText, _ captures: Captures) -> [String]? {
        let source = Array(shown.significantLines.map(\.text).joined(separator: "\n").utf8)
        guard let (patterns, places) = try? JSONText.locatedValues(in: source),
            let printed = try? JSONText.values(in: text.bytes), patterns.count == printed.count
        else { return nil }
        var merge = JSONMerge(source: source, places: places, captures: captures)
        for (pattern, value) in zip(patterns, printed) { merge.merge(pattern, value) }
        return merge.result.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    private init(source: [UInt8], places: [Range<Int>], captures: Captures) {
        self.source = source
        self.places = places
        self.captures = captures
    }

    private var result: String {
        var bytes: [UInt8] = []
        var position = 0
        for edit in edits.sorted(by: {
            ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound)
        }) {
            bytes += source[position..<edit.range.lowerBound] + Array(edit.text.utf8)
            position = edit.range.upperBound
        }
        return String(decoding: bytes + source[position...], as: UTF8.self)
    }

    /// Merges the value at the next place.
    private mutating func merge(_ pattern: JSONValue, _ printed: JSONValue) {
        let place = places[next]
        var match = JSONMatch(captures)
        if match.match([pattern], [printed]) {
            captures = match.captures
            skip(pattern)
            return
        }
        switch (pattern, printed) {
        case (.object(let shown), .object(let members)):
            next += 1
            merge(shown, members, in: place)
        case (.array(let shown), .array(let values)) where !shown.contains(.string("...")):
            next += 1
            var items: [Item] = []
            for (index, element) in shown.enumerated() {
                let own = places[next]
                if index < values.count { merge(element, values[index]) } else { skip(element) }
                items.append(Item(place: own, isKept: index < values.count))
            }
            change(items, adding: values.dropFirst(shown.count).map { (nil, $0) }, in: place)
        default:
            edits.append((place, written(printed, at: place.lowerBound)))
            skip(pattern)
        }
    }

    private mutating func merge(
        _ shown: [(key: String, value: JSONValue)], _ members: [(key: String, value: JSONValue)], in place: Range<Int>
    ) {
        let values = Dictionary(members.map { ($0.key, $0.value) }) { $1 }
        var items: [Item] = []
        for member in shown {
            let start = places[next].lowerBound
            next += 1
            let end = places[next].upperBound
            let value = member.key == "..." ? nil : values[member.key]
            if let value { merge(member.value, value) } else { skip(member.value) }
            items.append(Item(place: start..<end, isKept: member.key == "..." || value != nil))
        }
        let known = Set(shown.map(\.key))
        let isOpen = known.contains("...")
        let new = isOpen ? [] : members.filter { !known.contains($0.key) }.map { (Optional($0.key), $0.value) }
        change(items, adding: new, in: place)
    }

    /// Passes over the places of a value and of all that is in it.
    private mutating func skip(_ value: JSONValue) {
        next += 1
        switch value {
        case .array(let values):
            for value in values { skip(value) }
        case .object(let members):
            for member in members {
                next += 1
                skip(member.value)
            }
        default: break
        }
    }

    // MARK: Elements and members

    private struct Item {
        /// From its key, where it has one, to the end of its value.
        var place: Range<Int>
        var isKept: Bool
    }

    /// Takes out of an array or object what is not kept and adds what is new at its end, laid out as the others are.
    private mutating func change(_ items: [Item], adding new: [(key: String?, value: JSONValue)], in place: Range<Int>)
    {
        let lead = items.first.map { source[place.lowerBound + 1..<$0.place.lowerBound] } ?? []
        let gap = lead.contains(UInt8(ascii: "\n")) ? String(decoding: lead, as: UTF8.self) : " "
        let start = items.first?.place.lowerBound ?? place.lowerBound + 1
        let last = items.lastIndex(where: \.isKept)
        let end = last.map { items[$0].place.upperBound } ?? start
        let added = new.map { item in
            (item.key.map { JSONText.quote($0) + ": " } ?? "") + written(item.value, at: end)
        }
        guard let last else {
            edits.append((start..<(items.last?.place.upperBound ?? start), added.joined(separator: "," + gap)))
            return
        }
        for (index, item) in items.enumerated() where !item.isKept && index < last {
            edits.append((item.place.lowerBound..<items[index + 1].place.lowerBound, ""))
        }
        let rest = end..<items[items.count - 1].place.upperBound
        if !added.isEmpty || !rest.isEmpty { edits.append((rest, added.map { "," + gap + $0 }.joined())) }
    }

    /// A value as JSON text: in one line where the guide shows the whole in one line, else indented as the line at `place` is.
    private func written(_ value: JSONValue, at place: Int) -> String {
        guard source.contains(UInt8(ascii: "\n")) else { return Self.line(value) }
        let start = source[..<place].lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        let indent = source[start...].prefix { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
        let lines = Self.render(value, indent: String(decoding: indent, as: UTF8.self))
        return lines.joined(separator: "\n").trimmingPrefix { $0 == " " || $0 == "\t" }.description
    }

    /// In one line, with a space behind each comma and colon.
    private static func line(_ value: JSONValue) -> String {
        switch value {
        case .array(let values): "[" + values.map(line).joined(separator: ", ") + "]"
        case .object(let members):
            "{" + members.map { JSONText.quote($0.key) + ": " + line($0.value) }.joined(separator: ", ") + "}"
        default: value.text
        }
    }

    private static func render(_ value: JSONValue, indent: String) -> [String] {
        let inner = indent + "  "
        switch value {
        case .object(let members) where !members.isEmpty:
            let parts = members.map { member -> [String] in
                var lines = render(member.value, indent: inner)
                lines[0] = inner + JSONText.quote(member.key) + ": " + lines[0].drop { $0 == " " || $0 == "\t" }
                return lines
            }
            return [indent + "{"] + joined(parts) + [indent + "}"]
        case .array(let values) where values.contains(where: \.isContainer):
            return [indent + "["] + joined(values.map { render($0, indent: inner) }) + [indent + "]"]
        default:
            return [indent + line(value)]
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
