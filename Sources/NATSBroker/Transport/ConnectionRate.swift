import NIOCore
import Synchronization

/// Counts TLS handshakes for `connection_rate_limit`: no more than so many a second.
final class ConnectionRate: Sendable {
    private struct State {
        var windowEnd = NIODeadline.uptimeNanoseconds(0)
        var count = 0
        var refused = 0
    }

    private let state = Mutex(State())

    /// Whether one more handshake may begin, `limit` a second being allowed; 0 for any number.
    func admits(limit: Int, now: NIODeadline = .now()) -> Bool {
        guard limit > 0 else { return true }
        return state.withLock { state in
            if now > state.windowEnd {
                state.count = 0
                state.windowEnd = now + .seconds(1)
            } else {
                state.count += 1
            }
            if state.count >= limit { state.refused += 1 }
            return state.count < limit
        }
    }

    /// How many were refused since this was asked last.
    func takeRefused() -> Int {
        state.withLock { state in
            defer { state.refused = 0 }
            return state.refused
        }
    }
}
