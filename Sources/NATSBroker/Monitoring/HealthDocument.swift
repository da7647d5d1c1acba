import GoFormats
import JetStream
import NATSWire
import Synchronization

/// `/healthz`: whether the server is well. Without JetStream it is when it can be asked.
struct HealthDocument {
    private static let flags = ["js-enabled", "js-enabled-only", "js-server-only", "js-meta-only"]

    /// Something that is wrong.
    private struct Complaint {
        /// `BAD_REQUEST` and the like.
        var type: String
        var text: String
        var status = 503
        /// What the document says in place of details.
        var word = "unavailable"
        var account = ""
        var stream = ""
        var consumer = ""
    }

    private var account: String
    private var stream: String
    private var consumer: String
    private var showsDetails: Bool
    /// Whether streams are of no concern, or only whether there is JetStream at all.
    private var isForServerOnly: Bool
    private var isForJetStreamOnly: Bool
    /// Whether an option was used that has another name now.
    private(set) var isDeprecated = false
    private var complaints: [Complaint] = []

    init(_ query: MonitoringQuery) throws(MonitoringQuery.Failure) {
        for flag in Self.flags { _ = try query.bool(flag) }
        isDeprecated = try query.bool("js-enabled")
        isForServerOnly = try query.bool("js-server-only")
        isForJetStreamOnly = try query.bool("js-enabled-only") || isDeprecated
        showsDetails = try query.bool("details")
        account = query["account"]
        stream = query["stream"]
        consumer = query["consumer"]
    }

    /// Reads the options of a request to the system account's service.
    init(_ options: ServiceOptions) throws(ServiceOptions.Failure) {
        for flag in Self.flags { _ = try options.bool(flag) }
        isForServerOnly = try options.bool("js-server-only")
        isDeprecated = try options.bool("js-enabled")
        isForJetStreamOnly = try options.bool("js-enabled-only")
        if isDeprecated { isForJetStreamOnly = true }
        account = try options.string("account")
        stream = try options.string("stream")
        consumer = try options.string("consumer")
        showsDetails = try options.bool("details")
    }

    /// What of JetStream has to be known for the answer.
    static var report: ReportOptions {
        var options = ReportOptions()
        options.showsNames = true
        return options
    }

    // MARK: Checking

    /// Looks what is wrong, with the question or with the streams.
    mutating func check(_ broker: Broker, _ streams: JetStreamReport?) {
        if let text = questionComplaint {
            complaints = [Complaint(type: "BAD_REQUEST", text: text, status: 400, word: "error")]
            return
        }
        let unready = broker.unreadyListeners
        if !unready.isEmpty {
            let text = "failed to be ready for connections after 1ms: " + unready.joined(separator: ", ")
            complaints = [Complaint(type: "CONNECTION", text: text, status: 500, word: "error")]
            return
        }
        guard !isForServerOnly, broker.settings.jetStream != nil else { return }
        guard let streams else {
            complaints = [Complaint(type: "JETSTREAM", text: "jetstream not enabled")]
            return
        }
        if !isForJetStreamOnly { checkStreams(streams) }
    }

    private var questionComplaint: String? {
        if account.isEmpty && !stream.isEmpty {
            return "\"account\" must not be empty when checking stream health"
        }
        if stream.isEmpty && !consumer.isEmpty {
            return "\"stream\" must not be empty when checking consumer health"
        }
        return nil
    }

    private mutating func checkStreams(_ streams: JetStreamReport) {
        for (name, lost) in streams.unrecovered.sorted(by: { $0.key < $1.key })
        where account.isEmpty || account == name {
            for one in lost where stream.isEmpty || stream == one {
                let text = "JetStream stream '\(name) > \(one)' could not be recovered"
                complaints.append(Complaint(type: "STREAM", text: text, account: name, stream: one))
            }
        }
        guard !account.isEmpty, complaints.isEmpty else { return }
        let known = streams.accounts.first { $0.name == account }?.stored ?? [:]
        var missing: Complaint?
        if known.isEmpty {
            missing = Complaint(
                type: "ACCOUNT", text: "JetStream account \(GoText.quoted(account)) not found", account: account)
        } else if !stream.isEmpty, known[stream] == nil {
            let text = "JetStream stream \(GoText.quoted(stream)) not found on account \(GoText.quoted(account))"
            missing = Complaint(type: "STREAM", text: text, account: account, stream: stream)
        } else if !consumer.isEmpty, known[stream]?.contains(consumer) != true {
            let text =
                "JetStream consumer \(GoText.quoted(consumer)) not found for stream \(GoText.quoted(stream)) "
                + "on account \(GoText.quoted(account))"
            missing = Complaint(type: "CONSUMER", text: text, account: account, stream: stream, consumer: consumer)
        }
        missing?.status = 404
        complaints = missing.map { [$0] } ?? []
    }

    // MARK: The answer

    /// What the log is told.
    var logLine: String? {
        guard let first = complaints.first else { return nil }
        return "Healthcheck failed: " + (showsDetails ? "\(complaints.count) errors" : GoText.quoted(first.text))
    }

    /// The HTTP status: 200 when all is well.
    var status: Int { complaints.first?.status ?? 200 }

    /// - Parameter withStatus: whether the status is said in the document; over HTTP it is the response's own.
    func document(withStatus: Bool) -> JSONValue {
        let word = complaints.first.map { showsDetails ? "error" : $0.word } ?? "ok"
        var members: [JSONValue.Member] = [.init("status", .string(word))]
        if withStatus { members.append(.init("status_code", .int(Int64(status)))) }
        if showsDetails, !complaints.isEmpty {
            members.append(.init("errors", .array(complaints.map(Self.detail))))
        } else if let first = complaints.first {
            members.append(.init("error", .string(first.text)))
        }
        return .object(members)
    }

    private static func detail(_ complaint: Complaint) -> JSONValue {
        var members: [JSONValue.Member] = [.init("type", .string(complaint.type))]
        for (key, value) in [
            ("account", complaint.account), ("stream", complaint.stream), ("consumer", complaint.consumer),
        ] where !value.isEmpty {
            members.append(.init(key, .string(value)))
        }
        members.append(.init("error", .string(complaint.text)))
        return .object(members)
    }
}
