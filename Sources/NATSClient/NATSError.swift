/// An error of a NATS connection.
///
/// ``code`` says what happened and is what programs compare. ``description`` is the text that the NATS tools print; it
/// carries the server's own words where there are any.
public struct NATSError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What went wrong. More codes may come: always have a default case.
    public struct Code: Hashable, Sendable {
        enum Base: Hashable, Sendable {
            case authenticationExpired, authorization, badCredentials, badHeaders, badQueue, badServerURL, badSubject,
                cancelled
            case connectionClosed, connectionDraining, disconnected, drainTimeout, headersUnsupported
            case maximumMessages, maximumPayload, maximumConnections, maximumSubscriptions, network, noResponders
            case noServers, permissionsViolation, protocolViolation, reconnectBufferExceeded, server, slowConsumer
            case staleConnection, timeout, tlsFailed, tlsUnavailable
        }

        let base: Base

        /// The credentials were right once and have expired or been revoked.
        public static let authenticationExpired = Code(base: .authenticationExpired)
        /// The server refused the credentials, or wants some and got none.
        public static let authorization = Code(base: .authorization)
        /// A key or a credentials file can't be read.
        public static let badCredentials = Code(base: .badCredentials)
        /// A header name is not valid, or a received header block can't be read.
        public static let badHeaders = Code(base: .badHeaders)
        /// A queue group's name is empty or holds blanks.
        public static let badQueue = Code(base: .badQueue)
        /// A server address can't be read.
        public static let badServerURL = Code(base: .badServerURL)
        /// A subject is empty, holds blanks, or has an empty token.
        public static let badSubject = Code(base: .badSubject)
        /// The task that waited was cancelled.
        public static let cancelled = Code(base: .cancelled)
        /// The connection is closed for good.
        public static let connectionClosed = Code(base: .connectionClosed)
        /// The connection is draining and takes no more work.
        public static let connectionDraining = Code(base: .connectionDraining)
        /// There is no connection at the moment; it may come back.
        public static let disconnected = Code(base: .disconnected)
        /// Draining took longer than ``ConnectionOptions/drainTimeout``.
        public static let drainTimeout = Code(base: .drainTimeout)
        /// The server does not understand headers.
        public static let headersUnsupported = Code(base: .headersUnsupported)
        /// A subscription has had all the messages that it asked for.
        public static let maximumMessages = Code(base: .maximumMessages)
        /// A message is larger than the server allows.
        public static let maximumPayload = Code(base: .maximumPayload)
        /// The server, or the account, has no room for another connection.
        public static let maximumConnections = Code(base: .maximumConnections)
        /// The connection has more subscriptions than the server allows.
        public static let maximumSubscriptions = Code(base: .maximumSubscriptions)
        /// The network failed; the description says how.
        public static let network = Code(base: .network)
        /// Nobody listens to the subject of a request.
        public static let noResponders = Code(base: .noResponders)
        /// None of the servers answers.
        public static let noServers = Code(base: .noServers)
        /// The user may not publish or subscribe to a subject.
        public static let permissionsViolation = Code(base: .permissionsViolation)
        /// What came over the wire is not the NATS protocol.
        public static let protocolViolation = Code(base: .protocolViolation)
        /// More was published while disconnected than ``ConnectionOptions/reconnectBufferSize`` holds.
        public static let reconnectBufferExceeded = Code(base: .reconnectBufferExceeded)
        /// The server sent an error that has no code of its own.
        public static let server = Code(base: .server)
        /// A subscription's consumer fell behind, and messages were dropped.
        public static let slowConsumer = Code(base: .slowConsumer)
        /// Pings were not answered.
        public static let staleConnection = Code(base: .staleConnection)
        /// Nothing came in time.
        public static let timeout = Code(base: .timeout)
        /// The TLS handshake came to nothing, or a file for it can't be used; the description says why.
        public static let tlsFailed = Code(base: .tlsFailed)
        /// TLS is asked for, and the server does not speak it.
        public static let tlsUnavailable = Code(base: .tlsUnavailable)
    }

    /// What went wrong.
    public var code: Code

    /// The error as the NATS tools print it.
    public var description: String

    /// The subject that a ``Code/permissionsViolation`` is about.
    public var subject: String?

    package init(_ code: Code, _ description: String, subject: String? = nil) {
        self.code = code
        self.description = description
        self.subject = subject
    }
}
