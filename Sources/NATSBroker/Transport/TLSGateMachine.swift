/// Decides what a client's first bytes are: a handshake, plain protocol, or neither. Pure: it is fed bytes and expired timers,
/// and says what is to be done.
///
/// Source: `createClientEx` of nats-server.
struct TLSGateMachine {
    /// What the server does next.
    enum Action: Equatable {
        /// It waits for the client, and calls ``expired()`` after the time given.
        case wait(Duration)
        /// Go on waiting as before.
        case keepWaiting
        /// INFO is sent in the clear, and then what ``start()`` says is done.
        case sendInfo
        /// A handshake is expected, and may take the endpoint's timeout.
        case expectHandshake
        /// The bytes are a handshake's.
        case secure
        /// The client goes on without TLS.
        case goPlain
        /// The bytes are no handshake.
        case refuse
    }

    private enum Phase {
        case idle
        /// INFO is held back: anything that comes is a handshake.
        case holdingInfo
        /// The first byte tells a handshake from plain protocol.
        case sniffing
        case expectingHandshake
        case decided
    }

    private let fallback: Duration?
    private let allowsPlain: Bool
    private let timeout: Duration
    private var holdsInfo: Bool
    private var phase = Phase.idle

    /// - Parameters:
    ///   - allowsPlain: whether clients without TLS are let in too.
    ///   - timeout: how long to wait for a client's first byte where that decides.
    init(greeting: TLSEndpoint.Greeting, allowsPlain: Bool, timeout: Duration) {
        self.allowsPlain = allowsPlain
        self.timeout = timeout
        switch greeting {
        case .infoFirst:
            fallback = nil
            holdsInfo = false
        case .handshakeFirst(let fallback):
            self.fallback = fallback
            holdsInfo = true
        }
    }

    /// What to do first, and after INFO was sent because of ``Action/sendInfo``.
    mutating func start() -> Action {
        if holdsInfo, let fallback {
            phase = .holdingInfo
            return .wait(fallback)
        }
        if allowsPlain, !holdsInfo {
            phase = .sniffing
            return .wait(timeout)
        }
        phase = .expectingHandshake
        return .expectHandshake
    }

    /// What to do about the bytes that have come so far, at least one.
    mutating func received(_ bytes: some RandomAccessCollection<UInt8>) -> Action {
        switch phase {
        case .idle, .decided: return .keepWaiting
        case .holdingInfo:
            phase = .expectingHandshake
            return .expectHandshake
        case .sniffing:
            guard bytes.first == 22 else {
                phase = .decided
                return .goPlain
            }
            phase = .expectingHandshake
            return .expectHandshake
        case .expectingHandshake:
            // A record's type, alert or handshake, and its version; then two bytes of length.
            let head = Array(bytes.prefix(5))
            guard head.count == 5 else { return .keepWaiting }
            phase = .decided
            let isRecord = (head[0] == 21 || head[0] == 22) && head[1] < 0x10
            return isRecord ? .secure : .refuse
        }
    }

    /// What to do when the client has sent nothing in time.
    mutating func expired() -> Action {
        switch phase {
        case .holdingInfo:
            holdsInfo = false
            phase = .idle
            return .sendInfo
        case .sniffing:
            phase = .decided
            return .goPlain
        case .idle, .expectingHandshake, .decided: return .keepWaiting
        }
    }
}
