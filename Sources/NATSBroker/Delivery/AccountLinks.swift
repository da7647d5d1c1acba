import NATSSubjects

/// What ties an account to others, and what bounds it: all that configuration says about it besides its users. Replaced as a
/// whole when the configuration changes.
struct AccountLinks: Sendable {
    var mappings = SubjectMappings()
    var streamImports: [StreamImport] = []
    var serviceImports: [ServiceImport] = []
    var limits = AccountBounds()
}

/// Bounds on an account; nil for none.
struct AccountBounds: Sendable, Hashable {
    var maxConnections: Int?
    /// Of one connection.
    var maxSubscriptions: Int?
    /// Bytes of one message.
    var maxPayload: Int?
}
