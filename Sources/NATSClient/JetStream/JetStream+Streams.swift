extension JetStream {
    /// Creates a stream. It is no error if there is one with the very same configuration.
    ///
    /// - Throws: ``JetStreamError`` with ``ServerErrorCode/streamNameInUse``, ``ServerErrorCode/subjectsOverlap``,
    ///   ``ServerErrorCode/invalidStreamConfiguration`` and others.
    @discardableResult
    public func createStream(_ configuration: StreamConfiguration) async throws(JetStreamError) -> StreamHandle {
        try Self.check(name: configuration.name, of: "stream")
        let answer = try await request("STREAM.CREATE.\(configuration.name)", configuration.document)
        return StreamHandle(name: configuration.name, jetStream: self, lastInfo: StreamInfo(document: answer))
    }

    /// Changes a stream's configuration. What it may not become, such as another storage, the server refuses.
    ///
    /// - Throws: ``JetStreamError`` with ``ServerErrorCode/streamNotFound``, among others.
    @discardableResult
    public func updateStream(_ configuration: StreamConfiguration) async throws(JetStreamError) -> StreamHandle {
        try Self.check(name: configuration.name, of: "stream")
        let answer = try await request("STREAM.UPDATE.\(configuration.name)", configuration.document)
        return StreamHandle(name: configuration.name, jetStream: self, lastInfo: StreamInfo(document: answer))
    }

    /// Changes a stream, or creates it if it does not exist.
    @discardableResult
    public func createOrUpdateStream(_ configuration: StreamConfiguration) async throws(JetStreamError)
        -> StreamHandle
    {
        do {
            return try await updateStream(configuration)
        } catch let error where error.serverCode == .streamNotFound {
            return try await createStream(configuration)
        }
    }

    /// A stream that exists.
    ///
    /// - Throws: ``JetStreamError`` with ``ServerErrorCode/streamNotFound`` if there is none of the name.
    public func stream(_ name: String) async throws(JetStreamError) -> StreamHandle {
        try Self.check(name: name, of: "stream")
        let answer = try await request("STREAM.INFO.\(name)")
        return StreamHandle(name: name, jetStream: self, lastInfo: StreamInfo(document: answer))
    }

    /// Removes a stream, its messages and its consumers.
    public func deleteStream(_ name: String) async throws(JetStreamError) {
        try Self.check(name: name, of: "stream")
        try expectSuccess(try await request("STREAM.DELETE.\(name)"))
    }

    /// All streams of the account.
    ///
    /// - Parameter subject: only those that store messages of the subject, which may hold wildcards.
    public func streams(subject: String? = nil) async throws(JetStreamError) -> [StreamInfo] {
        try await list("STREAM.LIST", "streams", Self.filter(subject))
    }

    /// The names of all streams of the account.
    ///
    /// - Parameter subject: only those that store messages of the subject, which may hold wildcards.
    public func streamNames(subject: String? = nil) async throws(JetStreamError) -> [String] {
        try await list("STREAM.NAMES", "streams", Self.filter(subject))
    }

    private static func filter(_ subject: String?) -> JSONDocument {
        var document = JSONDocument()
        document["subject"] = subject
        return document
    }
}
