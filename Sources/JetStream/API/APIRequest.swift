package import NATSWire

/// A request on `$JS.API.>`, taken apart.
struct APIRequest {
    /// What follows `$JS.API.`, token by token.
    let tokens: [String]
    let subject: String
    let reply: [UInt8]
    let header: [UInt8]
    let body: [UInt8]
    /// Who asks, for the audit.
    let client: JSONValue

    /// Whether the body holds a document; requests for lists take anything else for nothing.
    var hasDocument: Bool {
        let first = body.first { $0 != 0x20 && $0 != 0x09 && $0 != 0x0A && $0 != 0x0D }
        return first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
    }

    /// Whether the body says nothing.
    var isEmpty: Bool {
        if body.isEmpty { return true }
        return (try? JSONValue(parsing: body)) == .object([])
    }

    var needsHigherLevel: Bool {
        header.withUnsafeBytes { MessageHeaders($0).needsHigherLevel }
    }
}

extension AccountJetStream {
    /// Answers a request on `$JS.API.>`, or on `$JS.<domain>.API.>` of this server's domain.
    ///
    /// - Parameter client: who asks, as audit advisories show it.
    /// - Returns: false where nobody is there to answer, so that the client is to be told that there are no responders.
    package func request(
        _ subject: [UInt8],
        reply: [UInt8],
        header: [UInt8],
        body: [UInt8],
        client: JSONValue = .object([])
    ) -> Bool {
        let text = String(decoding: subject, as: UTF8.self)
        var tokens = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        if tokens.count > 2, tokens[1] == settings.domain, tokens[2] == "API" { tokens.remove(at: 1) }
        guard tokens.count > 2, tokens[0] == "$JS", tokens[1] == "API" else { return false }
        let request = APIRequest(
            tokens: Array(tokens[2...]), subject: text, reply: reply, header: header, body: body, client: client)
        switch request.tokens[0] {
        case "INFO" where request.tokens.count == 1: accountInfo(request)
        case "STREAM": streamRequest(request)
        case "CONSUMER": return consumerRequest(request)
        case "DIRECT": return directRequest(request)
        default: break
        }
        return true
    }

    private func streamRequest(_ request: APIRequest) {
        let tokens = request.tokens
        switch (tokens.count, tokens.count > 1 ? tokens[1] : "") {
        case (2, "NAMES"): streamNames(request)
        case (2, "LIST"): streamList(request)
        case (3, "CREATE"): createStream(request, tokens[2])
        case (3, "UPDATE"): updateStream(request, tokens[2])
        case (3, "INFO"): streamInfo(request, tokens[2])
        case (3, "DELETE"): deleteStream(request, tokens[2])
        case (3, "PURGE"): purgeStream(request, tokens[2])
        case (3, "SNAPSHOT"): snapshotStream(request, tokens[2])
        case (3, "RESTORE"): restoreStream(request, tokens[2])
        case (3, "CANCEL_MOVE"): refuse(request, "stream_cancel_move", JetStreamError(.clusterRequired))
        case (4, "MSG") where tokens[2] == "GET": getMessage(request, tokens[3])
        case (4, "MSG") where tokens[2] == "DELETE": deleteMessage(request, tokens[3])
        case (4, "PEER") where tokens[2] == "REMOVE":
            refuse(request, "stream_remove_peer", JetStreamError(.clusterRequired))
        case (4, "PEER") where tokens[2] == "EVACUATE":
            refuse(request, "stream_remove_peer", JetStreamError(.clusterRequired))
        case (4, "LEADER") where tokens[2] == "STEPDOWN":
            refuse(request, "stream_leader_stepdown", JetStreamError(.clusterRequired))
        default: break
        }
    }

    private func consumerRequest(_ request: APIRequest) -> Bool {
        let tokens = request.tokens
        switch (tokens.count, tokens.count > 1 ? tokens[1] : "") {
        case (3..., "CREATE"): createConsumer(request)
        case (5, "DURABLE") where tokens[2] == "CREATE": createConsumer(request)
        case (3, "NAMES"): consumerNames(request, tokens[2])
        case (3, "LIST"): consumerList(request, tokens[2])
        case (4, "INFO"): consumerInfo(request, tokens[2], tokens[3])
        case (4, "DELETE"): deleteConsumer(request, tokens[2], tokens[3])
        case (4, "PAUSE"): pauseConsumer(request, tokens[2], tokens[3])
        case (4, "UNPIN"): unpinConsumer(request, tokens[2], tokens[3])
        case (4, "RESET"): resetConsumer(request, tokens[2], tokens[3])
        case (5, "MSG") where tokens[2] == "NEXT": return next(request, tokens[3], tokens[4])
        case (5, "LEADER") where tokens[2] == "STEPDOWN":
            refuse(request, "consumer_leader_stepdown", JetStreamError(.clusterRequired))
        default: break
        }
        return true
    }

