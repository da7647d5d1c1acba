import GoFormats
import NATSAccounts
import NATSWire
import NIOCore
import Synchronization

extension Connection {
    func connect(_ bytes: UnsafeRawBufferPointer, _ arguments: Range<Int>) {
        log.trace("\(label) - <<- [CONNECT \(Self.redacted(bytes[arguments]))]")
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
        guard authenticate(), options.account.isEmpty, !options.newAccount else {
            refuseCredentials()
            return
        }
        announceItself()
        if isFirst { extendLabel() }
        if options.protocolVersion < 0 || options.protocolVersion > 1 {
            sendError("invalid client protocol")
            close(.badClientProtocol)
            log.error("\(label) - invalid client protocol")
            return
        }
        if options.noResponders && !takesHeaders {
            sendError("no responders requires headers support")
            close(.noRespondersRequiresHeaders)
            log.error("\(label) - no responders requires headers support")
            return
        }
        if verbose { sendOK() }
    }

    /// Whether a client that has not sent CONNECT may go on with a frame that begins with `first`. Anybody may send CONNECT;
    /// where there is a user for clients without credentials, anything else makes the client that user.
    func admitsWithoutConnect(_ first: UInt8) -> Bool {
        if first == UInt8(ascii: "C") || first == UInt8(ascii: "c") { return true }
        if authenticator.noAuthUser != nil {
            authTimer?.cancel()
            authTimer = nil
            hasConnected = true
            isAwaitingConnect = false
            if authenticate() {
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

    func authenticate() -> Bool {
        guard let identity = authenticator.identify(options),
            let found = broker.account(named: identity.account)
        else { return false }
        account = found
        permissions = identity.permissions
        if let user = identity.user, options.user.isEmpty { options.user = user }
        lastRoute = nil
        routes = RouteCache()
        return true
    }

    func refuseCredentials() {
        let who = whoItIs.isEmpty ? "" : " - \(whoItIs)"
        log.error("\(label) - authentication error\(who)")
        broker.announceRefusal(self)
        sendError("Authorization Violation")
        close(.authenticationViolation)
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
        enqueue(info.frame())
        wakeReceivers()
        return true
    }

    /// The arguments of CONNECT without passwords and tokens, for the log.
    private static func redacted(_ bytes: Slice<UnsafeRawBufferPointer>) -> String {
        guard case .object(let members)? = try? JSONValue(parsing: UnsafeRawBufferPointer(rebasing: bytes)) else {
            return "[REDACTED]"
        }
        let secrets = ["pass", "auth_token", "sig", "nkey", "proxy_sig", "password"]
        let shown = members.map { member in
            secrets.contains(member.key.lowercased())
                ? JSONValue.Member(member.key, "[REDACTED]") : member
        }
        return String(decoding: JSONValue.object(shown).encoded(), as: UTF8.self)
    }
}
