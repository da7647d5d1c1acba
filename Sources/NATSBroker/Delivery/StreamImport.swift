import NATSSubjects

/// Subjects of another account that this one's subscriptions reach, perhaps under another name. Immutable.
final class StreamImport: Sendable {
    let exporter: Account
    /// The pattern in the exporting account.
    let from: [UInt8]
    /// The pattern here.
    let to: [UInt8]
    /// Makes a subject here out of one there; nil where there is but one subject, or where both are the same.
    private let inward: SubjectTransform?
    /// Makes a pattern there out of one here.
    private let outward: SubjectTransform?
    /// Whether traces of messages tell who gets them here.
    let allowsTrace: Bool
    /// Whether subjects are the same here and there.
    private let keepsSubject: Bool

    /// - Parameter to: the name here, with `*` where wildcards of `from` go in their order, or with `$2` and the like.
    init?(from: String, to: String, exporter: Account, allowsTrace: Bool = false) {
        self.allowsTrace = allowsTrace
        self.exporter = exporter
        self.from = Array(from.utf8)
        keepsSubject = from == to && Subject.hasWildcard(from.utf8)
        if from != to, Subject.hasWildcard(from.utf8) {
            guard
                let transform = try? SubjectTransform(from: from, to: SubjectTransform.marked(to), isStrict: true)
            else { return nil }
            inward = transform
            outward = transform.reversed
            self.to = Array(SubjectTransform.unmarked(to).utf8)
        } else {
            inward = nil
            outward = nil
            self.to = Array(to.utf8)
        }
    }

    /// The subject under which a message that was published on `subject` there is delivered here.
    func delivered(_ subject: some Collection<UInt8>) -> [UInt8] {
        if keepsSubject { return Array(subject) }
        return inward?.apply(subject) ?? to
    }

    /// What a subscription to `pattern` here has to subscribe to there; nil where the two have nothing in common.
    ///
    /// A pattern that is wider than the import, or the same, gets everything that is imported.
    func pattern(for pattern: [UInt8]) -> [UInt8]? {
        if pattern == to { return from }
        if Subject.isCovered(pattern, by: to) { return outward(pattern) }
        guard Subject.hasWildcard(pattern) else { return nil }
        if Subject.isCovered(to, by: pattern) { return from }
        guard let overlap = overlap(pattern) else { return nil }
        return keepsSubject ? overlap : outward?.apply(overlap) ?? overlap
    }

    private func outward(_ pattern: [UInt8]) -> [UInt8] {
        if keepsSubject { return pattern }
        return outward?.apply(pattern) ?? from
    }

    /// What `pattern` and the import have in common, where each is wider in another place: `a.*` and `*.b` have `a.b`.
    private func overlap(_ pattern: [UInt8]) -> [UInt8]? {
        var tokens = pattern.split(separator: Subject.dot, omittingEmptySubsequences: false)
        let wanted = to.split(separator: Subject.dot, omittingEmptySubsequences: false)
        let star = [UInt8(ascii: "*")][...]
        let full = [UInt8(ascii: ">")][...]
        for index in tokens.indices.prefix(wanted.count) where tokens[index] == star && wanted[index] != full {
            tokens[index] = wanted[index]
        }
        if let last = tokens.indices.last, tokens[last] == full, wanted.count >= tokens.count {
            tokens = tokens.dropLast() + wanted[last...]
        }
        let narrowed = Array(tokens.joined(separator: [Subject.dot]))
        return Subject.isCovered(narrowed, by: to) ? narrowed : nil
    }
}
