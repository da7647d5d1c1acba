import Foundation

/// A TCP client that knows nothing but bytes. Blocking, with a deadline on everything. Used by one thread after another.
final class RawClient: @unchecked Sendable {
    /// What the server sent so far.
    private(set) var received: [UInt8] = []
    private(set) var isClosed = false
    private let descriptor: Int32
    private static let deadline: TimeInterval = 60

    struct ConnectionFailed: Error {
        var port: Int
        var code: Int32
    }

    /// The server did not send what was waited for.
    struct TimedOut: Error {
        var waitingFor: String
        var received: String
    }

    /// - Parameters:
    ///   - host: an address, of IPv4 or of IPv6.
    ///   - resetsAtEnd: whether the connection ends with a reset instead of an orderly end.
    init(host: String = "127.0.0.1", port: Int, resetsAtEnd: Bool = false) throws {
        var hints = addrinfo()
        hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, String(port), &hints, &found) == 0, let address = found?.pointee else {
            throw ConnectionFailed(port: port, code: EINVAL)
        }
        defer { freeaddrinfo(found) }
        descriptor = socket(address.ai_family, address.ai_socktype, address.ai_protocol)
        guard connect(descriptor, address.ai_addr, address.ai_addrlen) == 0 else {
            throw ConnectionFailed(port: port, code: errno)
        }
        var on: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        guard resetsAtEnd else { return }
        var linger = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
    }

    deinit {
        close(descriptor)
    }

    /// How many PING and PONG lines were sent and received.
    private var pings = 0

    /// Sends as much as the server takes; a server that has closed takes nothing.
    func send(_ bytes: [UInt8]) {
        for line in bytes.split(separator: 0x0A) where line.count >= 4 {
            if String(decoding: line.prefix(4), as: UTF8.self).uppercased() == "PING" { pings += 1 }
        }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            if count <= 0 { return }
            rest = rest.dropFirst(count)
        }
    }

    /// Sends as long as the server takes it, and gives up when it takes nothing for a second.
    func sendBlindly(_ bytes: [UInt8], times: Int) {
        for _ in 0..<times {
            var event = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            guard poll(&event, 1, 1_000) > 0 else { return }
            let count = bytes.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
            }
            if count < 0, errno != EAGAIN { return }
        }
    }

    func send(_ text: String) {
        send(Array(text.utf8))
    }

    /// Reads until `text` has come behind what was there before, or the server closes.
    func read(until text: String) throws {
        let wanted = Array(text.utf8)
        var from = scanned
        let limit = Date().addingTimeInterval(Self.deadline)
        while true {
            if let end = find(wanted, from: from) {
                scanned = end
                return
            }
            from = max(scanned, received.count - wanted.count)
            if isClosed { return }
            try fill(limit, text)
        }
    }

    /// Reads until the server closes.
    func readToEnd() throws {
        let limit = Date().addingTimeInterval(Self.deadline)
        while !isClosed { try fill(limit, "the end") }
    }

    /// Waits until the server has read everything, by a PING of its own.
    func synchronize() throws {
        send("PING\r\n")
        let limit = Date().addingTimeInterval(Self.deadline)
        while !isClosed, pongs < pings { try fill(limit, "PONG") }
        scanned = received.count
    }

    private var pongs: Int {
        String(decoding: received, as: UTF8.self).components(separatedBy: "PONG\r\n").count - 1
    }

    func shutDown() {
        shutdown(descriptor, Int32(SHUT_WR))
    }

    /// Whether the server has closed by now, and nothing waits to be read.
    var isAtEnd: Bool {
        var byte: UInt8 = 0
        return recv(descriptor, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT)) == 0
    }

    private var scanned = 0

    private func find(_ wanted: [UInt8], from start: Int) -> Int? {
        guard received.count - start >= wanted.count else { return nil }
        for index in start...(received.count - wanted.count)
        where received[index..<index + wanted.count].elementsEqual(wanted) {
            return index + wanted.count
        }
        return nil
    }

    private func fill(_ limit: Date, _ purpose: String) throws {
        var event = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        let left = limit.timeIntervalSinceNow
        guard left > 0, poll(&event, 1, Int32(left * 1_000)) > 0 else {
            throw TimedOut(waitingFor: purpose, received: String(decoding: received.suffix(500), as: UTF8.self))
        }
        var piece = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &piece, piece.count, 0)
        if count <= 0 { isClosed = true } else { received += piece[..<count] }
    }
}
