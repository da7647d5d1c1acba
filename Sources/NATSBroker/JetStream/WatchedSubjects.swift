import NATSSubjects

/// Subjects of which streams want to know whether anybody listens. Lives behind its account's lock.
struct WatchedSubjects {
    private var states: [[UInt8]: Bool] = [:]
    var observer: (@Sendable ([UInt8]) -> Void)?

    /// Subjects that somebody listens to now and nobody did before, or the other way round.
    struct Changes {
        fileprivate var subjects: [[UInt8]] = []
        fileprivate var observer: (@Sendable ([UInt8]) -> Void)?

        /// Tells who wants to know. To be called with no lock held.
        func report() {
            for subject in subjects { observer?(subject) }
        }
    }

    mutating func add(_ subject: [UInt8], _ tree: SubjectTree<Subscription>) {
        states[subject] = subject.withUnsafeBytes { Self.hasClients(for: $0, tree) }
    }

    mutating func remove(_ subject: [UInt8]) {
        states[subject] = nil
    }

    /// What changed since a subscription to `pattern` came or went.
    mutating func changes(by pattern: [UInt8], _ tree: SubjectTree<Subscription>) -> Changes {
        var changes = Changes(observer: observer)
        guard !states.isEmpty else { return changes }
        if Subject.hasWildcard(pattern) {
            for subject in states.keys where Subject.isMatched(subject, by: pattern) {
                check(subject, tree, &changes)
            }
        } else if states[pattern] != nil {
            check(pattern, tree, &changes)
        }
        return changes
    }

    private mutating func check(_ subject: [UInt8], _ tree: SubjectTree<Subscription>, _ changes: inout Changes) {
        let isWanted = subject.withUnsafeBytes { Self.hasClients(for: $0, tree) }
        guard states[subject] != isWanted else { return }
        states[subject] = isWanted
        changes.subjects.append(subject)
    }

    /// Whether clients listen to `subject`, or streams that expect messages of other accounts; streams whose subject it is and
    /// services do not count.
    static func hasClients(for subject: UnsafeRawBufferPointer, _ tree: SubjectTree<Subscription>) -> Bool {
        var hasClients = false
        tree.forEachMatch(
            subject,
            plain: { if $0.intake?.purpose.isStream != true && $0.handler == nil { hasClients = true } },
            group: { _, _ in hasClients = true })
        return hasClients
    }
}