    private func directRequest(_ request: APIRequest) -> Bool {
        let tokens = request.tokens
        guard tokens.count >= 3, tokens[1] == "GET", let stream = streams[tokens[2]] else { return false }
        let isMirrored = !stream.configuration.allowsDirect && !stream.configuration.allowsMirrorDirect
        guard !isMirrored else {
            return answerFromMirror(request, of: stream)
        }
        if request.reply.isEmpty { return true }
        let key = tokens.count > 3 ? tokens[3...].joined(separator: ".") : nil
        stream.directGet(request.body, header: request.header, key: key, reply: request.reply)
        return true
    }

    /// A stream that does not answer itself may have a mirror that does.
    private func answerFromMirror(_ request: APIRequest, of stream: Stream) -> Bool {
        let mirror = streams.values.first {
            $0.configuration.mirror?.name == stream.name && $0.configuration.allowsMirrorDirect
        }
        guard let mirror else { return false }
        let key = request.tokens.count > 3 ? request.tokens[3...].joined(separator: ".") : nil
        mirror.directGet(request.body, header: request.header, key: key, reply: request.reply)
        return true
    }

    private func next(_ request: APIRequest, _ stream: String, _ name: String) -> Bool {
        guard let consumer = streams[stream]?.consumers[name] else { return false }
        if request.reply.isEmpty { return true }
        if request.needsHigherLevel {
            consumer.status(request.reply, "412 Required Api Level")
        } else {
            request.body.withUnsafeBytes { consumer.pull(reply: request.reply, body: $0) }
        }
        return true
    }

    // MARK: Answers

    /// Answers with `members`.
    ///
    /// - Parameter type: what stands before `_response`.
    func answer(_ request: APIRequest, _ type: String, _ members: [JSONValue.Member], isFailure: Bool = false) {
        requests += 1
        if isFailure { failures += 1 }
        let body = answerBody(type, members)
        if !request.reply.isEmpty { host.send(to: request.reply, body: body) }
        audit(request, body)
    }

    func answerBody(_ type: String, _ members: [JSONValue.Member]) -> [UInt8] {
        let head = JSONValue.Member("type", .string("io.nats.jetstream.api.v1.\(type)_response"))
        return JSONValue.object([head] + members).encoded()
    }

    /// Answers with an error.
    ///
    /// - Parameter tail: members that this answer has even then.
    func refuse(_ request: APIRequest, _ type: String, _ error: JetStreamError, tail: [JSONValue.Member] = []) {
        answer(request, type, [.init("error", error.json)] + tail, isFailure: true)
    }

    private func audit(_ request: APIRequest, _ response: [UInt8]) {
        var members: [JSONValue.Member] = [
            .init("server", .string(host.serverName)),
            .init("client", request.client),
            .init("subject", .string(request.subject)),
        ]
        members.addText("request", String(decoding: request.body, as: UTF8.self))
        members.append(.init("response", .string(String(decoding: response, as: UTF8.self))))
        advise("API", type: "api_audit", members)
    }

    /// Runs `body`, and answers with what it throws.
    func attempt(
        _ request: APIRequest,
        _ type: String,
        tail: [JSONValue.Member] = [],
        _ body: () throws(JetStreamError) -> Void
    ) {
        do throws(JetStreamError) {
            if request.needsHigherLevel { throw JetStreamError(.requiredApiLevel) }
            try body()
        } catch {
            refuse(request, type, error, tail: tail)
        }
    }

    func stream(_ name: String) throws(JetStreamError) -> Stream {
        guard let stream = streams[name] else { throw JetStreamError(.streamNotFound) }
        return stream
    }

    func consumer(_ name: String, of stream: String) throws(JetStreamError) -> Consumer {
        guard let consumer = try self.stream(stream).consumers[name] else { throw JetStreamError(.consumerNotFound) }
        return consumer
    }

    /// Reads a document, and says what is wrong with it.
    func read<Value>(_ body: () throws(RequestProblem) -> Value) throws(JetStreamError) -> Value {
        do throws(RequestProblem) {
            return try body()
        } catch {
            throw JetStreamError(.invalidJSON, error.message)
        }
    }
}
