import DequeModule
import NIOCore
import Synchronization

/// Keeps those who ask for monitoring from having the event loops to themselves: for as long as an answer took, no other one is
/// begun, however many clients ask, and however many requests they send at once.
final class MonitoringPace: Sendable {
    /// A loop looks at its sockets meanwhile.
    private static let shortestPause = TimeAmount.microseconds(100)

    private struct Asking {
        var loop: any EventLoop
        var body: @Sendable () -> Void
    }

    private struct State {
        /// Whether an answer has been begun and is not ready.
        var isAnswering = false
        var isStopped = false
        var next = NIODeadline.distantPast
        /// Those whose turn has not come. While there are any, one of them is to be called at ``next`` or an answer is being made.
        var waiting: Deque<Asking> = []
    }

    private let state = Mutex(State())

    /// Calls `body` on the loop, on which it is called, when an answer may be begun; who asked first comes first. It ends in a call
    /// of ``answered(since:)``.
    func whenFree(_ loop: any EventLoop, _ body: @escaping @Sendable () -> Void) {
        let (begins, isFirst, next) = state.withLock { state in
            if !state.isAnswering, state.waiting.isEmpty, state.next <= .now() {
                state.isAnswering = true
                return (true, false, state.next)
            }
            if state.isStopped { return (false, false, state.next) }
            state.waiting.append(Asking(loop: loop, body: body))
            return (false, !state.isAnswering && state.waiting.count == 1, state.next)
        }
        if begins { body() }
        if isFirst { loop.scheduleTask(deadline: next) { self.begin() } }
    }

    /// Notes that an answer is ready that was begun at `start`.
    func answered(since start: NIODeadline) {
        let now = NIODeadline.now()
        let next = now + max(now - start, Self.shortestPause)
        let first = state.withLock { state in
            state.isAnswering = false
            state.next = next
            return state.waiting.first?.loop
        }
        first?.scheduleTask(deadline: next) { self.begin() }
    }

    /// Begins the answer that has been waited for longest. To be called on the loop of whoever waits for it.
    private func begin() {
        let first = state.withLock { state in
            state.isAnswering = !state.waiting.isEmpty
            return state.waiting.popFirst()
        }
        first?.body()
    }

    /// Forgets those who wait: the loops are about to end.
    func stop() {
        state.withLock { state in
            state.isStopped = true
            state.waiting = []
        }
    }
}
