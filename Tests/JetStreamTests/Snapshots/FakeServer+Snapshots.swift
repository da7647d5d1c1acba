import Testing

@testable import JetStream

extension FakeServer {
    /// A snapshot as a client gets it, which confirms each chunk.
    func snapshot(_ stream: String, _ more: String = "") throws -> [UInt8] {
        host.subscribe("deliver")
        let inbox = makeInbox()
        publish("$JS.API.STREAM.SNAPSHOT.\(stream)", reply: inbox, body: #"{"deliver_subject":"deliver"\#(more)}"#)
        var chunks: [UInt8] = []
        while true {
            let sent = host.takeSent().filter { $0.target == "deliver" }
            try #require(!sent.isEmpty, "the snapshot stopped before its end")
            for chunk in sent {
                if chunk.body.isEmpty { return chunks }
                chunks += chunk.body
                if !chunk.reply.isEmpty { publish(chunk.reply) }
            }
        }
    }

    /// Restores a stream as a client does.
    ///
    /// - Returns: the answer to the last, empty chunk.
    func restore(_ stream: String, _ config: String, _ snapshot: [UInt8], chunkSize: Int = 1_000) throws -> String {
        let answer = answer("$JS.API.STREAM.RESTORE.\(stream)", #"{"config":\#(config)}"#)
        let target = try #require(answer.split(separator: "\"").first { $0.hasPrefix("$JS.SNAPSHOT.RESTORE.") })
        for start in stride(from: 0, to: snapshot.count, by: chunkSize) {
            let chunk = snapshot[start..<min(start + chunkSize, snapshot.count)]
            let inbox = makeInbox()
            publish(String(target), reply: inbox, bytes: Array(chunk))
            let replies = host.takeSent().filter { $0.target == inbox }
            try #require(replies.map(\.body) == [[]], "each chunk is confirmed")
        }
        return self.answer(String(target))
    }

    /// Everything that is stored in a stream, as text.
    func contents(of stream: String) throws -> [String] {
        var lines: [String] = []
        let stream = try #require(account.streams[stream])
        try stream.store.visit(from: 0, matching: []) { message in
            let parts = [message.subject, message.header, message.body].map { String(decoding: $0, as: UTF8.self) }
            lines.append("\(message.sequence) \(message.timestamp) " + parts.joined(separator: " "))
            return true
        }
        return lines
    }
}
