import NATSSubjects

/// What ties an account to others, and what bounds it: all that configuration says about it besides its users. Replaced as a
/// whole when the configuration changes.
struct AccountLinks: Sendable {
    var mappings = SubjectMappings()
    var streamImports: [StreamImport] = []
    var serviceImports: [ServiceImport] = []
    var limits = AccountBounds()
    /// Where traces go that other systems began; nil for nowhere.
    var traceGoal: TraceGoal?
}

/// Where traces of an account's messages go that other systems began.
struct TraceGoal: Sendable, Hashable {
    var destination: String
    /// Percent of the messages.
    var sampling: Int

    /// Whether a message is one of those that are traced, by chance.
    var isSampled: Bool {
        sampling <= 0 || sampling >= 100 || Int.random(in: 0..<100) <= sampling
    }
}

/// Bounds on an account; nil for none.
struct AccountBounds: Sendable, Hashable {
    var maxConnections: Int?
    /// Of one connection.
    var maxSubscriptions: Int?
    /// Bytes of one message.
    var maxPayload: Int?
}
