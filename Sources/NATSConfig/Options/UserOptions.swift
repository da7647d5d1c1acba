/// A user with a name and a password.
package struct UserOptions: Sendable, Hashable {
    package var name: String
    /// As written; a bcrypt hash begins with `$2`.
    package var password = ""
    /// Nil for the global account.
    package var account: String?
    /// Nil when the user may do everything in its account.
    package var permissions: PermissionOptions?
    /// Nil when every kind of connection is allowed.
    package var allowedConnectionTypes: Set<ConnectionType>?
    package var proxyRequired = false

    package init(name: String) {
        self.name = name
    }
}

/// A user who proves to have a private key.
package struct NKeyUserOptions: Sendable, Hashable {
    /// The public key, `U…`.
    package var nkey: String
    /// Nil for the global account.
    package var account: String?
    /// Nil when the user may do everything in its account.
    package var permissions: PermissionOptions?
    /// Nil when every kind of connection is allowed.
    package var allowedConnectionTypes: Set<ConnectionType>?
    package var proxyRequired = false

    package init(nkey: String) {
        self.nkey = nkey
    }
}

/// The ways to connect that a user can be limited to.
package enum ConnectionType: String, Sendable, Hashable, CaseIterable {
    case standard = "STANDARD"
    case websocket = "WEBSOCKET"
    case leafnode = "LEAFNODE"
    case leafnodeWebsocket = "LEAFNODE_WS"
    case mqtt = "MQTT"
    case mqttWebsocket = "MQTT_WS"
    case inProcess = "IN_PROCESS"
}

/// What a user may publish and subscribe to.
package struct PermissionOptions: Sendable, Hashable {
    /// Nil when every subject is allowed.
    package var publish: SubjectPermissionOptions?
    /// Nil when every subject is allowed. Subjects here may be followed by a blank and a queue's name.
    package var subscribe: SubjectPermissionOptions?
    /// Nil when answering needs a permission to publish.
    package var responses: ResponsePermissionOptions?

    package init() {}
}

/// The subjects that are allowed and denied. What is denied beats what is allowed.
package struct SubjectPermissionOptions: Sendable, Hashable {
    /// Nil when everything is allowed that is not denied; empty when nothing is.
    package var allow: [String]?
    package var deny: [String]?

    package init(allow: [String]? = nil, deny: [String]? = nil) {
        self.allow = allow
        self.deny = deny
    }
}

/// How a user may answer requests that it received, whatever its permissions to publish.
package struct ResponsePermissionOptions: Sendable, Hashable {
    /// How many answers a request may get; negative for any number.
    package var maxMessages: Int
    /// For how long; negative for ever.
    package var expires: Duration

    /// One answer within two minutes, nats-server's default.
    package static let standard = ResponsePermissionOptions(maxMessages: 1, expires: .seconds(120))
}

/// The `authorization` block, but for its users.
package struct AuthorizationOptions: Sendable, Hashable {
    package var user = ""
    package var password = ""
    package var token = ""
    /// Seconds that a client has to authenticate; nil for the default.
    package var timeout: Double?
    package var defaultPermissions: PermissionOptions?
    package var proxyRequired = false

    package init() {}
}
