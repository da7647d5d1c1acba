import Foundation

/// A client that takes frames apart and no more. Blocking, with a deadline on everything. Used by one thread.
final class StreamClient {
    struct Message {
        var sid: Int
        var subject: String
        var reply: String
        var header: String
        var body: String
    }

    struct TimedOut: Error {
        var waitingFor: String
    }

    /// The server said `-ERR`, or closed the connection.
    struct Refused: Error {
        var text: String
    }

    private let descriptor: Int32
    private var bytes: [UInt8] = []
    private var start = 0
    private var pongs = 0
    private var lastSID = 0
    /// What has come and was not taken yet.
    private(set) var messages: [Message] = []

    init(port: Int, user: String?) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port).bigEndian)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, size) }
        }
        guard result == 0 else { throw Refused(text: "no connection: \(errno)") }
        var on: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        let credentials = user.map { #","user":"\#($0)","pass":"\#($0)""# } ?? ""
        send(
            #"CONNECT {"verbose":false,"headers":true,"no_responders":true,"lang":"test","version":"1"\#(credentials)}"#
                + "\r\n")
        try synchronize()
    }

    deinit { close(descriptor) }

    // MARK: Sending

    private func send(_ text: String) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            if count <= 0 { return }
            rest = rest.dropFirst(count)
        }
    }

    func publish(_ subject: String, reply: String, headers: [String], body: String) {
        let reply = reply.isEmpty ? "" : reply + " "
        if headers.isEmpty {
            send("PUB \(subject) \(reply)\(body.utf8.count)\r\n\(body)\r\n")
            return
        }
        let block = (["NATS/1.0"] + headers + ["", ""]).joined(separator: "\r\n")
        let size = block.utf8.count
        send("HPUB \(subject) \(reply)\(size) \(size + body.utf8.count)\r\n\(block)\(body)\r\n")
    }

    /// - Returns: the subscription's number.
    func subscribe(_ subject: String, queue: String? = nil) -> Int {
        lastSID += 1
        send("SUB \(subject) \(queue.map { $0 + " " } ?? "")\(lastSID)\r\n")
        return lastSID
    }

    func unsubscribe(_ sid: Int) { send("UNSUB \(sid)\r\n") }

    /// Waits until the server has read everything that was sent.
    func synchronize() throws {
        let wanted = pongs + 1
        send("PING\r\n")
        try wait("PONG") { self.pongs >= wanted }
    }

    /// Asks, with an inbox of its own, and waits for the answer.
    ///
    /// - Returns: the answer's body.
    func ask(_ subject: String, _ body: String = "") throws -> String {
        let reply = "_INBOX.ask.\(lastSID + 1)"
        let sid = subscribe(reply)
        publish(subject, reply: reply, headers: [], body: body)
        try wait("an answer to \(subject)") { messages.contains { $0.sid == sid } }
        unsubscribe(sid)
        guard let place = messages.firstIndex(where: { $0.sid == sid }) else { return "" }
        return messages.remove(at: place).body
    }

    /// Asks, and takes the answer apart.
    func askForObject(_ subject: String, _ body: String = "") throws -> [String: Any] {
        try JSONSerialization.jsonObject(with: Data(try ask(subject, body).utf8)) as? [String: Any] ?? [:]
    }

    // MARK: Receiving

    func takeMessages() -> [Message] {
        defer { messages = [] }
        return messages
    }

    /// Reads until `isDone`, for ten seconds at most.
    func wait(_ purpose: String, seconds: Double = 10, until isDone: () -> Bool) throws {
        let limit = Date().addingTimeInterval(seconds)
        while !isDone() {
            let left = limit.timeIntervalSinceNow
            guard left > 0 else { throw TimedOut(waitingFor: purpose) }
            try read(milliseconds: Int32(left * 1_000) + 1)
        }
    }

    /// Reads until nothing has come for a while.
    func settle(milliseconds: Int32) throws {
        while try read(milliseconds: milliseconds) {}
    }

    /// - Returns: false where nothing came in time.
    @discardableResult
    private func read(milliseconds: Int32) throws -> Bool {
        var event = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&event, 1, milliseconds) > 0 else { return false }
        var piece = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &piece, piece.count, 0)
        guard count > 0 else { throw Refused(text: "the server closed the connection") }
        bytes += piece[..<count]
        while try takeFrame() {}
        return true
    }

    private func takeFrame() throws -> Bool {
        guard let end = bytes[start...].firstIndex(of: 0x0A) else { return false }
        let line = String(decoding: bytes[start..<end - 1], as: UTF8.self)
        let fields = line.split(separator: " ").map(String.init)
        var next = end + 1
        switch fields.first {
        case "PONG": pongs += 1
        case "PING": send("PONG\r\n")
        case "-ERR": throw Refused(text: line)
        case "MSG", "HMSG":
            let hasHeader = fields[0] == "HMSG"
            let sizes = hasHeader ? 2 : 1
            let size = Int(fields[fields.count - 1]) ?? 0
            let headerSize = hasHeader ? Int(fields[fields.count - 2]) ?? 0 : 0
            guard bytes.count >= next + size + 2 else { return false }
            messages.append(
                Message(
                    sid: Int(fields[2]) ?? 0, subject: fields[1],
                    reply: fields.count == 4 + sizes ? fields[3] : "",
                    header: String(decoding: bytes[next..<next + headerSize], as: UTF8.self),
                    body: String(decoding: bytes[next + headerSize..<next + size], as: UTF8.self)))
            next += size + 2
        default: break
        }
        start = next
        if start == bytes.count {
            bytes.removeAll(keepingCapacity: true)
            start = 0
        }
        return true
    }
}
