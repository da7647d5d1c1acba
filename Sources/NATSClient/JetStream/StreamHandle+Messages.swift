import NATSWire
public import NIOCore

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// A message as a stream keeps it.
public struct StoredMessage: Sendable, Hashable {
    /// The subject that it was published to.
    public var subject: String
    /// Its place in the stream.
    public var sequence: Int
    /// When it was stored, in nanoseconds since 1970.
    public var nanoseconds: Int
    /// Its headers.
    public var headers: Headers
    /// Its payload.
    public var payload: ByteBuffer

    /// When it was stored.
    public var time: Date { Date(nanoseconds: nanoseconds) }

    /// The payload as text; bytes that are no UTF-8 become replacement characters.
    public var text: String { String(buffer: payload) }
}

extension StreamHandle {
    /// The message with the sequence.
    ///
    /// - Throws: ``JetStreamError`` with ``ServerErrorCode/messageNotFound`` if there is none.
    public func message(_ sequence: Int) async throws(JetStreamError) -> StoredMessage {
        var body = JSONDocument()
        body["seq"] = sequence
        return try await get(body)
    }

    /// The first message at or after `sequence` whose subject matches `subject`.
    public func nextMessage(of subject: String, from sequence: Int = 1) async throws(JetStreamError) -> StoredMessage {
        var body = JSONDocument()
        body["seq"] = sequence
        body["next_by_subj"] = subject
        return try await get(body)
    }

    /// The last message whose subject is, or matches, `subject`.
    ///
    /// - Throws: ``JetStreamError`` with ``ServerErrorCode/messageNotFound`` if there is none.
    public func lastMessage(of subject: String) async throws(JetStreamError) -> StoredMessage {
        if lastInfo.configuration.allowsDirectGet, !subject.contains("*"), !subject.contains(">") {
            return try await direct("DIRECT.GET.\(name).\(subject)", JSONDocument())
        }
        var body = JSONDocument()
        body["last_by_subj"] = subject
        return try await get(body)
    }

    private func get(_ body: JSONDocument) async throws(JetStreamError) -> StoredMessage {
        if lastInfo.configuration.allowsDirectGet {
            return try await direct("DIRECT.GET.\(name)", body)
        }
        let answer = try await jetStream.request("STREAM.MSG.GET.\(name)", body)
        guard let members: JSONValue = answer["message"], case .object(let fields) = members else {
            throw .badResponse("it holds no message")
        }
        let message = JSONDocument(fields)
        guard let nanoseconds = Timestamp.nanoseconds(message["time", default: ""]),
            let payload = Data(base64Encoded: message["data", default: ""]),
            let block = Data(base64Encoded: message["hdrs", default: ""])
        else { throw .badResponse("the message in it is not readable") }
        return StoredMessage(
            subject: message["subject", default: ""],
            sequence: message["seq", default: 0],
            nanoseconds: nanoseconds,
            headers: try Self.headers(ByteBuffer(bytes: block)),
            payload: ByteBuffer(bytes: payload)
        )
    }

    private static func headers(_ block: ByteBuffer) throws(JetStreamError) -> Headers {
        guard block.readableBytes > 0 else { return [:] }
        do {
            return Headers(block: try HeaderBlock(parsing: block))
        } catch {
            throw .badResponse("the message's headers are not readable")
        }
    }

    /// Asks any server that has the stream. The answer is the message itself; what is known besides stands in headers.
    private func direct(_ subject: String, _ body: JSONDocument) async throws(JetStreamError) -> StoredMessage {
        let request = body.members.isEmpty ? ByteBuffer() : ByteBuffer(bytes: JSONValue.object(body.members).encoded())
        let answer = try await jetStream.rawRequest(subject, request)
        if let status = answer.headers.status {
            throw .direct(status: status, answer.headers.statusDescription)
        }
        return try StoredMessage(direct: answer)
    }
}

extension JetStreamError {
    /// The refusal of a request that any server may answer, which carries a status in the place of JetStream's own number.
    static func direct(status: Int, _ words: String) -> JetStreamError {
        var error =
            status == 404
            ? JetStreamError(.server, "no message found (\(ServerErrorCode.messageNotFound.rawValue))")
            : JetStreamError(.server, "\(words) (\(status))")
        error.status = status
        error.serverCode = status == 404 ? .messageNotFound : nil
        return error
    }
}

extension StoredMessage {
    /// The names of the headers in which a direct answer tells about the message, besides the message's own.
    private static let added: Set<String> = [
        "Nats-Stream", "Nats-Subject", "Nats-Sequence", "Nats-Time-Stamp", "Nats-Num-Pending", "Nats-Last-Sequence",
    ]

    init(direct answer: NATSMessage) throws(JetStreamError) {
        guard let subject = answer.headers["Nats-Subject"],
            let sequence = answer.headers["Nats-Sequence"].flatMap({ Int($0) }),
            let nanoseconds = answer.headers["Nats-Time-Stamp"].flatMap(Timestamp.nanoseconds)
        else { throw .badResponse("it does not say which message it is") }
        var own = Headers()
        for (name, value) in answer.headers where !Self.added.contains(name) {
            own.add(name, value)
        }
        self.init(
            subject: subject,
            sequence: sequence,
            nanoseconds: nanoseconds,
            headers: own,
            payload: answer.payload
        )
    }
}
