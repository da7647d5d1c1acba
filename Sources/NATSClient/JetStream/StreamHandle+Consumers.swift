import NATSWire

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

extension StreamHandle {
    /// Creates a pull consumer. It is no error if there is one with the very same configuration.
    ///
    /// - Throws: ``JetStreamError`` with ``ServerErrorCode/consumerExists`` if there is another one of the name.
    @discardableResult
    public func createConsumer(_ configuration: ConsumerConfiguration) async throws(JetStreamError) -> PullConsumer {
        try pull(try await send(configuration, action: "create"))
    }

    /// Changes a pull consumer's configuration.
    ///
    /// - Throws: ``JetStreamError`` with ``ServerErrorCode/consumerDoesNotExist`` if there is none of the name.
    @discardableResult
    public func updateConsumer(_ configuration: ConsumerConfiguration) async throws(JetStreamError) -> PullConsumer {
        try pull(try await send(configuration, action: "update"))
    }

    /// Changes a pull consumer, or creates it if it does not exist.
    @discardableResult
    public func createOrUpdateConsumer(_ configuration: ConsumerConfiguration) async throws(JetStreamError)
        -> PullConsumer
    {
        try pull(try await send(configuration, action: nil))
    }

    /// A pull consumer that exists.
    ///
    /// - Throws: ``JetStreamError`` with ``ServerErrorCode/consumerNotFound`` if there is none of the name, and
    ///   ``JetStreamError/Code/badArgument`` if it is a push consumer.
    public func consumer(_ name: String) async throws(JetStreamError) -> PullConsumer {
        try pull(try await consumerInfo(name))
    }

    /// Creates a push consumer, changes it, or finds it as it is.
    ///
    /// - Parameter configuration: without a deliver subject it gets one of its own, and goes when it is not used.
    @discardableResult
    public func pushConsumer(_ configuration: ConsumerConfiguration) async throws(JetStreamError) -> PushConsumer {
        var configuration = configuration
        if configuration.isPull {
            configuration.deliverSubject = jetStream.connection.newInbox()
        }
        return try push(try await send(configuration, action: nil))
    }

    /// A push consumer that exists.
    ///
    /// - Throws: ``JetStreamError`` with ``ServerErrorCode/consumerNotFound`` if there is none of the name, and
    ///   ``JetStreamError/Code/badArgument`` if it is a pull consumer.
    public func pushConsumer(_ name: String) async throws(JetStreamError) -> PushConsumer {
        try push(try await consumerInfo(name))
    }

    /// What the server tells about a consumer of either kind.
    public func consumerInfo(_ name: String) async throws(JetStreamError) -> ConsumerInfo {
        try JetStream.check(name: name, of: "consumer")
        return ConsumerInfo(document: try await jetStream.request("CONSUMER.INFO.\(self.name).\(name)"))
    }

    /// Removes a consumer.
    public func deleteConsumer(_ name: String) async throws(JetStreamError) {
        try JetStream.check(name: name, of: "consumer")
        try jetStream.expectSuccess(try await jetStream.request("CONSUMER.DELETE.\(self.name).\(name)"))
    }

    /// All consumers of the stream.
    public func consumers() async throws(JetStreamError) -> [ConsumerInfo] {
        try await jetStream.list("CONSUMER.LIST.\(name)", "consumers")
    }

    /// The names of all consumers of the stream.
    public func consumerNames() async throws(JetStreamError) -> [String] {
        try await jetStream.list("CONSUMER.NAMES.\(name)", "consumers")
    }

    /// Lets a consumer deliver nothing for a while.
    ///
    /// - Parameter until: when it goes on by itself; a time in the past lets it go on now.
    /// - Returns: for how long it is paused, zero if it is not.
    @discardableResult
    public func pauseConsumer(_ name: String, until: Date) async throws(JetStreamError) -> Duration {
        try JetStream.check(name: name, of: "consumer")
        var body = JSONDocument()
        body["pause_until"] = until
        let answer = try await jetStream.request("CONSUMER.PAUSE.\(self.name).\(name)", body)
        return answer["pause_remaining", default: .zero]
    }

    /// Lets a paused consumer go on.
    public func resumeConsumer(_ name: String) async throws(JetStreamError) {
        try JetStream.check(name: name, of: "consumer")
        _ = try await jetStream.request("CONSUMER.PAUSE.\(self.name).\(name)")
    }

    /// Has a consumer begin again: what it has delivered since then counts as not delivered. From nats-server 2.14 on.
    ///
    /// - Parameter sequence: of the message to go on with; by default the one behind the last that was acknowledged.
    public func resetConsumer(_ name: String, to sequence: Int? = nil) async throws(JetStreamError) {
        try JetStream.check(name: name, of: "consumer")
        var body = JSONDocument()
        body["seq"] = sequence
        _ = try await jetStream.request("CONSUMER.RESET.\(self.name).\(name)", body)
    }

    /// Lets go of the client that a consumer's messages are pinned to.
    public func unpinConsumer(_ name: String, group: String) async throws(JetStreamError) {
        try JetStream.check(name: name, of: "consumer")
        var body = JSONDocument()
        body["group"] = group
        _ = try await jetStream.request("CONSUMER.UNPIN.\(self.name).\(name)", body)
    }

    /// - Parameter action: `create`, `update`, or `nil` for either.
    package func send(_ configuration: ConsumerConfiguration, action: String?) async throws(JetStreamError)
        -> ConsumerInfo
    {
        var configuration = configuration
        let consumer = configuration.name ?? configuration.durable ?? NUID.next()
        try JetStream.check(name: consumer, of: "consumer")
        configuration.name = consumer
        var body = JSONDocument()
        body["stream_name"] = name
        body["config"] = configuration
        body["action"] = action
        // A single filter stands in the subject too, so that users can be allowed to read some subjects only.
        let filters = configuration.filterSubjects
        let filter = filters.count == 1 ? "." + filters[0] : ""
        return ConsumerInfo(
            document: try await jetStream.request("CONSUMER.CREATE.\(name).\(consumer)\(filter)", body))
    }

    private func pull(_ info: ConsumerInfo) throws(JetStreamError) -> PullConsumer {
        guard info.configuration.isPull else {
            throw .badArgument("nats: consumer \(info.name) is a push consumer: use pushConsumer(_:)")
        }
        return PullConsumer(stream: self, lastInfo: info)
    }

    private func push(_ info: ConsumerInfo) throws(JetStreamError) -> PushConsumer {
        guard let subject = info.configuration.deliverSubject else {
            throw .badArgument("nats: consumer \(info.name) is a pull consumer: use consumer(_:)")
        }
        return PushConsumer(stream: self, lastInfo: info, deliverSubject: subject)
    }
}
