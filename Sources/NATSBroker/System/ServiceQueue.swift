import DequeModule
import Synchronization

/// Work for which everybody who is connected must be asked: one piece after another, so that clients who ask more than can be
/// answered hold up nobody but those who ask too.
final class ServiceQueue: Sendable {
    /// Does a piece of work; calls what it is given when it is done.
    typealias Work = @Sendable (@escaping @Sendable () -> Void) -> Void

    private let state = Mutex(State())

    private struct State {
        var waiting: Deque<(weight: Int, work: Work)> = []
        /// Bytes of the requests that wait.
        var weight = 0
        var isBusy = false
        var isStopped = false
    }

    /// How many pieces may wait, and how many bytes. Requests beyond that are lost.
    private static let mostWaiting = 1_024
    private static let mostWeight = 8 << 20

    /// How many pieces wait.
    var waitingCount: Int { state.withLock { $0.waiting.count } }

    /// Whether so many wait that the loops must be kept for others too.
    var isCrowded: Bool { state.withLock { $0.waiting.count > 16 } }

    /// Does `work` when all before it is done.
    ///
    /// - Parameter weight: the bytes that it keeps until then.
    func add(weight: Int, _ work: @escaping Work) {
        let mustStart = state.withLock { state in
            guard !state.isStopped, state.waiting.count < Self.mostWaiting, state.weight + weight <= Self.mostWeight
            else { return false }
            state.waiting.append((weight, work))
            state.weight += weight
            defer { state.isBusy = true }
            return !state.isBusy
        }
        if mustStart { startNext() }
    }

    /// Forgets what waits, and takes nothing more in.
    func stop() {
        state.withLock { $0 = State(isStopped: true) }
    }

    private func startNext() {
        let next = state.withLock { state in
            let next = state.waiting.popFirst()
            if let next { state.weight -= next.weight } else { state.isBusy = false }
            return next?.work
        }
        next? { self.startNext() }
    }
}
