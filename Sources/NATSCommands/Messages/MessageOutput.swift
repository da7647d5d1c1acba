import GoFormats
import NATSClient
import NATSWire

/// How messages look on the screen, as pure functions from message to bytes.
enum MessageOutput {
    /// The first line for a received message.
    static func heading(number: Int, stamp: String, message: NATSMessage) -> String {
        let reply = message.replyTo.map { " with reply \(GoText.quoted($0))" } ?? ""
        return "[#\(number)]\(stamp) Received on \(GoText.quoted(message.subject))\(reply)"
    }

    /// One line for each header, the server's status last; empty if there are none.
    static func headerLines(_ headers: Headers) -> [String] {
        var lines = headers.map { "\($0.name): \($0.value)" }
        if let status = headers.status {
            lines.append("Status: \(status)")
            if !headers.statusDescription.isEmpty {
                lines.append("Description: \(headers.statusDescription)")
            }
        }
        return lines
    }

    /// The payload and the end of its line; `nil body` for none.
    static func compact(_ body: MessageBody) -> [UInt8] {
        switch body {
        case .none: Array("nil body\n".utf8)
        case .bytes(let bytes): bytes.last == UInt8(ascii: "\n") ? bytes : bytes + [UInt8(ascii: "\n")]
        case .failure(let output, let reason):
            Array("\(GoText.quoted(output))\nError while translating msg body: \(reason)\n\n".utf8)
        }
    }

    /// The payload with the empty lines behind it that set it apart from the next message: one, and one more unless it
    /// ends with a line end of its own.
    static func spaced(_ body: MessageBody) -> [UInt8] {
        switch body {
        case .failure: compact(body)
        case .bytes(let bytes) where bytes.last == UInt8(ascii: "\n"): compact(body) + Array("\n".utf8)
        case .bytes, .none: compact(body) + Array("\n\n".utf8)
        }
    }

    /// Headers, an empty line, and the payload unless it is `nil`.
    static func headersAndBody(_ headers: Headers, _ body: MessageBody?) -> [UInt8] {
        let lines = headerLines(headers)
        let text = lines.isEmpty ? "" : lines.joined(separator: "\n") + "\n\n"
        return Array(text.utf8) + (body.map(spaced) ?? [])
    }

    /// The message as one JSON document, as `--dump` writes it: the payload in base 64.
    static func dump(_ message: NATSMessage, body payload: [UInt8]) -> String {
        var names: [String] = []
        var values: [String: [String]] = [:]
        for (name, value) in message.headers {
            if values[name] == nil {
                names.append(name)
            }
            values[name, default: []].append(JSONText.quoted(value))
        }
        let headers = names.sorted().map { "\(JSONText.quoted($0)):[\((values[$0] ?? []).joined(separator: ","))]" }
        return "{\"Subject\":\(JSONText.quoted(message.subject))"
            + ",\"Reply\":\(JSONText.quoted(message.replyTo ?? ""))"
            + ",\"Header\":" + (headers.isEmpty ? "null" : "{\(headers.joined(separator: ","))}")
            + ",\"Data\":\(payload.isEmpty ? "\"\"" : JSONText.quoted(Base64.encoded(payload)))"
            + ",\"Sub\":null}"
    }
}
