import NIOCore
import Synchronization

/// Keeps those who ask for monitoring from having the event loops to themselves: for as long as an answer took, no other one is
/// begun, however many clients ask, and however many requests they send at once.
final class MonitoringPace: Sendable {
    /// A loop looks at its sockets meanwhile.
    private static let shortestPause = TimeAmount.microseconds(100)

    private let next = Mutex(NIODeadline.distantPast)

    /// Calls `body` on the loop, on which it is called, when an answer may be begun.
    func whenFree(_ loop: any EventLoop, _ body: @escaping @Sendable () -> Void) {
        let pause = next.withLock { $0 } - .now()
        guard pause > .zero else {
            body()
            return
        }
        loop.scheduleTask(in: pause) { self.whenFree(loop, body) }
    }

    /// Notes that an answer is ready that was begun at `start`.
    func answered(since start: NIODeadline) {
        let now = NIODeadline.now()
        next.withLock { $0 = now + max(now - start, Self.shortestPause) }
    }
}
