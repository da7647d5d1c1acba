package import NATSWire

/// A user that may connect.
package struct User: Sendable, Hashable {
    package var name: String
    /// Plain text, or a bcrypt hash.
    package var password: String
    package var account: String
    /// Nil where nothing is restricted.
    package var permissions: Permissions?
    /// Whether the user may connect over TCP, with TLS or without; `allowed_connection_types` may say otherwise.
    package var mayConnectPlainly: Bool
    package var mayConnectByWebSocket: Bool

    package init(
        name: String,
        password: String,
        account: String,
        permissions: Permissions? = nil,
        mayConnectPlainly: Bool = true,
        mayConnectByWebSocket: Bool = true
    ) {
        self.mayConnectByWebSocket = mayConnectByWebSocket
        self.mayConnectPlainly = mayConnectPlainly
        self.name = name
        self.password = password
        self.account = account
        self.permissions = permissions
    }

    /// Whether `allowed_connection_types` lets the user in.
    package func mayConnect(asWebSocket: Bool) -> Bool {
        asWebSocket ? mayConnectByWebSocket : mayConnectPlainly
    }
}

/// Who may connect, and as whom. Pure: it decides and does nothing else.
package struct Authenticator: Sendable {
    /// The account of everybody who was not given another one.
    package static let globalAccount = "$G"

    /// What a client that was let in is bound to.
    package struct Identity: Sendable, Hashable {
        package var account: String
        /// Nil when the client is known by no name.
        package var user: String?
        package var permissions: Permissions?
    }

    package enum Rule: Sendable {
        /// Everybody is let in.
        case open
        /// One token for all.
        case token(String)
        /// One user for all, without an account of its own.
        case single(user: String, password: String)
        /// Users by name.
        case users([String: User])
    }

    package var rule: Rule
    /// The user that clients without credentials become.
    package var noAuthUser: String?

    package init(rule: Rule, noAuthUser: String? = nil) {
        self.rule = rule
        self.noAuthUser = noAuthUser
    }

    /// True when clients must send CONNECT before anything else.
    package var isRequired: Bool {
        if case .open = rule { false } else { true }
    }

    /// True when INFO asks clients for credentials.
    package var asksForCredentials: Bool {
        isRequired && noAuthUser == nil
    }

    /// Decides about a client by what its CONNECT says.
    ///
    /// - Returns: nil when it must be turned away.
    package func identify(_ options: ConnectOptions, asWebSocket: Bool = false) -> Identity? {
        let name = options.user.isEmpty ? nil : options.user
        switch rule {
        case .open:
            return Identity(account: Self.globalAccount, user: name, permissions: nil)
        case .token(let token):
            guard Password.matches(stored: token, given: options.token) else { return nil }
            return Identity(account: Self.globalAccount, user: name, permissions: nil)
        case .single(let user, let password):
            guard options.user == user, Password.matches(stored: password, given: options.password) else { return nil }
            return Identity(account: Self.globalAccount, user: user, permissions: nil)
        case .users(let users):
            if options.user.isEmpty && options.password.isEmpty && options.token.isEmpty,
                let noAuthUser, let user = users[noAuthUser], user.mayConnect(asWebSocket: asWebSocket)
            {
                return Identity(account: user.account, user: user.name, permissions: user.permissions)
            }
            guard let user = users[options.user], user.mayConnect(asWebSocket: asWebSocket),
                Password.matches(stored: user.password, given: options.password)
            else { return nil }
            return Identity(account: user.account, user: user.name, permissions: user.permissions)
        }
    }
}
