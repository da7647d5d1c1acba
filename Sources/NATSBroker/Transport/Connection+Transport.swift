import GoFormats
import NATSAccounts
import NATSWire
import NIOCore
import NIOSSL
import NIOTLS

/// A connection whose client comes by TLS or as a WebSocket.
extension Connection {
    var pingInterval: Duration {
        transport?.upgrade == nil ? settings.pingInterval : settings.webSocket?.pingInterval ?? settings.pingInterval
    }

    var authTimeout: Duration {
        transport?.upgrade == nil ? settings.authTimeout : settings.webSocket?.authTimeout ?? settings.authTimeout
    }

    // MARK: TLS

    /// Sends the INFO that was held back.
    func sendInfo() {
        transport?.releaseInfo()
        enqueue(info(isConnectInfo: false).frame())
        wakeReceivers()
    }

    /// The client is about to begin a handshake, or is cut off.
    func expectHandshake(_ endpoint: TLSEndpoint) {
        guard let transport, closeReason == nil else { return }
        guard broker.tlsRate.admits(limit: endpoint.connectionRateLimit) else {
            sendError("Connection throttling is active. Please try again later.")
            close(.maxConnectionsExceeded)
            return
        }
        transport.handshake = .pending
        log.debug("\(label) - Starting TLS client connection handshake")
        transport.handshakeTimer = eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(endpoint.timeout)) {
            guard transport.handshake == .pending, self.closeReason == nil else { return }
            self.log.debug("\(self.label) - TLS handshake timeout")
            transport.handshake = .none
            self.close(.tlsHandshakeError)
        }
    }

    /// Ends the connection over a handshake that came to nothing.
    ///
    /// - Parameter isProbe: whether it was no handshake at all, as when a load balancer tries the port; that is no error.
    func failHandshake(_ sentence: String, isProbe: Bool) {
        guard closeReason == nil else { return }
        transport?.handshake = .none
        let line = "\(label) - TLS handshake error: \(sentence)"
        if isProbe { log.debug(line) } else { log.error(line) }
        close(.tlsHandshakeError)
    }

    func failTransport(_ error: any Error) {
        if transport?.handshake == .pending {
            let certificate = (try? context?.pipeline.syncOperations.nioSSL_peerCertificate()) ?? nil
            let peer = certificate.flatMap { CertificateDetails($0) }
            failHandshake(TLSFailure.sentence(error, peer: peer), isProbe: false)
        } else if case NIOSSLError.uncleanShutdown = error {
            close(.clientClosed)
        } else {
            close(.readError)
        }
    }

    func transportEvent(_ event: Any, _ context: ChannelHandlerContext) {
        guard case TLSUserEvent.handshakeCompleted? = event as? TLSUserEvent, let transport,
            let endpoint = transport.endpoint
        else { return }
        transport.handshakeTimer?.cancel()
        let pipeline = context.pipeline.syncOperations
        let certificate = (try? pipeline.nioSSL_peerCertificate()) ?? nil
        guard endpoint.accepts(certificate) else {
            failHandshake(TLSFailure.notPinned, isProbe: false)
            return
        }
        transport.adopt(
            certificate, version: (try? pipeline.nioSSL_tlsVersion()) ?? nil, suite: transport.gate?.cipherSuite)
        if let gate = transport.gate {
            pipeline.removeHandler(gate, promise: nil)
            transport.gate = nil
        }
        if transport.holdsInfo { sendInfo() }
        startServing()
        log.debug("\(label) - TLS handshake complete")
        log.debug(
            "\(label) - TLS version \(transport.tlsVersion ?? ""), cipher suite \(transport.cipherSuite ?? "")")
    }

    // MARK: Users by certificate

    /// Settles which user a certificate names, where that is what it is for.
    ///
    /// - Returns: false when it names none.
    func mapCertificate() -> Bool {
        guard case .users(let users, _) = authenticator.rule, options.nkey.isEmpty else { return true }
        guard let transport, transport.mapsUsers else {
            // Who is known by a certificate alone needs one.
            guard let user = users[options.user], user.password.isEmpty, user.name != authenticator.noAuthUser,
                settings.mapsCertificates(of: user)
            else { return true }
            log.debug("\(label) - User \(GoText.quoted(user.name)) requires a client certificate")
            return false
        }
        guard transport.handshake == .complete else {
            log.debug("\(label) - User required in cert, no TLS connection state")
            return false
        }
        guard let names = transport.certificate?.names else {
            log.debug("\(label) - User required in cert, no peer certificates found")
            return false
        }
        let candidates = users.values.filter { $0.connectionKinds?.contains(connectionKind) ?? true }.map(\.name)
        guard let found = names.user(among: Set(candidates)) else {
            log.debug("\(label) - User in cert [\(GoText.quoted(names.subjectText))], not found")
            return false
        }
        log.debug("\(label) - \(found.match.message(found.name))")
        if !options.user.isEmpty, options.user != found.name {
            log.warning("User \(GoText.quoted(options.user)) found in connect proto, but user required from cert")
        }
        options.user = found.name
        return true
    }
}

extension ClientTransport {
    /// Takes over what a finished handshake settled.
    func adopt(_ certificate: NIOSSLCertificate?, version: TLSVersion?, suite: UInt16?) {
        handshake = .complete
        isSettled = true
        tlsVersion =
            switch version {
            case .tlsv12: "1.2"
            case .tlsv13: "1.3"
            default: "1.1"
            }
        cipherSuite = suite.map { TLSAlgorithms.name(ofCipherSuite: $0) }
        self.certificate = certificate.flatMap { CertificateDetails($0) }
    }
}

extension BrokerSettings {
    /// Who may connect by `transport`: a WebSocket may have rules of its own.
    func authenticator(for transport: ClientTransport?) -> Authenticator {
        transport?.upgrade == nil ? authenticator : webSocket?.authenticator ?? authenticator
    }

    /// Whether some listener would take a certificate for `user`.
    func mapsCertificates(of user: User) -> Bool {
        let admits = { (kind: ConnectionKind) in user.connectionKinds?.contains(kind) ?? true }
        return (tls?.mapsUsers == true && admits(.standard))
            || (webSocket?.tls?.mapsUsers == true && admits(.webSocket))
    }
}
