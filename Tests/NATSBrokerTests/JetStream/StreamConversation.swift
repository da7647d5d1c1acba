import Foundation

/// Holds the conversation of one case with one server, and remembers what came back.
final class StreamConversation {
    /// What came back, by what it came to: an inbox, a subscription, or a path of the monitoring port.
    private(set) var heard: [String: [String]] = [:]

    private let port: Int
    private let httpPort: Int
    private var clients: [String: StreamClient] = [:]
    private var user = ""
    /// What each subscription is for, by user and number.
    private var names: [String: String] = [:]
    private var sids: [String: Int] = [:]
    private var inboxes = 0
    private var replies: [String] = []
    /// Messages that came and were not waited for.
    private var unawaited = 0

    init(port: Int, httpPort: Int) {
        self.port = port
        self.httpPort = httpPort
    }

    func run(_ test: StreamCaseFile.Case) throws {
        user = ""
        for step in test.steps { try run(step) }
    }

    /// Reads what still comes.
    ///
    /// - Parameter expected: what is to come in all; nil reads until nothing comes any more.
    func finish(_ expected: [String: [String]]?) throws {
        for name in clients.keys.sorted() {
            guard let client = clients[name] else { continue }
            user = name
            guard let expected else {
                try client.settle(milliseconds: 80)
                collect(client)
                continue
            }
            let wanted = expected.filter { $0.key.hasPrefix("\(name) ") }.values.reduce(0) { $0 + $1.count }
            let had = heard.filter { $0.key.hasPrefix("\(name) ") }.values.reduce(0) { $0 + $1.count }
            // What is missing is seen when everything is compared.
            try? client.wait("the other messages", seconds: 3) { client.messages.count + had >= wanted }
            // An answer comes after everything that was asked before, the second one after all that came of it.
            for _ in 0..<2 { _ = try client.ask("$JS.API.INFO") }
            collect(client)
        }
    }

    /// Removes every stream of every account that was used.
    func cleanUp() throws {
        for client in clients.values {
            let names = try client.ask("$JS.API.STREAM.NAMES")
            let document = try? JSONSerialization.jsonObject(with: Data(names.utf8)) as? [String: Any]
            for name in document?["streams"] as? [String] ?? [] { _ = try client.ask("$JS.API.STREAM.DELETE.\(name)") }
        }
    }

    // MARK: Steps

    private func run(_ step: StreamCaseFile.Step) throws {
        if case .user(let name) = step {
            user = name == "-" ? "" : name
            return
        }
        if case .get(let path) = step {
            heard["- GET \(path)", default: []].append(try get(path))
            return
        }
        let client = try client()
        switch step {
        case .send(let message): for time in 1...message.times { try send(message, time, client) }
        case .subscribe(let subject, let queue):
            let sid = client.subscribe(subject, queue: queue)
            let name = subject + (queue.map { " " + $0 } ?? "")
            names["\(user) \(sid)"] = name
            sids["\(user) \(name)"] = sid
            try client.synchronize()
        case .unsubscribe(let name):
            client.unsubscribe(sids["\(user) \(name)"] ?? 0)
            try client.synchronize()
        case .wait(let count):
            let needed = count - unawaited
            try client.wait("\(count) messages") { client.messages.count >= needed }
            unawaited = 0
            let surplus = client.messages.count - max(0, needed)
            collect(client)
            unawaited = max(0, surplus)
        case .user, .get: break
        }
    }

    private func client() throws -> StreamClient {
        if let client = clients[user] { return client }
        let client = try StreamClient(port: port, user: user.isEmpty ? nil : user)
        clients[user] = client
        return client
    }

    private func send(_ message: StreamCaseFile.Message, _ time: Int, _ client: StreamClient) throws {
        let resolve = { (text: String) in
            self.resolved(text).replacingOccurrences(of: "<n>", with: String(time))
        }
        let body = message.body.map(resolve).joined(separator: "\n")
        var reply = ""
        var sid = 0
        switch message.answer {
        case .awaited, .possible:
            inboxes += 1
            reply = "_INBOX.\(inboxes)"
            sid = client.subscribe(reply)
            names["\(user) \(sid)"] = "inbox \(inboxes)"
        case .sent(let to): reply = to
        case .none: break
        }
        client.publish(
            resolve(message.subject), reply: reply, headers: message.headers.map(resolve), body: body)
        if case .awaited = message.answer {
            try client.wait("an answer to \(message.subject)") { client.messages.contains { $0.sid == sid } }
            unawaited -= 1
        } else {
            try client.synchronize()
        }
        collect(client)
    }

    private func resolved(_ text: String) -> String {
        guard text.contains("<reply") else { return text }
        var text = text.replacingOccurrences(of: "<reply>", with: replies.last ?? "none")
        for (index, reply) in replies.enumerated() {
            text = text.replacingOccurrences(of: "<reply \(index + 1)>", with: reply)
        }
        return text
    }

    /// Takes over what has come.
    private func collect(_ client: StreamClient) {
        for message in client.takeMessages() {
            guard let name = names["\(user) \(message.sid)"] else { continue }
            unawaited += 1
            if !message.reply.isEmpty { replies.append(message.reply) }
            heard["\(user) \(name)", default: []].append(StreamMask.shown(message))
        }
    }

    private func get(_ path: String) throws -> String {
        let client = try RawClient(port: httpPort)
        client.send("GET \(path) HTTP/1.0\r\n\r\n")
        try client.readToEnd()
        let text = String(decoding: client.received, as: UTF8.self)
        let parts = text.components(separatedBy: "\r\n\r\n")
        let status = text.components(separatedBy: "\r\n")[0]
        return StreamMask.steady("\(status)\n" + Mask.document(parts.dropFirst().joined(separator: "\r\n\r\n")))
    }
}
