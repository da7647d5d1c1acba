import NIOCore
import Synchronization

/// What a subscription has got and its consumer has not taken yet. Bounded: what does not fit is dropped and reported.
///
/// Lock order: a connection's lock may be held when a mailbox's is taken, never the other way round.
final class SubscriptionMailbox: Sendable {
    enum Offer: Sendable {
        case accepted
        /// The mailbox is full. `isFirst` marks the first loss since the consumer last caught up.
        case dropped(isFirst: Bool)
    }

    typealias Outcome = Result<NATSMessage?, NATSError>

    fileprivate struct State {
        var messages = CircularBuffer<NATSMessage>()
        var bytes = 0
        var dropped = 0
        var isBehind = false
        var end: Outcome?
        var waiter: (id: Int, continuation: CheckedContinuation<Outcome, Never>)?
        var emptied: [CheckedContinuation<Void, Never>] = []
        var lastWaiter = 0
        var hasReconnected = false
    }

    private let state = Mutex(State())
    private let messageLimit: Int
    private let byteLimit: Int
    private let noticesReconnects: Bool

    init(messageLimit: Int, byteLimit: Int, noticesReconnects: Bool = false) {
        self.messageLimit = messageLimit
        self.byteLimit = byteLimit
        self.noticesReconnects = noticesReconnects
    }

    /// How many messages were dropped because the consumer was behind.
    var dropped: Int {
        state.withLock { $0.dropped }
    }

    func offer(_ message: NATSMessage) -> Offer {
        state.withLock { state in
            guard state.end == nil else { return .accepted }
            if let waiter = state.waiter {
                state.waiter = nil
                waiter.continuation.resume(returning: .success(message))
                return .accepted
            }
            let bytes = message.payload.readableBytes
            guard state.messages.count < messageLimit, state.bytes + bytes <= byteLimit else {
                state.dropped += 1
                defer { state.isBehind = true }
                return .dropped(isFirst: !state.isBehind)
            }
            state.messages.append(message)
            state.bytes += bytes
            return .accepted
        }
    }

    /// No more messages come. Those that wait are still handed out before the end, or the error, shows.
    func finish(_ error: NATSError?) {
        state.withLock { state in
            guard state.end == nil else { return }
            let end: Outcome = error.map { .failure($0) } ?? .success(nil)
            state.end = end
            if let waiter = state.waiter {
                state.waiter = nil
                waiter.continuation.resume(returning: end)
            }
            if state.messages.isEmpty {
                state.resumeEmptied()
            }
        }
    }

    /// The connection is back: behind what waits, the consumer sees ``NATSError/disconnected`` once, if it wants to know.
    func noticeReconnect() {
        guard noticesReconnects else { return }
        state.withLock { state in
            guard state.end == nil else { return }
            if let waiter = state.waiter {
                state.waiter = nil
                waiter.continuation.resume(returning: .failure(.disconnected))
            } else {
                state.hasReconnected = true
            }
        }
    }

    /// The next message, `nil` at the end.
    ///
    /// - Parameter arm: called with a number for ``giveUp(waiter:error:)`` if the call has to wait.
    func next(arm: (Int) -> Void = { _ in }) async throws(NATSError) -> NATSMessage? {
        let waiter = state.withLock { state in
            state.lastWaiter += 1
            return state.lastWaiter
        }
        let outcome: Outcome = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let waits = state.withLock { state in
                    if let outcome = state.takeNow() {
                        continuation.resume(returning: outcome)
                        return false
                    }
                    guard !Task.isCancelled, state.waiter == nil else {
                        continuation.resume(returning: .success(nil))
                        return false
                    }
                    state.waiter = (waiter, continuation)
                    return true
                }
                if waits {
                    arm(waiter)
                }
            }
        } onCancel: {
            giveUp(waiter: waiter, outcome: .success(nil))
        }
        return try outcome.get()
    }

    /// Ends the wait of one call of ``next(arm:)``, if it still waits.
    func giveUp(waiter id: Int, outcome: Outcome) {
        state.withLock { state in
            guard let waiter = state.waiter, waiter.id == id else { return }
            state.waiter = nil
            waiter.continuation.resume(returning: outcome)
        }
    }

    /// Returns once the mailbox is finished and its consumer has taken everything.
    func waitUntilEmpty() async {
        await withCheckedContinuation { continuation in
            state.withLock { state in
                if state.end != nil, state.messages.isEmpty {
                    continuation.resume()
                } else {
                    state.emptied.append(continuation)
                }
            }
        }
    }

    /// Throws away what waits, for a drain that takes too long.
    func discard() {
        state.withLock { state in
            state.messages = CircularBuffer()
            state.bytes = 0
            state.resumeEmptied()
        }
    }
}

extension SubscriptionMailbox.State {
    mutating func takeNow() -> SubscriptionMailbox.Outcome? {
        guard let message = messages.popFirst() else {
            if end == nil, hasReconnected {
                hasReconnected = false
                return .failure(.disconnected)
            }
            return end
        }
        bytes -= message.payload.readableBytes
        if messages.isEmpty {
            isBehind = false
            if end != nil {
                resumeEmptied()
            }
        }
        return .success(message)
    }

    mutating func resumeEmptied() {
        for continuation in emptied {
            continuation.resume()
        }
        emptied = []
    }
}
