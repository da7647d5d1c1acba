import Proving
import Synchronization

/// The run that can be broken off at the moment.
final class CheckerHandle: Sendable {
    private struct State {
        var checker: Checker?
        var isCancelled = false
    }

    private let state = Mutex(State())

    /// Makes `checker` the one to break off; false where that was asked for already.
    func use(_ checker: Checker) -> Bool {
        state.withLock { state in
            state.checker = checker
            return !state.isCancelled
        }
    }

    func cancel() {
        let checker = state.withLock { state in
            state.isCancelled = true
            return state.checker
        }
        checker?.cancel()
    }
}
