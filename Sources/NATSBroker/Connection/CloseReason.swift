/// Why a connection ended, in the words of nats-server's log and `/connz?state=closed`.
enum CloseReason: String, Sendable {
    case clientClosed = "Client Closed"
    case authenticationTimeout = "Authentication Timeout"
    case authenticationViolation = "Authentication Failure"
    case slowConsumerPendingBytes = "Slow Consumer (Pending Bytes)"
    case slowConsumerWriteDeadline = "Slow Consumer (Write Deadline)"
    case writeError = "Write Error"
    case readError = "Read Error"
    case parseError = "Parse Error"
    case staleConnection = "Stale Connection"
    case protocolViolation = "Protocol Violation"
    case badClientProtocol = "Bad Client Protocol Version"
    case maxConnectionsExceeded = "Maximum Connections Exceeded"
    case maxSubscriptionsExceeded = "Maximum Subscriptions Exceeded"
    case proxyRequired = "Proxy Required"
    case maxAccountConnectionsExceeded = "Maximum Account Connections Exceeded"
    case maxPayloadExceeded = "Maximum Message Payload Exceeded"
    case maxControlLineExceeded = "Maximum Control Line Exceeded"
    case noRespondersRequiresHeaders = "No Responders Requires Headers"
    case serverShutdown = "Server Shutdown"
    case tlsHandshakeError = "TLS Handshake Failure"
    case kicked = "Kicked"
    case authenticationExpired = "Authentication Expired"

    /// The client did not take what it was sent.
    var isSlowness: Bool { self == .slowConsumerPendingBytes || self == .slowConsumerWriteDeadline }

    /// What still waits to be written is dropped: the client does not read, or is gone.
    var skipsFlush: Bool {
        switch self {
        case .slowConsumerPendingBytes, .slowConsumerWriteDeadline, .readError, .writeError, .clientClosed,
            .tlsHandshakeError:
            true
        default: false
        }
    }
}
