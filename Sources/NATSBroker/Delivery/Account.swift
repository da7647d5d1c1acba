import NATSSubjects
import Synchronization

/// A subject space of its own: who in it is interested in what, and what ties it to others.
///
/// Matching takes the account's lock only when a connection meets a subject for the first time since an interest changed;
/// what it finds is an immutable ``Route`` that the connection keeps until ``generation`` moves on.
final class Account: Sendable {
    let name: String
    /// When the account came to be, for monitoring.
    let created = WallClock.now()
    /// Counts changes of interest. Read without the lock.
    let generation = Atomic<UInt64>(1)
    /// Answers that services of this account owe to others.
    let responses = ResponseRegistry()
    private let interest = Mutex(Interest())
    /// When the log was last told of too many subscriptions, in nanoseconds.
    private let lastReport = Atomic<Int64>(0)

    private struct Interest {
        var tree = SubjectTree<Subscription>()
        /// Subjects of which it is noted whether anybody listens, and who is told when that changes.
        var watched = WatchedSubjects()
        var services = SubjectTree<ServiceImport>()
        var links = AccountLinks()
        var connections = 0
        var inserts = 0
        var removes = 0
        var matches = 0
    }

    /// What monitoring shows of an account's interest.
    struct Statistics {
        var subscriptions: Int
        var inserts: Int
        var removes: Int
        var matches: Int
    }

    /// Who is interested in a subject.
    struct Match {
        var plain: [Subscription] = []
        var groups: [[Subscription]] = []
        var services: [ServiceImport] = []
    }

    init(name: String) {
        self.name = name
    }

    // MARK: Interest

    /// - Returns: false when the subscription's subject cannot be subscribed to.
    func insert(_ subscription: Subscription) -> Bool {
        let changes = interest.withLock { interest -> WatchedSubjects.Changes? in
            guard interest.tree.insert(subscription, pattern: subscription.subject, queue: subscription.queue) else {
                return nil
            }
            interest.inserts += 1
            return interest.watched.changes(by: subscription.subject, interest.tree)
        }
        guard let changes else { return false }
        generation.wrappingAdd(1, ordering: .releasing)
        changes.report()
        return true
    }

    func remove(_ subscription: Subscription) {
        let changes = interest.withLock { interest -> WatchedSubjects.Changes? in
            guard interest.tree.remove(subscription, pattern: subscription.subject, queue: subscription.queue) else {
                return nil
            }
            interest.removes += 1
            return interest.watched.changes(by: subscription.subject, interest.tree)
        }
        guard let changes else { return }
        generation.wrappingAdd(1, ordering: .releasing)
        changes.report()
    }

    /// Makes everybody who has found subscriptions look for them again.
    func interestChanged() {
        generation.wrappingAdd(1, ordering: .releasing)
    }

    /// Everybody who is interested in `subject` now.
    ///
    /// - Parameter withDenied: whether those whose permissions deny it to them are among them.
    func match(_ subject: UnsafeRawBufferPointer, withDenied: Bool = false) -> Match {
        var match = Match()
        let groups = interest.withLock { interest in
            interest.matches += 1
            interest.services.forEachMatch(subject, plain: { match.services.append($0) }, group: { _, _ in })
            return Self.collect(interest.tree, subject, &match.plain)
        }
        let mayHave = { (subscription: Subscription) in withDenied || subscription.mayReceive(subject) }
        match.plain = match.plain.filter(mayHave)
        match.groups = groups.values.map { $0.filter(mayHave) }.filter { !$0.isEmpty }
        return match
    }

    /// Adds those to `plain` who get a message on `subject` by a plain subscription of this account.
    ///
    /// - Returns: whether there may be others: queue groups, accounts that import, and whoever waits for an answer.
    func collectPlain(_ subject: UnsafeRawBufferPointer, _ plain: inout [Subscription]) -> Bool {
        let isOther = interest.withLock { interest in
            interest.matches += 1
            var isOther = false
            interest.tree.forEachMatch(
                subject,
                plain: { if $0.streamImport == nil { plain.append($0) } else { isOther = true } },
                group: { _, _ in isOther = true })
            interest.services.forEachMatch(subject, plain: { _ in isOther = true }, group: { _, _ in })
            return isOther
        }
        plain.removeAll { !$0.mayReceive(subject) }
        return isOther || responses.covers(subject)
    }

