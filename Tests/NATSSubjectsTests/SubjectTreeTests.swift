import NATSSubjects
import Testing

/// Something to put into a tree.
private final class Interest: Sendable {
    let pattern: String
    let queue: String?

    init(_ pattern: String, queue: String? = nil) {
        self.pattern = pattern
        self.queue = queue
    }
}

/// What a tree says about a subject: patterns of plain interests, and patterns by queue group, sorted.
private func matches(_ tree: SubjectTree<Interest>, _ subject: String) -> [String] {
    var found: [String] = []
    Array(subject.utf8).withUnsafeBytes { bytes in
        tree.forEachMatch(
            bytes,
            plain: { found.append($0.pattern) },
            group: { name, members in
                found += members.values.map { "\($0.pattern)@\(String(decoding: name, as: UTF8.self))" }
            }
        )
    }
    return found.sorted()
}

private func tree(of interests: [Interest]) -> SubjectTree<Interest> {
    var tree = SubjectTree<Interest>()
    for interest in interests {
        _ = tree.insert(interest, pattern: Array(interest.pattern.utf8), queue: interest.queue.map { Array($0.utf8) })
    }
    return tree
}

@Suite("The subject tree")
struct SubjectTreeTests {
    @Test("finds literal and wildcard interest, and queue groups by name")
    func findsInterest() {
        let tree = tree(of: [
            Interest("foo.bar"), Interest("foo.*"), Interest("foo.>"), Interest(">"), Interest("*.bar"),
            Interest("foo"), Interest("foo.bar", queue: "q"), Interest("foo.*", queue: "q"),
        ])
        #expect(matches(tree, "foo.bar") == ["*.bar", ">", "foo.*", "foo.*@q", "foo.>", "foo.bar", "foo.bar@q"])
        #expect(matches(tree, "foo") == [">", "foo"])
        #expect(matches(tree, "foo.bar.baz") == [">", "foo.>"])
    }

    @Test("knows who gets everything below a prefix, and when that cannot be said")
    func belowPrefix() {
        let below = { (patterns: [Interest]) in
            tree(of: patterns).values(below: Array("$JS.ACK".utf8))?.map(\.pattern).sorted()
        }
        #expect(below([]) == [])
        #expect(below([Interest("$JS.ACK.>"), Interest("$JS.API.>"), Interest("$JS.ACK")]) == ["$JS.ACK.>"])
        #expect(below([Interest("$JS.ACK.>"), Interest(">"), Interest("*.*.>")]) == ["$JS.ACK.>", "*.*.>", ">"])
        #expect(below([Interest("$JS.ACK.>"), Interest("$JS.ACK.a.>")]) == nil)
        #expect(below([Interest("$JS.ACK.>"), Interest("*.ACK.*")]) == nil)
        #expect(below([Interest("$JS.>", queue: "q")]) == nil)
    }

    @Test("takes no pattern that cannot be subscribed to", arguments: ["", ".", "a.", ".a", "a..b", ">.a", "a.>.b"])
    func refusesBadPatterns(pattern: String) {
        var tree = SubjectTree<Interest>()
        let inserted = tree.insert(Interest(pattern), pattern: Array(pattern.utf8), queue: nil)
        #expect(!inserted)
        #expect(tree.count == 0)
    }

    @Test("matches nothing on a subject with an empty token", arguments: ["", ".", "a.", ".a", "a..b"])
    func emptyTokens(subject: String) {
        #expect(matches(tree(of: [Interest(">"), Interest("a.>"), Interest("a")]), subject) == [])
    }

    @Test("lets a published wildcard token be matched by wildcards alone")
    func publishedWildcards() {
        let tree = tree(of: [Interest("a.b"), Interest("a.*"), Interest("a.>")])
        #expect(matches(tree, "a.*") == ["a.*", "a.>"])
        #expect(matches(tree, "a.>") == ["a.*", "a.>"])
    }

    @Test("agrees with a matcher that looks at every pattern, however interests come and go")
    func agreesWithNaiveMatcher() {
        var random = SplitMix(state: 42)
        let tokens = ["a", "b", "c", "dd", "*"]
        func pattern(_ random: inout SplitMix) -> String {
            let depth = Int.random(in: 1...4, using: &random)
            var parts = (0..<depth).map { _ in tokens.randomElement(using: &random) ?? "a" }
            if Int.random(in: 0..<4, using: &random) == 0 { parts[depth - 1] = ">" }
            return parts.joined(separator: ".")
        }
        var tree = SubjectTree<Interest>()
        var held: [Interest] = []
        for round in 0..<3_000 {
            if held.count > 60 || (!held.isEmpty && Int.random(in: 0..<3, using: &random) == 0) {
                let interest = held.remove(at: Int.random(in: 0..<held.count, using: &random))
                let removed = tree.remove(
                    interest, pattern: Array(interest.pattern.utf8), queue: interest.queue.map { Array($0.utf8) })
                #expect(removed)
            } else {
                let interest = Interest(pattern(&random), queue: Bool.random(using: &random) ? "q" : nil)
                _ = tree.insert(
                    interest, pattern: Array(interest.pattern.utf8), queue: interest.queue.map { Array($0.utf8) })
                held.append(interest)
            }
            #expect(tree.count == held.count)
            let subject = (0..<Int.random(in: 1...4, using: &random))
                .map { _ in tokens[Int.random(in: 0..<4, using: &random)] }.joined(separator: ".")
            let expected = held.filter { Subject.isCovered(subject.utf8, by: $0.pattern.utf8) }
                .map { $0.queue == nil ? $0.pattern : "\($0.pattern)@q" }.sorted()
            #expect(matches(tree, subject) == expected, "round \(round), subject \(subject)")
        }
    }

    @Test("holds many tokens on one level and gives them all up again")
    func wideLevels() {
        let interests = (0..<5_000).map { Interest("a.\($0)") }
        var tree = tree(of: interests)
        for interest in interests { #expect(matches(tree, interest.pattern) == [interest.pattern]) }
        for interest in interests.reversed() {
            let removed = tree.remove(interest, pattern: Array(interest.pattern.utf8), queue: nil)
            #expect(removed)
            #expect(matches(tree, interest.pattern) == [])
        }
        #expect(tree.count == 0)
    }
}

/// A small generator with a known seed, so that a failure can be repeated.
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
