import NATSClient
import NATSWire
import NIOCore
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A service that can be found: it answers requests on its endpoints, and questions about itself (ADR-32).
struct MicroService: Sendable {
    struct Endpoint: Sendable {
        var name: String
        var subject: String
    }

    /// What goes back to who asked.
    struct Answer: Sendable {
        var headers = Headers()
        var payload = ByteBuffer()
    }

    typealias Handler = @Sendable (NATSMessage) async throws -> Answer

    /// The group in which all instances of a service share requests.
    static let queueGroup = "q"
    /// What the subjects of questions about services begin with.
    static let prefix = "$SRV"

    let name: String
    let version: String
    let description: String
    let metadata: [String: String]
    let connection: NATSConnection
    let endpoints: [Endpoint]
    /// The number of this instance.
    let id = NUID.next()
    private let started = Date.now

    init(
        name: String,
        version: String,
        description: String = "",
        metadata: [String: String] = [:],
        connection: NATSConnection,
        endpoints: [Endpoint]
    ) {
        self.name = name
        self.version = version
        self.description = description
        self.metadata = metadata
        self.connection = connection
        self.endpoints = endpoints
    }

    /// What was done on an endpoint.
    private struct Statistics: Sendable {
        var requests = 0
        var errors = 0
        var lastError = ""
        var time = Duration.zero
    }

    private final class Counters: Sendable {
        private let counts: Mutex<[String: Statistics]> = Mutex([:])

        func record(_ endpoint: String, _ time: Duration, error: (any Error)?) {
            counts.withLock { counts in
                var statistics = counts[endpoint] ?? Statistics()
                statistics.requests += 1
                statistics.time += time
                if let error {
                    statistics.errors += 1
                    statistics.lastError = "\(error)"
                }
                counts[endpoint] = statistics
            }
        }

        func of(_ endpoint: String) -> Statistics {
            counts.withLock { $0[endpoint] ?? Statistics() }
        }
    }

    /// Answers until the connection is closed or the task cancelled.
    ///
    /// - Parameter started: is called as soon as the server knows all subscriptions.
    func run(started: @Sendable () -> Void = {}, _ handler: @escaping Handler) async throws {
        let counters = Counters()
        var questions: [(NATSSubscription, @Sendable () -> JSONDocument)] = []
        for (verb, document) in [
            ("PING", { @Sendable in self.ping }), ("INFO", { @Sendable in self.info }),
            ("STATS", { @Sendable in self.statistics(counters) }),
        ] {
            for suffix in ["", ".\(name)", ".\(name).\(id)"] {
                questions.append((try connection.subscribe(to: "\(Self.prefix).\(verb)\(suffix)"), document))
            }
        }
        let requests = try endpoints.map { endpoint in
            (endpoint, try connection.subscribe(to: endpoint.subject, queue: Self.queueGroup))
        }
        try await connection.flush()
        started()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (subscription, document) in questions {
                group.addTask {
                    for try await question in subscription where question.replyTo != nil {
                        try await connection.reply(
                            to: question, with: ByteBuffer(bytes: document().json.encoded()))
                    }
                }
            }
            for (endpoint, subscription) in requests {
                group.addTask {
                    for try await request in subscription {
                        try await answer(request, endpoint, counters, handler)
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    private func answer(
        _ request: NATSMessage,
        _ endpoint: Endpoint,
        _ counters: Counters,
        _ handler: Handler
    ) async throws {
        let start = ContinuousClock.now
        var answer = Answer()
        var failure: (any Error)?
        do {
            answer = try await handler(request)
        } catch {
            failure = error
            answer.headers.add("Nats-Service-Error", "\(error)")
            answer.headers.add("Nats-Service-Error-Code", "500")
        }
        counters.record(endpoint.name, ContinuousClock.now - start, error: failure)
        guard request.replyTo != nil else { return }
        try await connection.reply(to: request, with: answer.payload, headers: answer.headers)
    }

    // MARK: Documents

    private func document(_ type: String) -> JSONDocument {
        var document = JSONDocument()
        document["name"] = name
        document["id"] = id
        document["version"] = version
        document["metadata"] = metadata
        document["type"] = "io.nats.micro.v1.\(type)_response"
        return document
    }

    private var ping: JSONDocument { document("ping") }

    private var info: JSONDocument {
        var document = document("info")
        document["description"] = description
        document["endpoints"] = endpoints.map { endpoint in
            var item = JSONDocument()
            item["name"] = endpoint.name
            item["subject"] = endpoint.subject
            item["queue_group"] = Self.queueGroup
            item["metadata"] = JSONValue.null.json
            return item
        }
        return document
    }

    private func statistics(_ counters: Counters) -> JSONDocument {
        var document = document("stats")
        document["started"] = started
        document["endpoints"] = endpoints.map { endpoint in
            let counts = counters.of(endpoint.name)
            var item = JSONDocument()
            item["name"] = endpoint.name
            item["subject"] = endpoint.subject
            item["queue_group"] = Self.queueGroup
            item["num_requests"] = counts.requests
            item["num_errors"] = counts.errors
            item["last_error"] = counts.lastError
            item["processing_time"] = counts.time
            item["average_processing_time"] = counts.time / max(1, counts.requests)
            return item
        }
        return document
    }
}