    /// Where all messages go whose subjects have more tokens than `prefix` and begin with it; nil where anybody else gets some of them,
    /// or they are mapped to other subjects.
    func soleIntake(below prefix: [UInt8]) -> MessageIntake.Target? {
        interest.withLock { interest in
            guard interest.links.mappings.isEmpty, interest.services.values(below: prefix)?.isEmpty == true,
                let values = interest.tree.values(below: prefix), values.count == 1
            else { return nil }
            return values[0].intake
        }
    }

    /// Whether clients subscribe to `subject`.
    func hasClients(for subject: UnsafeRawBufferPointer) -> Bool {
        interest.withLock { WatchedSubjects.hasClients(for: subject, $0.tree) }
    }

    /// Whether anybody subscribes to `subject`, clients or the server itself.
    func isWanted(_ subject: UnsafeRawBufferPointer) -> Bool {
        interest.withLock { interest in
            var isWanted = false
            interest.tree.forEachMatch(subject, plain: { _ in isWanted = true }, group: { _, _ in isWanted = true })
            interest.services.forEachMatch(subject, plain: { _ in isWanted = true }, group: { _, _ in })
            return isWanted
        }
    }

    // MARK: Watching

    /// Sets who is told when the first subscription to a watched subject comes, or the last one goes. Called with no lock held.
    func watchInterest(_ observer: (@Sendable ([UInt8]) -> Void)?) {
        interest.withLock { $0.watched.observer = observer }
    }

    func watch(_ subject: [UInt8]) {
        interest.withLock { $0.watched.add(subject, $0.tree) }
    }

    func unwatch(_ subject: [UInt8]) {
        interest.withLock { $0.watched.remove(subject) }
    }

    private static func collect(
        _ tree: SubjectTree<Subscription>,
        _ subject: UnsafeRawBufferPointer,
        _ plain: inout [Subscription]
    ) -> [[UInt8]: [Subscription]] {
        var groups: [[UInt8]: [Subscription]] = [:]
        tree.forEachMatch(
            subject,
            plain: { plain.append($0) },
            group: { name, members in groups[name, default: []] += members.values }
        )
        return groups
    }

    var statistics: Statistics {
        interest.withLock {
            Statistics(
                subscriptions: $0.tree.count, inserts: $0.inserts, removes: $0.removes, matches: $0.matches)
        }
    }

    // MARK: Links

    /// Takes over what configuration says now.
    func configure(_ links: AccountLinks) {
        interest.withLock { interest in
            interest.links = links
            interest.services = SubjectTree()
            for service in links.serviceImports {
                _ = interest.services.insert(service, pattern: service.from, queue: nil)
            }
        }
        generation.wrappingAdd(1, ordering: .releasing)
    }

    /// What becomes of a message that is published on `subject`.
    func outcome(for subject: UnsafeRawBufferPointer) -> SubjectMappings.Outcome {
        interest.withLock { $0.links.mappings.outcome(for: subject) }
    }

    /// The subject under which a message for `subject` goes on.
    func mapped(_ subject: [UInt8]) -> [UInt8] {
        interest.withLock { $0.links.mappings.mapped(subject) }
    }

    var streamImports: [StreamImport] { interest.withLock { $0.links.streamImports } }
    var serviceImports: [ServiceImport] { interest.withLock { $0.links.serviceImports } }
    /// The mappings as they were written, with the weights added up.
    var mappingRules: [(source: String, destinations: [(limit: Int, subject: String)])] {
        interest.withLock { $0.links.mappings.described }
    }
    var traceGoal: TraceGoal? { interest.withLock { $0.links.traceGoal } }
    var bounds: AccountBounds { interest.withLock { $0.links.limits } }

    /// Whether the log is to be told that a client wants more subscriptions than it may have: every two seconds at most.
    func mayReportTooManySubscriptions() -> Bool {
        let (now, last) = (WallClock.now().nanoseconds, lastReport.load(ordering: .relaxed))
        guard now - last >= 2_000_000_000 else { return false }
        return lastReport.compareExchange(expected: last, desired: now, ordering: .relaxed).exchanged
    }

    // MARK: Connections

    /// Counts a client in.
    ///
    /// - Returns: false, without counting, when there are as many as may be.
    func admit() -> Bool {
        interest.withLock { interest in
            if let limit = interest.links.limits.maxConnections, interest.connections >= limit { return false }
            interest.connections += 1
            return true
        }
    }

    /// Whether there are more clients than may be, after the bound has been lowered.
    var hasTooMany: Bool {
        interest.withLock { interest in
            interest.links.limits.maxConnections.map { interest.connections > $0 } ?? false
        }
    }

    /// Counts a client out.
    func release() {
        interest.withLock { $0.connections -= 1 }
    }
}
