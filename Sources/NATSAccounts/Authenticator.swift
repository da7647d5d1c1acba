package import NATSWire

/// Who may connect, and as whom. Pure: it decides and does nothing else.
package struct Authenticator: Sendable {
    /// The account of everybody who was not given another one.
    package static let globalAccount = "$G"

    /// What a client that was let in is bound to.
    package struct Identity: Sendable, Hashable {
        package var account: String
        /// Nil when the client is known by no name. Of a user with a key, the key.
        package var user: String?
        package var permissions: Permissions?
    }

    /// What is said about a client.
    package enum Verdict: Sendable, Hashable {
        case refused
        /// Refused because the client did not come through a trusted proxy.
        case needsProxy
        case granted(Identity)
        /// Granted if ``Password/matches(stored:given:)`` says so of the two. The stored one is a hash, so that takes long.
        case unproven(Identity, stored: String, given: String)
    }

    package enum Rule: Sendable {
        /// Everybody is let in.
        case open
        /// One token for all.
        case token(String)
        /// One user for all, without an account of its own.
        case single(user: String, password: String)
        /// Users by name, and users by key.
        case users([String: User], nkeys: [String: NKeyUser] = [:])
    }

    package var rule: Rule
    /// The user, or the key, that clients without credentials become.
    package var noAuthUser: String?
    /// Whether those with the token, or the one user, may come through a trusted proxy alone.
    package var needsProxy: Bool

    package init(rule: Rule, noAuthUser: String? = nil, needsProxy: Bool = false) {
        self.rule = rule
        self.noAuthUser = noAuthUser
        self.needsProxy = needsProxy
    }

    /// True when clients must send CONNECT before anything else.
    package var isRequired: Bool {
        if case .open = rule { false } else { true }
    }

    /// True when INFO asks clients for credentials.
    package var asksForCredentials: Bool {
        isRequired && noAuthUser == nil
    }

    /// True when INFO gives clients a nonce to sign.
    package var needsNonce: Bool {
        if case .users(_, let nkeys) = rule { !nkeys.isEmpty } else { false }
    }

    /// Whether a user has `nkey`.
    package func hasNKey(_ nkey: String) -> Bool {
        if case .users(_, let nkeys) = rule { nkeys[nkey] != nil } else { false }
    }

    /// What a client without any credentials is taken to have sent: those of the user for such clients, where it has a plain
    /// password. As with nats-server they hold for a later CONNECT, too, which may say a part of it anew.
    package func complete(_ options: inout ConnectOptions) {
        guard case .users(let users, _) = rule, Self.isAnonymous(options), options.nkey.isEmpty,
            let user = noAuthUser.flatMap({ users[$0] }), !Password.isBcrypt(user.password)
        else { return }
        options.user = user.name
        options.password = user.password
    }

    private static func isAnonymous(_ options: ConnectOptions) -> Bool {
        options.user.isEmpty && options.password.isEmpty && options.token.isEmpty
    }

    /// Decides about a client by what its CONNECT says, the nonce that it was given and the way in which it came.
    package func judge(_ options: ConnectOptions, nonce: String, kind: ConnectionKind) -> Verdict {
        switch rule {
        case .open:
            let name = options.user.isEmpty ? nil : options.user
            return .granted(Identity(account: Self.globalAccount, user: name, permissions: nil))
        case .token where needsProxy, .single where needsProxy:
            return .needsProxy
        case .token(let token):
            let name = options.user.isEmpty ? nil : options.user
            let identity = Identity(account: Self.globalAccount, user: name, permissions: nil)
            return compare(token, options.token, identity)
        case .single(let user, let password):
            guard options.user == user else { return .refused }
            let identity = Identity(account: Self.globalAccount, user: user, permissions: nil)
            return compare(password, options.password, identity)
        case .users(let users, let nkeys):
            return judge(options, users, nkeys, nonce: nonce, kind: kind)
        }
    }

    private func judge(
        _ options: ConnectOptions,
        _ users: [String: User],
        _ nkeys: [String: NKeyUser],
        nonce: String,
        kind: ConnectionKind
    ) -> Verdict {
        let anonymous = Self.isAnonymous(options) ? noAuthUser : nil
        if !nkeys.isEmpty {
            let name = options.nkey.isEmpty ? anonymous.flatMap { nkeys[$0]?.nkey } ?? "" : options.nkey
            if !name.isEmpty {
                guard let user = nkeys[name], Self.admits(user.connectionKinds, kind) else { return .refused }
                guard !user.needsProxy else { return .needsProxy }
                let isProven =
                    name == noAuthUser
                    || NKeySignature.isValid(options.signature, of: nonce, by: user.publicKey)
                guard isProven else { return .refused }
                return .granted(Identity(account: user.account, user: user.nkey, permissions: user.permissions))
            }
        }
        let name = options.user.isEmpty ? anonymous ?? "" : options.user
        guard let user = users[name], Self.admits(user.connectionKinds, kind) else { return .refused }
        guard !user.needsProxy else { return .needsProxy }
        let identity = Identity(account: user.account, user: user.name, permissions: user.permissions)
        // Whoever has no credentials gets the stored password, which proves nothing where that is a hash.
        if options.user.isEmpty { return Password.isBcrypt(user.password) ? .refused : .granted(identity) }
        return compare(user.password, options.password, identity)
    }

    private func compare(_ stored: String, _ given: String, _ identity: Identity) -> Verdict {
        if Password.isBcrypt(stored) { return .unproven(identity, stored: stored, given: given) }
        return Password.matches(stored: stored, given: given) ? .granted(identity) : .refused
    }

    private static func admits(_ allowed: Set<ConnectionKind>?, _ kind: ConnectionKind) -> Bool {
        allowed?.contains(kind) ?? true
    }
}
