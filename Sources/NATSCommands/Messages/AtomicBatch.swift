import GoFormats
import NATSClient
import NATSWire

/// `nats publish --atomic`: the lines of standard input, which a stream stores all or not at all (ADR-50).
struct AtomicBatch {
    private var messages: [NATSMessage] = []

    mutating func add(_ message: NATSMessage) {
        messages.append(message)
    }

    /// Publishes all of them; the last one commits.
    ///
    /// - Returns: what there is to say about it.
    func commit(over connection: NATSConnection, timeout: Duration) async throws -> String {
        guard let subject = messages.first?.subject else {
            throw CommandError("no messages to publish in atomic batch")
        }
        let jetStream = connection.jetStream(timeout: timeout)
        guard let name = try await jetStream.streamNames(subject: subject).first else {
            throw CommandError("no stream matches subject")
        }
        guard try await jetStream.stream(name).info().configuration.allowsAtomicPublish else {
            throw CommandError("atomic publishing is not allowed for stream \(name) with subject \(subject)")
        }
        let identifier = NUID.next()
        for (index, message) in messages.enumerated() {
            var message = message
            message.headers.add("Nats-Batch-Id", identifier)
            message.headers.add("Nats-Batch-Sequence", String(index + 1))
            guard index == messages.count - 1 else {
                try await connection.publish(message)
                continue
            }
            message.headers.add("Nats-Batch-Commit", "1")
            let stored = try await jetStream.publish(message)
            let domain = stored.domain.map { " Domain: \(GoText.quoted($0))" } ?? ""
            return "Wrote batch ID: \(identifier) Messages: \(Humanized.count(messages.count)) "
                + "Sequence: \(Humanized.count(stored.sequence))\(domain)"
        }
        return ""
    }
}
