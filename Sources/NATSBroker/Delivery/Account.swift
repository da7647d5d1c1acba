import NATSSubjects
import Synchronization

/// A subject space of its own: who in it is interested in what.
///
/// Matching takes the account's lock only when a connection meets a subject for the first time since an interest changed;
/// what it finds is an immutable ``Route`` that the connection keeps until ``generation`` moves on.
final class Account: Sendable {
    let name: String
    /// When the account came to be, for monitoring.
    let created = WallClock.now()
    /// Counts changes of interest. Read without the lock.
    let generation = Atomic<UInt64>(1)
    private let interest = Mutex(Interest())

    private struct Interest {
        var tree = SubjectTree<Subscription>()
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

    init(name: String) {
        self.name = name
    }

    /// - Returns: false when the subscription's subject cannot be subscribed to.
    func insert(_ subscription: Subscription) -> Bool {
        let inserted = interest.withLock { interest in
            guard interest.tree.insert(subscription, pattern: subscription.subject, queue: subscription.queue) else {
                return false
            }
            interest.inserts += 1
            return true
        }
        if inserted { generation.wrappingAdd(1, ordering: .releasing) }
        return inserted
    }

    func remove(_ subscription: Subscription) {
        let removed = interest.withLock { interest in
            let removed = interest.tree.remove(
                subscription, pattern: subscription.subject, queue: subscription.queue)
            if removed { interest.removes += 1 }
            return removed
        }
        if removed { generation.wrappingAdd(1, ordering: .releasing) }
    }

    /// Makes everybody who has found subscriptions look for them again.
    func interestChanged() {
        generation.wrappingAdd(1, ordering: .releasing)
    }

    /// Everybody who is interested in `subject` now, without those whose permissions deny it to them.
    func match(_ subject: UnsafeRawBufferPointer) -> (plain: [Subscription], groups: [[Subscription]]) {
        let (plain, groups) = interest.withLock { interest in
            interest.matches += 1
            return Self.collect(interest.tree, subject)
        }
        let mayHave = { (subscription: Subscription) in subscription.mayReceive(subject) }
        return (plain.filter(mayHave), groups.values.map { $0.filter(mayHave) }.filter { !$0.isEmpty })
    }

    private static func collect(
        _ tree: SubjectTree<Subscription>,
        _ subject: UnsafeRawBufferPointer
    ) -> (plain: [Subscription], groups: [[UInt8]: [Subscription]]) {
        var plain: [Subscription] = []
        var groups: [[UInt8]: [Subscription]] = [:]
        tree.forEachMatch(
            subject,
            plain: { plain.append($0) },
            group: { name, members in groups[name, default: []] += members.values }
        )
        return (plain, groups)
    }

    var statistics: Statistics {
        interest.withLock {
            Statistics(
                subscriptions: $0.tree.count, inserts: $0.inserts, removes: $0.removes, matches: $0.matches)
        }
    }
}
