import GoFormats
import NATSAccounts
import NATSWire
import NIOCore
import NIOPosix
import Synchronization

extension Connection {
    func connect(_ bytes: UnsafeRawBufferPointer, _ arguments: Range<Int>) {
        log.trace("\(label) - <<- [CONNECT \(ConnectRedaction.text(bytes[arguments]))]")
        authTimer?.cancel()
        authTimer = nil
        lastActivity = .now()
        roundTrip = max(.now() - startedAt, .nanoseconds(1))
        startPingTimer(after: firstPingDelay)
        do throws(JSONError) {
            try options.update(fromJSON: UnsafeRawBufferPointer(rebasing: bytes[arguments]))
        } catch {
            failQuietly(error.description)
            return
        }
        transport?.addCookies(to: &options)
        let isFirst = !hasConnected
        hasConnected = true
        if !isFirst { removeAllSubscriptions() }
        isAwaitingConnect = false
        let takesHeaders = options.headers && !settings.noHeaders
        scanner.takesHeaders = takesHeaders
        outbox.withLock { $0.takesHeaders = takesHeaders }
        echo = options.echo
        verbose = options.verbose
        noResponders = options.noResponders
        authenticate { isAuthorized in
            guard isAuthorized, self.options.account.isEmpty, !self.options.newAccount else {
                self.refuseCredentials()
                return
            }
            self.finishConnect(isFirst: isFirst)
        }
    }

    /// What is left of CONNECT once the client has been let in.
    private func finishConnect(isFirst: Bool) {
        guard joinAccount() else { return }
        announceItself()
        if isFirst { extendLabel() }
        if options.protocolVersion < 0 || options.protocolVersion > 1 {
            sendError("invalid client protocol")
            close(.badClientProtocol)
            logReadFailure("invalid client protocol")
            return
        }
        if options.noResponders && !scanner.takesHeaders {
            sendError("no responders requires headers support")
            close(.noRespondersRequiresHeaders)
            logReadFailure("no responders requires headers support")
            return
        }
        if verbose { sendOK() }
    }

    /// Whether a client that has not sent CONNECT may go on with a frame that begins with `first`. Anybody may send CONNECT;
    /// where there is a user for clients without credentials, anything else makes the client that user.
    func admitsWithoutConnect(_ first: UInt8) -> Bool {
        if first == UInt8(ascii: "C") || first == UInt8(ascii: "c") { return true }
        // A user with a key must be asked for by CONNECT.
        if let user = authenticator.noAuthUser, !authenticator.hasNKey(user) {
            authTimer?.cancel()
            authTimer = nil
            hasConnected = true
            isAwaitingConnect = false
            // Without a password there is none to be proven.
            if case .granted(let identity) = verdict(), bind(identity) {
                guard joinAccount() else { return false }
                announceItself()
                return true
            }
        }
        refuseCredentials()
        return false
    }

    private func announceItself() {
        if announcedAccount !== account { broker.move(self, from: announcedAccount, to: account) }
        announcedAccount = account
        broker.announceConnect(self)
    }

    // MARK: Who it is

    private func verdict() -> Authenticator.Verdict {
        guard mapCertificate() else { return .refused }
        authenticator.complete(&options)
        return authenticator.judge(options, nonce: nonce, kind: connectionKind)
    }

    /// Finds out whom the client is bound to and binds it. While a password hash is being computed nothing is read.
    ///
    /// - Parameter body: called on the event loop, at once or later, unless the connection ends before.
    func authenticate(_ body: @escaping (Bool) -> Void) {
        switch verdict() {
        case .refused: body(false)
        case .needsProxy:
            refuseCredentials(.proxyRequired)
        case .granted(let identity): body(bind(identity))
        case .unproven(let identity, let stored, let given):
            let proof = PasswordProof(stored: stored, given: given)
            if proof == provenPassword {
                body(bind(identity))
                return
            }
            isVerifying = true
            context?.channel.setOption(.autoRead, value: false).whenFailure { _ in }
            let result = NIOThreadPool.singleton.runIfActive(eventLoop: eventLoop) {
                Password.matches(stored: stored, given: given)
            }
            result.assumeIsolated().whenComplete { result in
                guard self.closeReason == nil else { return }
                let isRight = (try? result.get()) ?? false
                self.provenPassword = isRight ? proof : nil
                body(isRight && self.bind(identity))
                self.wakeReceivers()
                self.resumeAfterVerifying()
            }
        }
    }

