import NATSSubjects

/// The subjects of an account that are published under other names. Immutable.
struct SubjectMappings: Sendable {
    /// What becomes of a subject.
    enum Outcome {
        case unchanged
        /// Always the same.
        case always([UInt8])
        /// Another one from time to time: each up to so much of a hundred. Beyond the last one the message is lost.
        case weighted([(limit: Int, subject: [UInt8])])
        /// This time, and likely not the next.
        case once([UInt8])
    }

    private struct Rule: Sendable {
        var source: [UInt8]
        /// With the weights added up, the least first.
        var destinations: [(limit: Int, transform: SubjectTransform, name: String)]
    }

    private var rules: [Rule] = []

    var isEmpty: Bool { rules.isEmpty }

    /// The rules as they were written, with the weights added up.
    var described: [(source: String, destinations: [(limit: Int, subject: String)])] {
        rules.map { rule in
            (String(decoding: rule.source, as: UTF8.self), rule.destinations.map { ($0.limit, $0.name) })
        }
    }

    init() {}

    /// Adds a rule; one for the same source takes its place.
    ///
    /// - Parameter destinations: with their percentages. What is missing to a hundred keeps its subject, unless the source is
    ///   named as a destination itself: then it is lost.
    mutating func add(_ source: String, _ destinations: [(subject: String, weight: Int)]) {
        var parts = destinations.compactMap { destination in
            (try? SubjectTransform(from: source, to: destination.subject)).map {
                (destination.weight, $0, destination.subject)
            }
        }
        let total = parts.reduce(0) { $0 + $1.0 }
        if total != 100, !destinations.contains(where: { $0.subject == source }),
            let unchanged = try? SubjectTransform(from: source, to: SubjectTransform.marked(source))
        {
            parts.append((100 - total, unchanged, SubjectTransform.marked(source)))
        }
        parts.sort { $0.0 < $1.0 }
        var limit = 0
        let rule = Rule(
            source: Array(source.utf8),
            destinations: parts.map { weight, transform, name in
                limit += weight
                return (limit, transform, name)
            })
        if let index = rules.firstIndex(where: { $0.source == rule.source }) {
            rules[index] = rule
        } else {
            rules.append(rule)
        }
    }

    /// What becomes of a message on `subject`: the first rule whose source covers it decides.
    func outcome(for subject: some Collection<UInt8>) -> Outcome {
        guard !rules.isEmpty, let rule = rules.first(where: { Subject.isCovered(subject, by: $0.source) }) else {
            return .unchanged
        }
        if rule.destinations.contains(where: { $0.transform.isRandom }) {
            let chosen = Self.choose(rule.destinations.map { ($0.limit, $0.transform) })
            return .once(chosen?.apply(subject) ?? [])
        }
        let results = rule.destinations.map { (limit: $0.limit, subject: $0.transform.apply(subject)) }
        if results.count == 1, results[0].limit == 100 { return .always(results[0].subject) }
        return .weighted(results)
    }

    /// The subject of one message.
    func mapped(_ subject: [UInt8]) -> [UInt8] {
        switch outcome(for: subject) {
        case .unchanged: subject
        case .always(let result), .once(let result): result
        case .weighted(let results): Self.choose(results) ?? []
        }
    }

    /// One of several by their weights; nil for a message that is lost.
    static func choose<Result>(_ choices: [(limit: Int, Result)]) -> Result? {
        let number = Int.random(in: 0..<100)
        return choices.first { number < $0.limit }?.1
    }
}
