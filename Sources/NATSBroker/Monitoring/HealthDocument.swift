import GoFormats
import NATSWire

/// `/healthz`: whether the server is well. Without JetStream it is when it can be asked.
struct HealthDocument {
    private static let flags = ["js-enabled", "js-enabled-only", "js-server-only", "js-meta-only"]

    private var account: String
    private var stream: String
    private var consumer: String
    private var showsDetails: Bool
    /// Whether an option was used that has another name now.
    private(set) var isDeprecated = false

    init(_ query: MonitoringQuery) throws(MonitoringQuery.Failure) {
        for flag in Self.flags { _ = try query.bool(flag) }
        isDeprecated = try query.bool("js-enabled")
        showsDetails = try query.bool("details")
        account = query["account"]
        stream = query["stream"]
        consumer = query["consumer"]
    }

    /// Reads the options of a request to the system account's service.
    init(_ options: ServiceOptions) throws(ServiceOptions.Failure) {
        for flag in Self.flags { _ = try options.bool(flag) }
        account = try options.string("account")
        stream = try options.string("stream")
        consumer = try options.string("consumer")
        showsDetails = try options.bool("details")
    }

    /// What is wrong with the question.
    private var complaint: String? {
        if account.isEmpty && !stream.isEmpty {
            return "\"account\" must not be empty when checking stream health"
        }
        if stream.isEmpty && !consumer.isEmpty {
            return "\"stream\" must not be empty when checking consumer health"
        }
        return nil
    }

    /// What the log is told.
    var logLine: String? {
        complaint.map { "Healthcheck failed: " + (showsDetails ? "1 errors" : GoText.quoted($0)) }
    }

    /// The HTTP status: 200 when all is well.
    var status: Int { complaint == nil ? 200 : 400 }

    /// - Parameter withStatus: whether the status is said in the document; over HTTP it is the response's own.
    func document(withStatus: Bool) -> JSONValue {
        var members: [JSONValue.Member] = [.init("status", complaint == nil ? "ok" : "error")]
        if withStatus { members.append(.init("status_code", .int(Int64(status)))) }
        if let complaint, showsDetails {
            let error = JSONValue.object([.init("type", "BAD_REQUEST"), .init("error", .string(complaint))])
            members.append(.init("errors", .array([error])))
        } else if let complaint {
            members.append(.init("error", .string(complaint)))
        }
        return .object(members)
    }
}
