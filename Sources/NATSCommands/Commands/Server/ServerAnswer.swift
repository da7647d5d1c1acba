import NATSClient
import NATSWire
import NIOCore

/// What one server answers to a request for all of them.
struct ServerAnswer: Sendable {
    var document: JSONDocument

    /// Who answers.
    var server: JSONDocument { document.document("server") }
    /// The answer itself, `nil` if there is none.
    var data: JSONDocument? { document["data"] }
    /// What the server refuses.
    var error: String? {
        let error: JSONDocument? = document["error"]
        return error.map { "\($0.text("description")) (\($0.count("code")))" }
    }

    /// - Throws: ``CommandError`` for a refusal, and for an answer without anything in it.
    func content() throws(CommandError) -> JSONDocument {
        if let error { throw CommandError("invalid response received: \(error)") }
        guard let data else { throw CommandError("no data received in response") }
        return data
    }
}

/// How long to wait for answers of which nobody knows how many there are.
enum AnswerLimit: Sendable {
    /// Until so many are there.
    case count(Int)
    /// Until no more came for a moment.
    case quiet

    /// What a command line means by a number, of which zero stands for none given.
    init(_ count: Int) {
        self = count > 0 ? .count(count) : .quiet
    }
}

extension Invocation {
    static let noSystemAnswers =
        "no results received, ensure the account used has system privileges and appropriate permissions"

    /// Sends a request and takes all answers, with the time that each took.
    ///
    /// - Throws: ``NATSError`` if nobody listens.
    func answers(
        _ connection: NATSConnection,
        to subject: String,
        _ body: String,
        _ limit: AnswerLimit
    ) async throws -> [(answer: NATSMessage, time: Duration)] {
        let subscription = try connection.subscribe(to: connection.newInbox())
        defer { subscription.unsubscribe() }
        let traces = self[GlobalFlags.trace]
        if traces { console.log(">>> \(subject): \(body)\n") }
        let start = ContinuousClock.now
        let end = start + self[GlobalFlags.timeout]
        try await connection.publish(body, to: subject, replyTo: subscription.subject)
        var found: [(answer: NATSMessage, time: Duration)] = []
        while ContinuousClock.now < end {
            var wait = end - .now
            switch limit {
            case .count(let count) where found.count >= count: return found
            case .quiet where !found.isEmpty: wait = min(wait, .milliseconds(300))
            default: break
            }
            do {
                guard let answer = try await subscription.next(timeout: wait) else { break }
                guard !answer.isNoResponders else { throw NATSError.noResponders }
                if traces { console.log("<<< (\(answer.payload.readableBytes)B) \(answer.text)") }
                found.append((answer, ContinuousClock.now - start))
            } catch {
                guard let problem = error as? NATSError, problem.code == .timeout else { throw error }
                break
            }
        }
        return found
    }

    /// Asks the servers for something that only the system account may ask.
    ///
    /// - Parameter subject: the request's subject behind `$SYS.REQ.`.
    func serverAnswers(
        _ connection: NATSConnection,
        _ subject: String,
        _ request: JSONDocument = JSONDocument(),
        _ limit: AnswerLimit = .quiet
    ) async throws -> [ServerAnswer] {
        do {
            let body = String(decoding: request.json.encoded(), as: UTF8.self)
            return try await answers(connection, to: "$SYS.REQ." + subject, body, limit).map { answer, _ in
                ServerAnswer(document: try Self.document(of: answer))
            }
        } catch let error as NATSError where error.code == .noResponders {
            throw CommandError(
                "server request failed, ensure the account used has system privileges and appropriate permissions")
        }
    }

    /// How many servers the one that this client is connected to knows of.
    func serverCount(_ connection: NATSConnection) async throws -> Int {
        let answers = try await serverAnswers(connection, "SERVER.PING", JSONDocument(), .count(1))
        return answers.first?.document.document("statsz").count("active_servers") ?? 0
    }

    static func document(of message: NATSMessage) throws(CommandError) -> JSONDocument {
        guard let value = try? JSONValue(parsing: Array(message.payload.readableBytesView)),
            let document = JSONDocument(json: value)
        else {
            throw CommandError("invalid response received: it is no JSON object")
        }
        return document
    }
}

/// The flags by which answers are limited to some of the servers.
enum ServerFilterFlags {
    static let name = Flag.text("name", "Only the server of this name")
    static let host = Flag.text("host", "Only servers on this host")
    static let cluster = Flag.text("cluster", "Only servers of this cluster")
    static let tags = Flag.texts("tags", "Only servers with these tags")
}

extension Invocation {
    /// A request's options that limit it to the servers which the flags name.
    ///
    /// - Parameter hostIsName: whether `--host` gives a server's name, as it does for reports.
    func serverFilter(hostIsName: Bool = false) -> JSONDocument {
        var filter = JSONDocument()
        filter["server_name"] = hostIsName ? self[ServerFilterFlags.host] : self[ServerFilterFlags.name]
        filter["host"] = hostIsName ? nil : self[ServerFilterFlags.host]
        filter["cluster"] = self[ServerFilterFlags.cluster]
        let tags = self[ServerFilterFlags.tags]
        filter["tags"] = tags.isEmpty ? nil : tags
        filter["exact_match"] = true
        let domain = (try? settings())?.jetstreamDomain ?? ""
        filter["domain"] = domain.isEmpty ? nil : domain
        return filter
    }
}
