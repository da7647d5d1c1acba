import NATSClient
import NIOCore
import Synchronization

/// How many messages each subject gets while `nats subscribe --report-subjects` listens, in a table that is renewed.
struct SubjectReport: Sendable {
    private struct Count: Sendable {
        var messages = 0
        var bytes = 0
    }

    /// The counts, by subject or subscription.
    private final class Counts: Sendable {
        private let counts: Mutex<[String: Count]> = Mutex([:])

        var all: [String: Count] { counts.withLock { $0 } }

        /// - Returns: how many messages there are with this one.
        func add(_ key: String, bytes: Int) -> Int {
            counts.withLock { counts in
                counts[key, default: Count()].messages += 1
                counts[key, default: Count()].bytes += bytes
                return counts.values.reduce(0) { $0 + $1.messages }
            }
        }
    }

    private let invocation: Invocation

    init(_ invocation: Invocation) {
        self.invocation = invocation
    }

    /// Listens until `--count` messages came, nothing came for `--wait`, or somebody interrupts.
    func run(_ connection: NATSConnection) async throws {
        let given = invocation[SubscribeCommand.subjects]
        let subscriptions = try (given.isEmpty ? [connection.newInbox()] : given).map { subject in
            try connection.subscribe(to: subject, queue: invocation[SubscribeCommand.queue])
        }
        try await connection.flush()
        let counts = Counts()
        let ignored = SubscribeCommand.ignoredSubjects(invocation)
        let limit = invocation[SubscribeCommand.count] ?? 0
        let bySubscription = invocation[SubscribeCommand.reportSubscriptions]
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for subscription in subscriptions {
                group.addTask {
                    while let message = try await next(subscription) {
                        guard !ignored.contains(where: { SubjectOverlap.exists(message.subject, $0) }) else { continue }
                        let key = bySubscription ? subscription.subject : message.subject
                        let total = counts.add(key, bytes: message.payload.readableBytes)
                        if limit > 0, total >= limit { break }
                    }
                    return true
                }
            }
            group.addTask {
                while true {
                    try await Task.sleep(for: .seconds(1))
                    if invocation.console.isTerminal {
                        invocation.console.print(bytes: Array("\u{1B}[2J\u{1B}[H".utf8))
                    }
                    show(counts.all)
                }
            }
            _ = try await group.next()
            group.cancelAll()
        }
        show(counts.all)
    }

    private func next(_ subscription: NATSSubscription) async throws -> NATSMessage? {
        guard let wait = invocation[SubscribeCommand.wait], wait > .zero else { return try await subscription.next() }
        do {
            return try await subscription.next(timeout: wait)
        } catch {
            guard error.code == .timeout else { throw error }
            return nil
        }
    }

    private func show(_ counts: [String: Count]) {
        let top = invocation[SubscribeCommand.reportTop]
        let shown = counts.sorted { ($1.value.messages, $0.key) < ($0.value.messages, $1.key) }.prefix(top)
        var table = Table(
            top == 1 ? "Top Subject Report" : "Top \(top) Active Subjects Report",
            header: ["Subject", "Message Count", "Bytes"])
        for (subject, count) in shown {
            table.add([subject, Humanized.count(count.messages), Humanized.bytes(count.bytes)])
        }
        table.footer = [
            "Totals", Humanized.count(shown.reduce(0) { $0 + $1.value.messages }),
            Humanized.bytes(shown.reduce(0) { $0 + $1.value.bytes }),
        ]
        invocation.print(table)
    }
}
