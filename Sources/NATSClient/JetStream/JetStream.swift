/// Streams, consumers, key-value buckets and object stores of a server.
///
/// ```swift
/// let connection = try await NATSConnection.connect(to: "nats://127.0.0.1:4222")
/// let jetStream = connection.jetStream()
/// let stream = try await jetStream.createStream(StreamConfiguration(name: "EVENTS", subjects: ["enterprise.>"]))
/// try await jetStream.publish("started", to: "enterprise.line1")
/// ```
///
/// A value of this type is only a way to address the server: it is cheap, and holds nothing but its connection.
public struct JetStream: Sendable {
    /// The connection that everything goes over.
    public let connection: NATSConnection

    /// What the subjects of requests begin with, without a dot at the end: `$JS.API`, or that of a domain or an import.
    public let prefix: String

    /// How long to wait for an answer.
    public var timeout: Duration

    init(connection: NATSConnection, prefix: String, timeout: Duration) {
        self.connection = connection
        self.prefix = prefix
        self.timeout = timeout
    }

    /// What the prefix is unless something else is asked for.
    public static let defaultPrefix = "$JS.API"
}

extension NATSConnection {
    /// JetStream over this connection. Nothing is sent: whether there is JetStream shows with the first request.
    ///
    /// - Parameters:
    ///   - domain: the JetStream domain to speak to, if it is not the server's own.
    ///   - timeout: how long to wait for an answer.
    public func jetStream(domain: String? = nil, timeout: Duration = .seconds(5)) -> JetStream {
        let prefix = domain.map { "$JS.\($0).API" } ?? JetStream.defaultPrefix
        return JetStream(connection: self, prefix: prefix, timeout: timeout)
    }

    /// JetStream that another account shares under a prefix of its own.
    ///
    /// - Parameters:
    ///   - prefix: what the account's API was imported as, in the place of `$JS.API`.
    ///   - timeout: how long to wait for an answer.
    public func jetStream(prefix: String, timeout: Duration = .seconds(5)) -> JetStream {
        let trimmed = prefix.hasSuffix(".") ? String(prefix.dropLast()) : prefix
        return JetStream(connection: self, prefix: trimmed, timeout: timeout)
    }
}
