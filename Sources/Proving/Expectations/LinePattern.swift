/// One shown line (or JSON string), compiled: literal text with `[..]` and typed placeholders in it.
struct LinePattern: Sendable, Hashable {
    /// A piece of a line between two `[..]`.
    enum Token: Sendable, Hashable {
        case literal([UInt8])
        case value(name: String, type: PlaceholderType)
    }

    /// The line as written.
    let text: [UInt8]
    /// The pieces between the `[..]`s: one more than there are `[..]`s, possibly empty.
    let segments: [[Token]]

    /// True for `...` alone on a line, which stands for any number of lines.
    var isEllipsis: Bool { text == Self.ellipsis }
    /// True when only its own text matches it.
    let isLiteral: Bool

    static let ellipsis = Array("...".utf8)

    /// A pattern for the text as written.
    init(_ text: String) {
        let bytes = Array(text.utf8)
        let tokens = Placeholders.tokens(of: bytes)
        self.text = bytes
        segments = tokens
        isLiteral = tokens.count == 1 && tokens[0].allSatisfy { if case .literal = $0 { true } else { false } }
    }

    /// The names of its typed placeholders, as often as each stands in it.
    var names: [String] {
        segments.flatMap { $0 }.compactMap { if case .value(let name, _) = $0 { name } else { nil } }
    }
}

/// The values that placeholders have: those a match starts with, and those it has captured on its way.
struct Captures: Sendable, Hashable {
    var values: [String: [UInt8]]

    init(_ bindings: Bindings) {
        values = bindings.values.mapValues { Array($0.utf8) }
    }

    /// The values alone; which lines they come from is known to the expectation.
    var bindings: Bindings {
        Bindings(values: values.mapValues { String(decoding: $0, as: UTF8.self) })
    }
}

/// How a search goes about ambiguous placeholders, and how much of it is left.
struct MatchSearch {
    /// False: the leftmost place that fits is taken for good, which is linear and finds every match in which no unknown
    /// name is used twice. True: every place is tried.
    var exhaustive = false
    /// True: names get no value, so that a name that stands twice may differ.
    var ignoresNewValues = false
    /// Attempts left; an exhaustive search gives up at zero.
    var budget = 3_000_000

    static let quick = MatchSearch()
}

extension LinePattern {
    typealias Text = UnsafeBufferPointer<UInt8>

    /// Calls `then` with the captures of a way in which the pattern matches the whole of `line`, until it returns true.
    ///
    /// - Returns: what `then` returned last; false when the line does not match.
    func match(
        _ line: Text,
        _ captures: Captures,
        _ search: inout MatchSearch,
        then: (Captures, inout MatchSearch) -> Bool
    ) -> Bool {
        if line.count == text.count, line.elementsEqual(text), then(captures, &search) {
            return true
        }
        return isLiteral ? false : segment(0, line, 0, captures, &search, then: then)
    }

    /// True when the line matches, names being free to take any value that `captures` does not fix.
    func matchesLoosely(_ line: Text, _ captures: Captures) -> Bool {
        var search = MatchSearch(ignoresNewValues: true)
        return match(line, captures, &search) { _, _ in true }
    }

    /// The captures after the first way in which the line matches, or nil.
    func firstMatch(_ line: Text, _ captures: Captures) -> Captures? {
        var search = MatchSearch.quick
        var result: Captures?
        _ = match(line, captures, &search) { found, _ in
            result = found
            return true
        }
        return result
    }

    /// Matches segment `number` somewhere behind `start` (exactly there for the first), then the ones behind it.
    private func segment(
        _ number: Int,
        _ line: Text,
        _ start: Int,
        _ captures: Captures,
        _ search: inout MatchSearch,
        then: (Captures, inout MatchSearch) -> Bool
    ) -> Bool {
        let tokens = segments[number]
        let isLast = number == segments.count - 1
        var committed = false
        let latest = number == 0 ? start : line.count
        var position = start
        if isLast, number > 0, tokens.isEmpty {
            return then(captures, &search)
        }
        if isLast, number > 0, case .literal(let bytes)? = tokens.first, tokens.count == 1 {
            position = max(position, line.count - bytes.count)
        }
        while position <= latest {
            if number > 0 {
                guard let next = candidate(for: tokens.first, in: line, from: position) else { return false }
                position = next
            }
            let found = piece(tokens[...], line, position, captures, &search) { end, captures, search in
                if isLast {
                    return end == line.count && then(captures, &search)
                }
                if committed, !search.exhaustive { return false }
                committed = true
                return self.segment(number + 1, line, end, captures, &search, then: then)
            }
            if found { return true }
            if committed, !search.exhaustive { return false }
            if search.exhaustive {
                guard search.budget > 0 else { return false }
                search.budget -= 1
            }
            position += 1
        }
        return false
    }

    /// The first place from `start` on at which `token` may begin behind a `[..]`; nil when there is none.
    private func candidate(for token: Token?, in line: Text, from start: Int) -> Int? {
        var position = start
        switch token {
        case nil:
            return position
        case .literal(let bytes):
            let first = bytes[0]
            while position < line.count, line[position] != first { position += 1 }
            return position < line.count ? position : nil
        case .value(_, let type):
            while position < line.count, type.startsInside(line, at: position) { position += 1 }
            return position
        }
    }

    /// Matches `tokens` one behind the other from `start` on.
    private func piece(
        _ tokens: ArraySlice<Token>,
        _ line: Text,
        _ start: Int,
        _ captures: Captures,
        _ search: inout MatchSearch,
        then: (Int, Captures, inout MatchSearch) -> Bool
    ) -> Bool {
        guard let token = tokens.first else {
            return then(start, captures, &search)
        }
        let rest = tokens.dropFirst()
        switch token {
        case .literal(let bytes):
            guard line.starts(with: bytes, at: start) else { return false }
            return piece(rest, line, start + bytes.count, captures, &search, then: then)
        case .value(let name, let type):
            if let known = captures.values[name] {
                guard line.starts(with: known, at: start) else { return false }
                return piece(rest, line, start + known.count, captures, &search, then: then)
            }
            for end in type.ends(in: line, from: start) {
                var extended = captures
                if !search.ignoresNewValues {
                    extended.values[name] = Array(line[start..<end])
                }
                if piece(rest, line, end, extended, &search, then: then) { return true }
            }
            return false
        }
    }
}

extension UnsafeBufferPointer<UInt8> {
    /// True when `bytes` stand at `start`.
    func starts(with bytes: [UInt8], at start: Int) -> Bool {
        guard count - start >= bytes.count else { return false }
        for offset in 0..<bytes.count where self[start + offset] != bytes[offset] {
            return false
        }
        return true
    }
}
