import NATSSubjects
import Testing

@Suite("Subjects")
struct SubjectTests {
    @Test(
        "are literal without wildcard tokens and empty tokens",
        arguments: [
            ("a", true), ("a.b", true), ("a*", true), ("a.b>", true), ("", false), ("a.", false), (".a", false),
            ("a..b", false),
            ("*", false), ("a.*", false), ("a.>", false), (">", false), ("a.*.b", false),
        ]
    )
    func literal(subject: String, isLiteral: Bool) {
        #expect(Subject.isLiteral(subject.utf8) == isLiteral)
    }

    @Test(
        "can be subscribed to without white space and with > at the end only",
        arguments: [
            ("a", true), ("a.*", true), ("a.>", true), (">", true), ("*.*", true), ("a b", false), ("a.>.b", false),
            (">.a", false), ("", false), ("a..b", false), ("a>.b", true),
        ]
    )
    func pattern(subject: String, isValid: Bool) {
        #expect(Subject.isValidPattern(subject.utf8) == isValid)
    }

    @Test(
        "are covered by patterns that match all they stand for",
        arguments: [
            ("a.b", "a.*", true), ("a.b.c", "a.*", false), ("a.b.c", "a.>", true), ("a", "a.>", false),
            ("a.*", "a.>", true),
            ("a.>", "a.*", false), ("a.>", "a.>", true), ("a.*", "a.b", false), ("a.*", "*.*", true), (">", "*", false),
        ]
    )
    func covered(subject: String, pattern: String, isCovered: Bool) {
        #expect(Subject.isCovered(subject.utf8, by: pattern.utf8) == isCovered)
    }

    @Test("collide when some subject fits both, as trying shows")
    func collide() {
        let tokens = ["a", "b"]
        let subjects = tokens + tokens.flatMap { one in tokens.map { "\(one).\($0)" } }
        let all = subjects + tokens.flatMap { one in subjects.map { "\(one).\($0)" } }
        let patterns = ["a", "a.b", "*", "*.b", "a.*", ">", "a.>", "*.>", "b.*", "*.*", "a.b.>", "b.>"]
        for one in patterns {
            for other in patterns {
                let expected = all.contains {
                    Subject.isCovered($0.utf8, by: one.utf8) && Subject.isCovered($0.utf8, by: other.utf8)
                }
                #expect(Subject.collide(one.utf8, other.utf8) == expected, "\(one) and \(other)")
            }
        }
    }

    @Test("with wildcards are found by byte, not by letter")
    func wildcards() {
        #expect(Subject.hasWildcard("a.*.b".utf8))
        #expect(Subject.hasWildcard("a.>".utf8))
        #expect(!Subject.hasWildcard("a*.b>".utf8))
    }
}

@Suite("Hashing bytes")
struct ByteHashTests {
    @Test("tells runs of every length apart that differ in one byte")
    func differ() {
        for length in 1...40 {
            let base = [UInt8](repeating: 7, count: length)
            let hash = base.withUnsafeBytes { ByteHash.hash($0) }
            for index in 0..<length {
                var other = base
                other[index] = 8
                #expect(other.withUnsafeBytes { ByteHash.hash($0) } != hash)
                let same = base.withUnsafeBytes { one in other.withUnsafeBytes { ByteHash.equal(one, $0) } }
                #expect(!same)
            }
            let equal = base.withUnsafeBytes { one in base.withUnsafeBytes { ByteHash.equal(one, $0) } }
            #expect(equal)
        }
    }
}
