/// The ways for a client to connect that a user can be limited to.
package enum ConnectionKind: Sendable, Hashable {
    /// Over TCP, with TLS or without.
    case standard
    case webSocket
}

/// A user with a name and a password.
package struct User: Sendable, Hashable {
    package var name: String
    /// Plain text, or a bcrypt hash.
    package var password: String
    package var account: String
    /// Nil where nothing is restricted.
    package var permissions: Permissions?
    /// The ways in which the user may connect; nil for all.
    package var connectionKinds: Set<ConnectionKind>?
    /// Whether the user may come through a trusted proxy alone, of which there are none.
    package var needsProxy: Bool

    package init(
        name: String,
        password: String,
        account: String,
        permissions: Permissions? = nil,
        connectionKinds: Set<ConnectionKind>? = nil,
        needsProxy: Bool = false
    ) {
        self.name = name
        self.password = password
        self.account = account
        self.permissions = permissions
        self.connectionKinds = connectionKinds
        self.needsProxy = needsProxy
    }
}

/// A user who proves to have a private key.
package struct NKeyUser: Sendable, Hashable {
    /// The public key as text, `U…`.
    package var nkey: String
    /// The 32 bytes of it.
    package var publicKey: [UInt8]
    package var account: String
    /// Nil where nothing is restricted.
    package var permissions: Permissions?
    /// The ways in which the user may connect; nil for all.
    package var connectionKinds: Set<ConnectionKind>?
    /// Whether the user may come through a trusted proxy alone, of which there are none.
    package var needsProxy: Bool

    package init(
        nkey: String,
        publicKey: [UInt8],
        account: String,
        permissions: Permissions? = nil,
        connectionKinds: Set<ConnectionKind>? = nil,
        needsProxy: Bool = false
    ) {
        self.nkey = nkey
        self.publicKey = publicKey
        self.account = account
        self.permissions = permissions
        self.connectionKinds = connectionKinds
        self.needsProxy = needsProxy
    }
}
