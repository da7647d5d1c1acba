import NATSSubjects

/// A subject with or without wildcards that messages are chosen by.
package struct SubjectFilter: Sendable, Hashable {
    package let pattern: [UInt8]
    /// Whether it takes one subject alone.
    package let isLiteral: Bool

    package init(_ pattern: [UInt8]) {
        self.pattern = pattern
        isLiteral = pattern.withUnsafeBytes { Subject.isLiteral($0) }
    }

    /// Whether a message on `subject`, which is taken to be a valid one, is chosen. Allocates nothing.
    package func takes(_ subject: UnsafeRawBufferPointer) -> Bool {
        pattern.withUnsafeBytes { pattern in
            if isLiteral { return ByteHash.equal(pattern, subject) }
            var position = 0
            var place = 0
            while place < pattern.count {
                let byte = pattern[place]
                if byte == UInt8(ascii: "*") && Self.isToken(at: place, of: pattern) {
                    let start = position
                    while position < subject.count, subject[position] != UInt8(ascii: ".") { position += 1 }
                    if position == start { return false }
                } else if byte == UInt8(ascii: ">") && Self.isToken(at: place, of: pattern) {
                    return position < subject.count
                } else {
                    guard position < subject.count, subject[position] == byte else { return false }
                    position += 1
                }
                place += 1
            }
            return position == subject.count
        }
    }

    /// Whether the byte at `place` is a token of its own.
    private static func isToken(at place: Int, of pattern: UnsafeRawBufferPointer) -> Bool {
        (place == 0 || pattern[place - 1] == UInt8(ascii: "."))
            && (place + 1 == pattern.count || pattern[place + 1] == UInt8(ascii: "."))
    }
}

extension [SubjectFilter] {
    /// Whether one of the filters takes `subject`; no filters take every subject.
    func take(_ subject: UnsafeRawBufferPointer) -> Bool {
        isEmpty || contains { $0.takes(subject) }
    }
}
