/// The rules of subjects: what a subject may look like and which subjects a pattern covers.
///
/// Works on bytes, because that is what arrives; nothing here allocates a `String`. A token is the run of bytes between two
/// dots. `*` alone as a token stands for one token, `>` alone as the last token for one or more.
/// Source: https://docs.nats.io/nats-concepts/subjects.
@usableFromInline package enum Subject {
    @usableFromInline package static let dot = UInt8(ascii: ".")
    @usableFromInline package static let star = UInt8(ascii: "*")
    @usableFromInline package static let full = UInt8(ascii: ">")

    /// True when `subject` names one subject: no empty token and no wildcard token.
    ///
    /// White space is not looked for: a subject that came over the wire cannot hold any.
    package static func isLiteral(_ subject: some Collection<UInt8>) -> Bool {
        var count = 0
        var last: UInt8 = 0
        for byte in subject {
            if byte == dot {
                if count == 0 || (count == 1 && (last == star || last == full)) { return false }
                count = 0
            } else {
                count += 1
                last = byte
            }
        }
        return count > 1 || (count == 1 && last != star && last != full)
    }

    /// True when `pattern` can be subscribed to: no empty token, no white space, and `>` only as the last token.
    package static func isValidPattern(_ pattern: some Collection<UInt8>) -> Bool {
        var count = 0
        var last: UInt8 = 0
        for byte in pattern {
            switch byte {
            case dot:
                if count == 0 || (count == 1 && last == full) { return false }
                count = 0
            case 0x20, 0x09, 0x0A, 0x0C, 0x0D:
                return false
            default:
                count += 1
                last = byte
            }
        }
        return count > 0
    }

    /// True when a token of `pattern` is a wildcard.
    package static func hasWildcard(_ pattern: some Collection<UInt8>) -> Bool {
        var count = 0
        var last: UInt8 = 0
        for byte in pattern {
            if byte == dot {
                if count == 1 && last == star { return true }
                count = 0
            } else {
                count += 1
                last = byte
            }
        }
        return count == 1 && (last == star || last == full)
    }

    /// True when every subject that `subject` stands for is covered by `pattern`; `subject` may hold wildcards itself.
    ///
    /// `foo.*` is covered by `foo.>`, `foo.>` is not covered by `foo.*`.
    package static func isCovered(_ subject: some Collection<UInt8>, by pattern: some Collection<UInt8>) -> Bool {
        let tokens = subject.split(separator: dot, omittingEmptySubsequences: false)
        let cover = pattern.split(separator: dot, omittingEmptySubsequences: false)
        for (index, piece) in cover.enumerated() {
            if isWildcard(piece, full) { return index < tokens.count }
            guard index < tokens.count else { return false }
            let token = tokens[index]
            if isWildcard(token, full) { return false }
            if isWildcard(piece, star) { continue }
            if !token.elementsEqual(piece) { return false }
        }
        return tokens.count == cover.count
    }

    /// True when a message on `subject`, taken as it stands, would reach a subscription to `pattern`: `*` takes any one token,
    /// even one that is a wildcard itself, and `>` takes the rest.
    package static func isMatched(_ subject: some Collection<UInt8>, by pattern: some Collection<UInt8>) -> Bool {
        let tokens = subject.split(separator: dot, omittingEmptySubsequences: false)
        let wanted = pattern.split(separator: dot, omittingEmptySubsequences: false)
        for (index, piece) in wanted.enumerated() {
            if isWildcard(piece, full) { return index < tokens.count }
            guard index < tokens.count else { return false }
            if !isWildcard(piece, star) && !tokens[index].elementsEqual(piece) { return false }
        }
        return tokens.count == wanted.count
    }

    /// True when some subject is covered by both patterns.
    @inlinable
    package static func collide(_ one: some Collection<UInt8>, _ other: some Collection<UInt8>) -> Bool {
        var (left, right) = (one[...], other[...])
        while true {
            let leftEnd = left.firstIndex(of: dot) ?? left.endIndex
            let rightEnd = right.firstIndex(of: dot) ?? right.endIndex
            let (leftToken, rightToken) = (left[..<leftEnd], right[..<rightEnd])
            if isWildcard(leftToken, full) || isWildcard(rightToken, full) { return true }
            let either = isWildcard(leftToken, star) || isWildcard(rightToken, star)
            if !either && !leftToken.elementsEqual(rightToken) { return false }
            let (isLeftLast, isRightLast) = (leftEnd == left.endIndex, rightEnd == right.endIndex)
            if isLeftLast || isRightLast { return isLeftLast && isRightLast }
            left = left[left.index(after: leftEnd)...]
            right = right[right.index(after: rightEnd)...]
        }
    }

    @inlinable
    static func isWildcard(_ token: some Collection<UInt8>, _ kind: UInt8) -> Bool {
        token.first == kind && token.count == 1
    }
}
