import NATSWire
import NIOCore

/// What `/connz` shows of the way a client came.
struct TransportSnapshot: Sendable {
    var isWebSocket: Bool
    /// Empty without TLS.
    var tlsVersion: String
    var cipherSuite: String
    var certificate: CertificateDetails?
    var wasHandshakeFirst: Bool

    init(_ transport: ClientTransport) {
        isWebSocket = transport.upgrade != nil
        tlsVersion = transport.tlsVersion ?? ""
        cipherSuite = transport.cipherSuite ?? ""
        certificate = transport.certificate
        wasHandshakeFirst = transport.wasHandshakeFirst
    }

    /// The fields of a connection's document, in nats-server's order.
    ///
    /// - Parameter showsUsers: whether the query asks for what identifies clients.
    func members(showsUsers: Bool) -> [JSONValue.Member] {
        guard !tlsVersion.isEmpty else { return [] }
        var members: [JSONValue.Member] = [.init("tls_version", .string(tlsVersion))]
        if !cipherSuite.isEmpty { members.append(.init("tls_cipher_suite", .string(cipherSuite))) }
        if showsUsers, let certificate {
            let shown = JSONValue.object([
                .init("subject", .string(certificate.subject)),
                .init("spki_sha256", .string(certificate.publicKeySum)),
                .init("cert_sha256", .string(certificate.certificateSum)),
            ])
            members.append(.init("tls_peer_certs", .array([shown])))
        }
        if wasHandshakeFirst { members.append(.init("tls_first", true)) }
        return members
    }
}

/// What `/varz` shows of listeners.
extension BrokerSettings {
    /// Whether clients must use TLS and show a certificate.
    var tlsMembers: [JSONValue.Member] {
        guard let tls else { return [] }
        var members: [JSONValue.Member] = []
        if !allowsNonTLS { members.append(.init("tls_required", true)) }
        if tls.verifies { members.append(.init("tls_verify", true)) }
        return members
    }

    /// Seconds that a handshake may take.
    var tlsTimeout: JSONValue {
        guard let tls else { return 2 }
        return Self.seconds(tls.timeout)
    }

    /// When the listener's certificate ends.
    var certificateMembers: [JSONValue.Member] { Self.certificateMembers(tls) }

    /// The `websocket` document, with the port that the listener has.
    func webSocketDocument(port: Int?) -> JSONValue {
        guard let webSocket else { return .object([]) }
        var members: [JSONValue.Member] = [.init("host", .string(webSocket.host))]
        if let port { members.append(.init("port", .int(Int64(port)))) }
        if !webSocket.advertise.isEmpty { members.append(.init("advertise", .string(webSocket.advertise))) }
        if !webSocket.noAuthUser.isEmpty { members.append(.init("no_auth_user", .string(webSocket.noAuthUser))) }
        if let timeout = webSocket.handshakeTimeout {
            members.append(.init("handshake_timeout", .int(TimeAmount(timeout).nanoseconds)))
        }
        if let timeout = webSocket.authTimeout { members.append(.init("auth_timeout", Self.seconds(timeout))) }
        if webSocket.noTLS { members.append(.init("no_tls", true)) }
        if webSocket.tls?.mapsUsers == true { members.append(.init("tls_map", true)) }
        if let pinned = webSocket.tls?.pinnedCertificates.sorted(), !pinned.isEmpty {
            members.append(.init("tls_pinned_certs", .array(pinned.map { .string($0) })))
        }
        if webSocket.sameOrigin { members.append(.init("same_origin", true)) }
        if !webSocket.allowedOrigins.isEmpty {
            members.append(.init("allowed_origins", .array(webSocket.allowedOrigins.map { .string($0) })))
        }
        if webSocket.compression { members.append(.init("compression", true)) }
        return .object(members + Self.certificateMembers(webSocket.tls))
    }

    private static func certificateMembers(_ tls: TLSEndpoint?) -> [JSONValue.Member] {
        guard let end = tls?.notAfter else { return [] }
        let text = WallClock(nanoseconds: Int64(end) * 1_000_000_000).rfc3339
        return [.init("tls_cert_not_after", .string(text))]
    }

    /// As Go writes a number of seconds: without a fraction where there is none.
    private static func seconds(_ duration: Duration) -> JSONValue {
        .double(Double(TimeAmount(duration).nanoseconds) / 1e9)
    }
}
