/// Finds the placeholders in a line: `[..]` and `[name:type]`.
enum Placeholders {
    /// A bracket that reads like `[name:word]`, whether or not it is a placeholder.
    struct Candidate {
        var name: String
        var type: String
        /// Byte offset of the `[`.
        var offset: Int
        var length: Int
    }

    static let anything = Array("[..]".utf8)
    /// How many placeholders a line may hold; with more of them it is literal text.
    static let limit = 100

    /// The line's pieces between its `[..]`s, neighbouring `[..]`s taken as one.
    static func tokens(of line: [UInt8]) -> [[LinePattern.Token]] {
        var segments: [[LinePattern.Token]] = [[]]
        var literal: [UInt8] = []
        var index = 0
        func flush() {
            if !literal.isEmpty { segments[segments.count - 1].append(.literal(literal)) }
            literal = []
        }
        while index < line.count {
            guard line[index] == UInt8(ascii: "[") else {
                literal.append(line[index])
                index += 1
                continue
            }
            if line[index...].starts(with: anything) {
                flush()
                if segments.count == 1 || !segments[segments.count - 1].isEmpty { segments.append([]) }
                index += anything.count
            } else if let found = candidate(in: line, at: index), isName(found.name),
                let type = PlaceholderType(rawValue: found.type)
            {
                flush()
                segments[segments.count - 1].append(.value(name: found.name, type: type))
                index += found.length
            } else {
                literal.append(line[index])
                index += 1
            }
        }
        flush()
        let values = segments.reduce(0) { $0 + $1.count { if case .value = $0 { true } else { false } } }
        return segments.count + values > limit ? [[.literal(line)]] : segments
    }

    /// Every bracket of the line that reads like `[name:word]`.
    static func candidates(in line: String) -> [Candidate] {
        guard line.utf8.contains(UInt8(ascii: "[")) else { return [] }
        let bytes = Array(line.utf8)
        return bytes.indices.compactMap { candidate(in: bytes, at: $0) }
    }

    /// A name is what a shell takes as a variable, since it becomes one.
    static func isName(_ name: String) -> Bool {
        guard let first = name.utf8.first, first.isLetter || first == UInt8(ascii: "_") else { return false }
        return name.utf8.allSatisfy { $0.isAlphanumeric || $0 == UInt8(ascii: "_") }
    }

    private static func candidate(in line: [UInt8], at start: Int) -> Candidate? {
        guard line[start] == UInt8(ascii: "[") else { return nil }
        var index = start + 1
        while index < line.count, line[index].isAlphanumeric || line[index] == 0x5f || line[index] == 0x2d {
            index += 1
        }
        guard index > start + 1, index < line.count, line[index] == UInt8(ascii: ":") else { return nil }
        let colon = index
        index += 1
        while index < line.count, line[index].isAlphanumeric || line[index] == 0x5f || line[index] == 0x2d {
            index += 1
        }
        guard index > colon + 1, index < line.count, line[index] == UInt8(ascii: "]") else { return nil }
        return Candidate(
            name: String(decoding: line[start + 1..<colon], as: UTF8.self),
            type: String(decoding: line[colon + 1..<index], as: UTF8.self),
            offset: start,
            length: index + 1 - start
        )
    }
}
