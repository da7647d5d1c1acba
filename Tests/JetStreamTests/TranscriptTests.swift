import Testing

@Suite("Transcripts of nats-server")
struct TranscriptTests {
    @Test("Every request is answered as nats-server answers it", arguments: try Transcript.all())
    func replay(_ transcript: Transcript) {
        let server = FakeServer()
        var inbox = ""
        for step in transcript.steps {
            switch step.action {
            case .publish(let subject, let hasReply, let header, let body):
                if hasReply { inbox = server.makeInbox() }
                let block = header.isEmpty ? "" : (["NATS/1.0"] + header + ["", ""]).joined(separator: "\r\n")
                server.publish(subject, reply: hasReply ? inbox : "", header: block, body: body)
                server.wait(milliseconds: 120)
            case .subscribe(let subject): server.subscribe(subject)
            case .unsubscribe(let subject): server.unsubscribe(subject)
            case .wait(let milliseconds): server.wait(milliseconds: milliseconds)
            }
            let got = server.host.takeSent().map { Self.shown($0, inbox) }
            #expect(
                Self.sorted(got) == Self.sorted(step.expected), "\(transcript.name).txt line \(step.line)")
        }
    }

    private static func shown(_ message: FakeHost.Sent, _ inbox: String) -> String {
        // What a subscriber sees is the subject that the message was published on.
        let subject = message.subject == inbox ? "_INBOX" : message.subject
        var lines = ["<<< " + [subject, message.reply].filter { !$0.isEmpty }.joined(separator: " ")]
        let header = String(decoding: message.header, as: UTF8.self)
        lines += header.split(separator: "\r\n").map { "^ \($0)" }
        if !message.body.isEmpty {
            lines += String(decoding: message.body, as: UTF8.self).split(
                separator: "\n", omittingEmptySubsequences: false
            )
            .map { "| \($0)" }
        }
        return Transcript.steady(lines.joined(separator: "\n"))
    }

    /// Messages to different subjects have no order among themselves.
    private static func sorted(_ messages: [String]) -> [String] {
        messages.enumerated().sorted { one, other in
            let (left, right) = (subject(of: one.element), subject(of: other.element))
            return left == right ? one.offset < other.offset : left < right
        }.map(\.element)
    }

    private static func subject(of message: String) -> Substring {
        message.dropFirst("<<< ".count).prefix { $0 != "\n" && $0 != " " }
    }
}