    private func bind(_ identity: Authenticator.Identity) -> Bool {
        guard let found = broker.account(named: identity.account) else { return false }
        if found !== account { leaveAccount() }
        account = found
        permissions = identity.permissions
        let lifetime = permissions?.responses?.expires.map { TimeAmount($0) }
        let limit = permissions?.responses?.maxMessages
        outbox.withLock { outbox in
            outbox.grantLifetime = lifetime
            outbox.grantLimit = limit
        }
        if let user = identity.user, options.user.isEmpty, options.nkey.isEmpty {
            if authenticator.hasNKey(user) { options.nkey = user } else { options.user = user }
        }
        applyBounds()
        lastRoute = nil
        routes = RouteCache()
        return true
    }

    /// Takes over the bounds that the account sets, where they are narrower than the server's.
    func applyBounds() {
        let bounds = account.bounds
        scanner.maxPayload = [bounds.maxPayload, settings.payloadBound].compactMap { $0 }.min()
        maxPayload = scanner.maxPayload ?? -1
        maxSubscriptions = [bounds.maxSubscriptions, settings.maxSubscriptions].compactMap { $0 }.min()
    }

    /// Counts the client in its account, or turns it away where there are too many.
    func joinAccount() -> Bool {
        guard !isInAccount else { return true }
        guard account.admit() else {
            sendError("maximum account active connections exceeded")
            log.error("\(label) - maximum account active connections exceeded")
            close(.maxAccountConnectionsExceeded)
            // nats-server says so once more when it sees that the client was not taken in.
            logReadFailure("maximum account active connections exceeded")
            return false
        }
        isInAccount = true
        endAtSubscriptionLimit()
        return true
    }

    func leaveAccount() {
        guard isInAccount else { return }
        isInAccount = false
        account.release()
    }

    /// - Parameter isReading: whether that comes of something that the client sent just now.
    func refuseCredentials(_ reason: CloseReason = .authenticationViolation, isReading: Bool = true) {
        let who = whoItIs.isEmpty ? "" : " - \(whoItIs)"
        log.error("\(label) - authentication error\(who)")
        broker.announceRefusal(self, reason)
        sendError("Authorization Violation")
        close(reason)
        if isReading, connectionKind == .webSocket { logReadFailure("authentication error") }
    }

    /// Adds to the log's name for the connection what the client said about itself and whom it is bound to.
    private func extendLabel() {
        var parts: [String] = []
        if !options.version.isEmpty { parts.append("v\(options.version)") }
        if !options.language.isEmpty { parts.append(options.language) }
        if !options.name.isEmpty { parts.append(options.name) }
        let who =
            if !options.nkey.isEmpty {
                "nkey:\(options.nkey)"
            } else if !options.user.isEmpty {
                "user:\(options.user)"
            } else if !options.token.isEmpty {
                "token"
            } else {
                ""
            }
        if !parts.isEmpty { label += " - \(GoText.quoted(parts.joined(separator: ":")))" }
        if !who.isEmpty { label += " - \(GoText.quoted("\(account.name)/\(who)"))" }
    }

    /// Tells a client that understands it that the server is about to go.
    /// To be called on the event loop.
    ///
    /// - Returns: false for a client that does not understand it.
    @discardableResult
    func announceLameDuck() -> Bool {
        guard options.protocolVersion >= 1, hasSentFirstPong else { return false }
        var info = info(isConnectInfo: false)
        info.lameDuckMode = true
        // The client has signed, and what holds for everybody is said here as it is after CONNECT.
        info.nonce = ""
        if transport?.upgrade == nil { info.authRequired = authenticator.isRequired }
        enqueue(info.frame())
        wakeReceivers()
        return true
    }
}
