import NATSWire

/// An error of JetStream, or of the connection beneath it.
///
/// ``code`` says what happened and is what programs compare. Where the server itself refused, ``serverCode`` says why by
/// JetStream's own number (`err_code`):
///
/// ```swift
/// do {
///     _ = try await jetStream.stream("EVENTS")
/// } catch let error where error.serverCode == .streamNotFound {
///     _ = try await jetStream.createStream(StreamConfiguration(name: "EVENTS", subjects: ["enterprise.>"]))
/// }
/// ```
public struct JetStreamError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What went wrong. More codes may come: always have a default case.
    public struct Code: Hashable, Sendable {
        enum Base: Hashable, Sendable {
            case badArgument, badResponse, bucketNotFound, connection, consumerDeleted, digestMismatch, keyDeleted
            case keyExists, keyNotFound, notEnabled, notJetStreamMessage, noStream, objectExists, objectNotFound
            case badLink, pullRefused, server, wrongRevision
        }

        let base: Base

        /// A name, a key or an option is not valid; nothing was sent.
        public static let badArgument = Code(base: .badArgument)
        /// A link to an object can't be made or followed.
        public static let badLink = Code(base: .badLink)
        /// The server's answer can't be read.
        public static let badResponse = Code(base: .badResponse)
        /// There is no such key-value bucket or object store.
        public static let bucketNotFound = Code(base: .bucketNotFound)
        /// The connection failed, or no answer came in time: see ``JetStreamError/connectionError``.
        public static let connection = Code(base: .connection)
        /// The consumer that messages were taken from is gone.
        public static let consumerDeleted = Code(base: .consumerDeleted)
        /// An object's bytes are not those that were put: they changed, or some are missing.
        public static let digestMismatch = Code(base: .digestMismatch)
        /// The key's last revision is a deletion.
        public static let keyDeleted = Code(base: .keyDeleted)
        /// The key that was to be created has a value.
        public static let keyExists = Code(base: .keyExists)
        /// The key has no value, or not the revision that was asked for.
        public static let keyNotFound = Code(base: .keyNotFound)
        /// JetStream is not enabled, on the server or for the account.
        public static let notEnabled = Code(base: .notEnabled)
        /// A message did not come from a stream's consumer: it can't be acknowledged.
        public static let notJetStreamMessage = Code(base: .notJetStreamMessage)
        /// No stream stores messages of the subject that was published to.
        public static let noStream = Code(base: .noStream)
        /// An object of the name exists.
        public static let objectExists = Code(base: .objectExists)
        /// There is no object of the name.
        public static let objectNotFound = Code(base: .objectNotFound)
        /// The server does not serve a request for messages; the description says why.
        public static let pullRefused = Code(base: .pullRefused)
        /// The server refused a request: see ``JetStreamError/serverCode``.
        public static let server = Code(base: .server)
        /// The key has another revision than the one that was expected: somebody else was faster.
        public static let wrongRevision = Code(base: .wrongRevision)
    }

    /// What went wrong.
    public var code: Code

    /// The error as the NATS tools print it.
    public var description: String

    /// JetStream's number for the refusal, the `err_code` of its documents; `nil` if the server did not refuse.
    public var serverCode: ServerErrorCode?

    /// The refusal's kind in the terms of HTTP, such as 404.
    public var status: Int?

    /// The error of the connection that is behind a ``Code/connection``.
    public var connectionError: NATSError?

    init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }

    /// The same error under a code that says more of what it means here.
    func recoded(_ code: Code, _ description: String? = nil) -> JetStreamError {
        var error = self
        error.code = code
        error.description = description ?? self.description
        return error
    }
}

extension JetStreamError {
    static let notEnabled = JetStreamError(.notEnabled, "nats: jetstream not enabled")
    static let noStream = JetStreamError(.noStream, "nats: no stream matches subject")

    static func badArgument(_ description: String) -> JetStreamError {
        JetStreamError(.badArgument, description)
    }

    static func badResponse(_ description: String) -> JetStreamError {
        JetStreamError(.badResponse, "nats: the server's answer is not readable: " + description)
    }

    /// An error of the connection.
    static func connection(_ error: NATSError) -> JetStreamError {
        var result = JetStreamError(.connection, error.description)
        result.connectionError = error
        return result
    }

    /// The refusal that an answer holds, if it holds one.
    package init?(answer: JSONDocument) {
        guard let error: JSONValue = answer["error"], case .object(let members) = error else { return nil }
        let document = JSONDocument(members)
        let serverCode = ServerErrorCode(rawValue: document["err_code", default: 0])
        let description = document["description", default: "no description"]
        self.init(.server, "\(description) (\(serverCode.rawValue))")
        self.serverCode = serverCode
        status = document["code"]
        if serverCode == .notEnabled || serverCode == .notEnabledForAccount {
            code = .notEnabled
        }
    }
}
