import GoFormats

extension ServerOptions {
    /// Checks what nats-server checks when it starts, after defaults and command-line flags are laid over the file.
    ///
    /// Source: `validateOptions`, `configureAccounts` and the JetStream check of its `server.go`.
    ///
    /// - Throws: the first problem, in nats-server's words.
    package func checkForStart() throws(ConfigRefusal) {
        let options = completed()
        let checks: [(ServerOptions) -> String?] = [
            { $0.limitComplaint }, { $0.authenticationComplaint }, { $0.domainComplaint }, { $0.websocketComplaint },
            { $0.accountComplaint },
        ]
        for check in checks {
            if let message = check(options) {
                throw ConfigRefusal(.start, [ConfigProblem(message, at: nil)])
            }
        }
        if let (message, position) = options.fatalComplaint {
            throw ConfigRefusal(.fatal, [ConfigProblem(message, at: position, leadsWithPosition: false)])
        }
    }

    /// What nats-server notices only while it is starting.
    private var fatalComplaint: (message: String, position: ConfigPosition?)? {
        let systemAccount = accounts.first { $0.name == effectiveSystemAccount }
        if jetStream.isEnabled, systemAccount?.jetStream != nil {
            return ("Not allowed to enable JetStream on the system account", systemAccount?.position)
        }
        let (port, securePort) = (monitoring.port, monitoring.securePort)
        if port != 0, securePort != 0 {
            let ports = "HTTP (\(port)) and HTTPs (\(securePort)) ports"
            return ("Can't start monitoring: can't specify both \(ports)", nil)
        }
        if securePort != 0, tls == nil {
            return ("Can't start monitoring: TLS cert and key required for HTTPS", nil)
        }
        return nil
    }

    /// The system account's name: as configured, or the default one; nil when the server has none.
    package var effectiveSystemAccount: String? {
        if !systemAccount.isEmpty {
            return systemAccount
        }
        // An account of that name is the system account even where there is to be none.
        let hasDefault = accounts.contains { $0.name == AccountOptions.defaultSystemName }
        return noSystemAccount && !hasDefault ? nil : AccountOptions.defaultSystemName
    }

    private var limitComplaint: String? {
        if let lameDuckDuration, let lameDuckGracePeriod, lameDuckDuration > .zero,
            lameDuckGracePeriod >= lameDuckDuration
        {
            return "lame duck grace period (\(GoDuration.described(lameDuckGracePeriod))) should be strictly lower "
                + "than lame duck duration (\(GoDuration.described(lameDuckDuration)))"
        }
        if Int64(limits.maxPayload) > limits.maxPending {
            return "max_payload (\(limits.maxPayload)) cannot be higher than max_pending (\(limits.maxPending))"
        }
        if serverName.contains(" ") {
            return "server name cannot contain spaces"
        }
        return nil
    }

    private var authenticationComplaint: String? {
        complaint(aboutNoAuthUser: noAuthUser)
    }

    private func complaint(aboutNoAuthUser name: String) -> String? {
        guard !name.isEmpty else { return nil }
        guard !users.isEmpty || !nkeys.isEmpty else {
            return "no_auth_user: \"\(name)\" present, but users/nkeys are not defined"
        }
        guard users.contains(where: { $0.name == name }) || nkeys.contains(where: { $0.nkey == name }) else {
            return "no_auth_user: \"\(name)\" not present as user or nkey in authorization block "
                + "or account configuration"
        }
        return nil
    }

    private var domainComplaint: String? {
        for (name, domain) in defaultJetStreamDomains.sorted(by: { $0.key < $1.key }) {
            let account = accounts.first { $0.name == name }
            if account == nil, name != AccountOptions.globalName {
                return "in non operator mode, `default_js_domain` references non existing account "
                    + GoText.quoted(name)
            }
            if account?.jetStream != nil, !domain.isEmpty {
                return "default_js_domain contains account name \(GoText.quoted(name)) with enabled JetStream"
            }
            if name == effectiveSystemAccount {
                return "system account \(GoText.quoted(name)) can not be in default_js_domain"
            }
            if !domain.isEmpty, !Subjects.isValid("$JS.\(domain).API.>") {
                return "default_js_domain contains account \(GoText.quoted(name)) "
                    + "with invalid domain name \(GoText.quoted(domain))"
            }
        }
        guard !jetStream.domain.isEmpty else { return nil }
        let subject = "$JS.\(jetStream.domain).API.>"
        if !Subjects.isValid(subject) {
            return "invalid domain name: derived \(GoText.quoted(subject)) is not a valid subject"
        }
        if jetStream.domain.contains(where: { ".*>".contains($0) || $0.isWhitespace }) {
            return "invalid domain name: may not contain ., * or >"
        }
        return nil
    }

    private var websocketComplaint: String? {
        guard let websocket, websocket.port != 0 else { return nil }
        if websocket.tls == nil, !websocket.noTLS {
            return "websocket requires TLS configuration"
        }
        if let complaint = websocket.allowedOrigins.lazy.compactMap({ complaint(aboutOrigin: $0) }).first {
            return complaint
        }
        if let complaint = complaint(aboutNoAuthUser: websocket.noAuthUser) {
            return complaint
        }
        if !users.isEmpty || !nkeys.isEmpty {
            if !websocket.user.isEmpty {
                return "websocket authentication username not compatible with presence of users/nkeys"
            }
            if !websocket.token.isEmpty {
                return "websocket authentication token not compatible with presence of users/nkeys"
            }
        }
        if !websocket.jwtCookie.isEmpty {
            return "trusted operators or trusted keys configuration is required for JWT authentication via cookie "
                + GoText.quoted(websocket.jwtCookie)
        }
        for header in websocket.headers.keys.sorted() {
            let name = header.lowercased()
            if ["host", "content-length", "connection", "upgrade", "nats-no-masking"].contains(name) {
                return "websocket: invalid header \(GoText.quoted(header)) not allowed"
            }
            if name.hasPrefix("sec-websocket-") {
                return "websocket: invalid header \(GoText.quoted(header)), \"Sec-WebSocket-\" prefix not allowed"
            }
        }
        return nil
    }

    /// Why browsers' pages cannot be told apart by `text`.
    private func complaint(aboutOrigin text: String) -> String? {
        let quoted = GoText.quoted(text)
        guard let colon = text.firstIndex(of: ":"), colon > text.startIndex else {
            return "unable to parse allowed origin: parse \(quoted): invalid URI for request"
        }
        guard ["http", "https"].contains(text[..<colon].lowercased()) else {
            return "unable to parse allowed origin \(quoted): allowed origins must be absolute URLs with http or "
                + "https scheme"
        }
        let rest = text[text.index(after: colon)...]
        guard rest.hasPrefix("//"), let first = rest.dropFirst(2).first, !"/?#".contains(first) else {
            return "unable to parse allowed origin \(quoted): host is required"
        }
        return nil
    }

    private var accountComplaint: String? {
        // Accounts that a resolver knows are not in the file; that there is none here is told where support is.
        let elsewhere = [UnsupportedFeature.operators, .resolver].map(\.message)
        guard !unsupported.contains(where: { elsewhere.contains($0.message) }) else { return nil }
        let known = Set(accounts.map(\.name)).union([AccountOptions.globalName])
        if !systemAccount.isEmpty, !known.contains(systemAccount) {
            return "error resolving system account: account missing"
        }
        return nil
    }
}
