// The wording is that of the Go client, because the tools built on it print these texts as they are and people search
// for them.
extension NATSError {
    package static let badHeaders = NATSError(.badHeaders, "nats: message could not decode headers")
    package static let badQueue = NATSError(.badQueue, "nats: invalid queue name")
    package static let badSubject = NATSError(.badSubject, "nats: invalid subject")
    package static let cancelled = NATSError(.cancelled, "context canceled")
    package static let connectionClosed = NATSError(.connectionClosed, "nats: connection closed")
    package static let connectionDraining = NATSError(.connectionDraining, "nats: connection draining")
    package static let disconnected = NATSError(.disconnected, "nats: server is disconnected")
    package static let drainTimeout = NATSError(.drainTimeout, "nats: draining connection timed out")
    package static let endOfStream = NATSError(.network, "EOF")
    package static let headersUnsupported = NATSError(
        .headersUnsupported,
        "nats: headers not supported by this server"
    )
    package static let maximumMessages = NATSError(.maximumMessages, "nats: maximum messages delivered")
    package static let maximumPayload = NATSError(.maximumPayload, "nats: maximum payload exceeded")
    package static let noInfo = NATSError(.protocolViolation, "nats: protocol exception, INFO not received")
    package static let noResponders = NATSError(.noResponders, "nats: no responders available for request")
    package static let noServers = NATSError(.noServers, "nats: no servers available for connection")
    package static let reconnectBufferExceeded = NATSError(
        .reconnectBufferExceeded,
        "nats: outbound buffer limit exceeded"
    )
    package static let slowConsumer = NATSError(.slowConsumer, "nats: slow consumer, messages dropped")
    package static let staleConnection = NATSError(.staleConnection, "nats: stale connection")
    package static let timeout = NATSError(.timeout, "nats: timeout")
    package static let tlsUnavailable = NATSError(.tlsUnavailable, "nats: secure connection not available")
    package static let noKeyChallenge = NATSError(.authorization, "nats: nkeys not supported by the server")

    /// The error that an `-ERR` frame stands for, once the connection is up.
    ///
    /// - Parameter text: the frame's text without quotes.
    static func fromServer(_ text: String) -> NATSError {
        let lowercased = text.lowercased()
        for (prefix, error) in serverErrors where lowercased.hasPrefix(prefix) {
            return error
        }
        if lowercased.hasPrefix("permissions violation") {
            return NATSError(
                .permissionsViolation,
                "nats: permissions violation: " + text,
                subject: text.quoted(after: "to ")
            )
        }
        return NATSError(.server, "nats: " + text)
    }

    /// The error that an `-ERR` frame stands for while connecting, when tools show the server's own words.
    static func fromServerWhileConnecting(_ text: String) -> NATSError {
        var error = fromServer(text)
        error.description = "nats: " + text
        return error
    }

    private static let serverErrors: [(prefix: String, error: NATSError)] = [
        ("stale connection", .staleConnection),
        (
            "maximum connections exceeded",
            NATSError(.maximumConnections, "nats: server maximum connections exceeded")
        ),
        (
            "maximum account active connections exceeded",
            NATSError(.maximumConnections, "nats: maximum account active connections exceeded")
        ),
        (
            "maximum subscriptions exceeded",
            NATSError(.maximumSubscriptions, "nats: server maximum subscriptions exceeded")
        ),
        ("authorization violation", NATSError(.authorization, "nats: authorization violation")),
        ("user authentication expired", NATSError(.authenticationExpired, "nats: authentication expired")),
        ("user authentication revoked", NATSError(.authenticationExpired, "nats: authentication revoked")),
        (
            "account authentication expired",
            NATSError(.authenticationExpired, "nats: account authentication expired")
        ),
    ]
}

extension String {
    /// The part between double quotes that follows `marker`.
    func quoted(after marker: String) -> String? {
        guard let start = firstRange(of: marker + "\"")?.upperBound,
            let end = self[start...].firstIndex(of: "\"")
        else { return nil }
        return String(self[start..<end])
    }
}
