import JetStream

/// An account with a host without sockets: publishes, asks, lets time pass.
final class FakeServer {
    let host = FakeHost()
    let account: AccountJetStream
    private var inboxes = 0

    init(settings: JetStreamSettings = JetStreamSettings(), limits: AccountLimits = AccountLimits()) {
        var settings = settings
        settings.maxStore = min(settings.maxStore, 1 << 40)
        account = AccountJetStream(
            name: "$G", host: host, stores: FakeStores(), settings: settings, limits: limits, syncsAlways: false)
    }

    /// A fresh subject that is subscribed to.
    func makeInbox() -> String {
        inboxes += 1
        let inbox = "_INBOX\(inboxes)"
        host.subscribe(inbox)
        return inbox
    }

    /// Publishes as a client does, and ends the turn.
    func publish(_ subject: String, reply: String = "", header: String = "", body: String = "") {
        route(subject, reply: Array(reply.utf8), header: Array(header.utf8), body: Array(body.utf8))
        endTurn()
    }

    /// Publishes bytes that are no text.
    func publish(_ subject: String, reply: String, bytes: [UInt8]) {
        route(subject, reply: Array(reply.utf8), header: [], body: bytes)
        endTurn()
    }

    /// Publishes with a fresh inbox, and returns what came back to it.
    func ask(_ subject: String, _ body: String = "", header: String = "") -> [FakeHost.Sent] {
        let inbox = makeInbox()
        publish(subject, reply: inbox, header: header, body: body)
        return host.takeSent().filter { $0.target == inbox }
    }

    /// What ``ask(_:_:header:)`` brings, as text.
    func answer(_ subject: String, _ body: String = "") -> String {
        ask(subject, body).map { String(decoding: $0.body, as: UTF8.self) }.joined(separator: "\n")
    }

    /// Lets time pass, and everything happen that is due.
    func wait(milliseconds: Int64) {
        let end = host.now + milliseconds * 1_000_000
        while let next = account.nextAlarm, next <= end {
            host.now = max(host.now, next)
            account.alarmRang()
            endTurn()
        }
        host.now = end
    }

    func subscribe(_ subject: String) {
        host.subscribe(subject)
        account.interestChanged(in: Array(subject.utf8))
        endTurn()
    }

    func unsubscribe(_ subject: String) {
        host.unsubscribe(subject)
        account.interestChanged(in: Array(subject.utf8))
        endTurn()
    }

    private func endTurn() {
        account.endTurn()
        while !host.looped.isEmpty {
            let messages = host.looped
            host.looped = []
            for message in messages {
                route(
                    message.target, shown: message.subject, reply: Array(message.reply.utf8), header: message.header,
                    body: message.body)
            }
            account.endTurn()
        }
        // Distinct times tell messages of different turns apart.
        host.now += 1_000
    }

    /// - Parameter shown: what the receiver sees, where that is another subject.
    private func route(
        _ subject: String,
        shown: String? = nil,
        reply: [UInt8],
        header: [UInt8],
        body: [UInt8]
    ) {
        let bytes = Array(subject.utf8)
        if subject.hasPrefix("$JS.ACK.") {
            var isAwaited = false
            lend(bytes, reply, header, body) { isAwaited = account.acknowledge($0, reply: $1, body: $3) }
            if !isAwaited, !reply.isEmpty { noResponders(subject, reply) }
        } else if subject.hasPrefix("$JS.FC.") {
            lend(bytes, reply, header, body) { subject, _, header, _ in
                account.flowControlAnswered(subject, header: header)
            }
        } else if subject.hasPrefix("$JS.API.") || subject.hasPrefix("$JS.\(account.settings.domain).API.") {
            if !account.request(bytes, reply: reply, header: header, body: body) { noResponders(subject, reply) }
        } else if let stream = host.stream(capturing: subject) {
            lend(bytes, reply, header, body) { stream.ingest(subject: $0, reply: $1, header: $2, body: $3) }
        } else if let pattern = host.pattern(taking: subject) {
            let shown = Array((shown ?? subject).utf8)
            lend(shown, reply, header, body) {
                account.received(on: pattern, subject: $0, reply: $1, header: $2, body: $3)
            }
        } else if !reply.isEmpty, !bytes.withUnsafeBytes({ host.hasInterest(in: $0) }) {
            noResponders(subject, reply)
        }
    }

    private func noResponders(_ subject: String, _ reply: [UInt8]) {
        let header = Array("NATS/1.0 503\r\nNats-Subject: \(subject)\r\n\r\n".utf8)
        lend(reply, [], header, []) { host.send(to: $0, shownAs: $0, reply: $1, header: $2, body: $3) }
    }

    private func lend(
        _ one: [UInt8],
        _ two: [UInt8],
        _ three: [UInt8],
        _ four: [UInt8],
        _ body: (
            UnsafeRawBufferPointer, UnsafeRawBufferPointer, UnsafeRawBufferPointer, UnsafeRawBufferPointer
        ) -> Void
    ) {
        one.withUnsafeBytes { one in
            two.withUnsafeBytes { two in
                three.withUnsafeBytes { three in
                    four.withUnsafeBytes { four in body(one, two, three, four) }
                }
            }
        }
    }
}
