import NATSWire
import NIOCore

extension JetStream {
    /// Sends a request to the API and reads the answer.
    ///
    /// - Parameters:
    ///   - subject: the subject behind the prefix, such as `STREAM.INFO.EVENTS`.
    ///   - body: the request's document; an empty one is sent as no bytes.
    /// - Throws: ``JetStreamError`` for a refusal too.
    package func request(_ subject: String, _ body: JSONDocument = JSONDocument()) async throws(JetStreamError)
        -> JSONDocument
    {
        let answer = try await rawRequest(
            subject, body.members.isEmpty ? ByteBuffer() : ByteBuffer(bytes: JSONValue.object(body.members).encoded()))
        let document = try Self.document(answer.payload)
        if let refusal = JetStreamError(answer: document) {
            throw refusal
        }
        return document
    }

    /// Sends bytes to the API and returns the answer as it came.
    func rawRequest(_ subject: String, _ payload: ByteBuffer) async throws(JetStreamError) -> NATSMessage {
        do {
            return try await connection.request(payload, to: "\(prefix).\(subject)", timeout: timeout)
        } catch {
            throw error.code == .noResponders ? .notEnabled : .connection(error)
        }
    }

    /// Takes all pages of a list.
    ///
    /// - Parameters:
    ///   - key: the member that holds a page's elements.
    ///   - body: the request, to which the offset is added.
    package func list<Element: JSONField>(
        _ subject: String,
        _ key: String,
        _ body: JSONDocument = JSONDocument()
    ) async throws(JetStreamError) -> [Element] {
        var elements: [Element] = []
        var body = body
        while true {
            body["offset"] = elements.count
            let page = try await request(subject, body)
            let found: [Element] = page[key, default: []]
            elements += found
            guard !found.isEmpty, elements.count < page["total", default: 0] else { return elements }
        }
    }

    static func document(_ payload: ByteBuffer) throws(JetStreamError) -> JSONDocument {
        do {
            guard case .object(let members) = try JSONValue(parsing: Array(payload.readableBytesView)) else {
                throw JetStreamError.badResponse("it is no JSON object")
            }
            return JSONDocument(members)
        } catch let error as JetStreamError {
            throw error
        } catch {
            throw .badResponse("\(error)")
        }
    }

    /// Whether nothing but a success was answered.
    func expectSuccess(_ answer: JSONDocument) throws(JetStreamError) {
        guard answer["success", default: false] else { throw .badResponse("it reports no success") }
    }

    /// Refuses names that would change the meaning of the subject that they stand in.
    static func check(name: String, of thing: String) throws(JetStreamError) {
        guard !name.isEmpty else { throw .badArgument("nats: \(thing) name is required") }
        guard !name.utf8.contains(where: { $0 <= 0x20 || $0 == 0x7F || ".*>/\\".utf8.contains($0) }) else {
            throw .badArgument("nats: invalid \(thing) name: '\(name)' may not hold blanks, '.', '*', '>', '/' or '\\'")
        }
    }
}
