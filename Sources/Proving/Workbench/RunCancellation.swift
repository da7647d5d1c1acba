import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Ends a run from outside: hangs up on every agent, which then ends whatever its guide has started.
final class RunCancellation: Sendable {
    private struct State {
        var isCancelled = false
        var sockets: Set<Int32> = []
    }

    private let state = Mutex(State())

    var isCancelled: Bool { state.withLock { $0.isCancelled } }

    func cancel() {
        state.withLock { state in
            state.isCancelled = true
            for socket in state.sockets { shutdown(socket, Int32(SHUT_RDWR)) }
        }
    }

    /// Has `socket` shut down when the run is cancelled, at once if it is already.
    func add(_ socket: Int32) {
        state.withLock { state in
            state.sockets.insert(socket)
            if state.isCancelled { shutdown(socket, Int32(SHUT_RDWR)) }
        }
    }

    /// Call it before `socket` is closed: its number may then become somebody else's.
    func remove(_ socket: Int32) {
        state.withLock { _ = $0.sockets.remove(socket) }
    }
}
