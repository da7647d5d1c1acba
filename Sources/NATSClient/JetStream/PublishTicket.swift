import Synchronization

/// The acknowledgement of a message that a ``JetStreamPublisher`` sent: it may be there already, or come yet.
public final class PublishTicket: Sendable {
    typealias Outcome = Result<PublishAcknowledgement, JetStreamError>

    private struct State {
        var outcome: Outcome?
        var waiters: [CheckedContinuation<Outcome, Never>] = []
    }

    private let state = Mutex(State())

    var isResolved: Bool {
        state.withLock { $0.outcome != nil }
    }

    func resolve(_ outcome: Outcome) {
        state.withLock { state in
            state.outcome = outcome
            for waiter in state.waiters {
                waiter.resume(returning: outcome)
            }
            state.waiters = []
        }
    }

    /// The acknowledgement. Waits for it; it comes, or its time runs out.
    ///
    /// - Throws: what ``JetStream/publish(_:options:)`` throws.
    public var acknowledgement: PublishAcknowledgement {
        get async throws(JetStreamError) {
            let outcome: Outcome = await withCheckedContinuation { continuation in
                state.withLock { state in
                    if let outcome = state.outcome {
                        continuation.resume(returning: outcome)
                    } else {
                        state.waiters.append(continuation)
                    }
                }
            }
            return try outcome.get()
        }
    }
}
