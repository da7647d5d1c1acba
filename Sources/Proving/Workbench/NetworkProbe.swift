import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Asks again and again, without ever blocking, whether something accepts connections or answers an HTTP request.
final class NetworkProbe {
    /// How long one attempt may take before the next one is made.
    private static let patience = Duration.seconds(1)

    private enum State {
        case idle
        case connecting(Int32)
        case answering(Int32, [UInt8])
    }

    private let host: String
    private let port: Int
    /// The request to send, or nil where a connection is enough.
    private let request: String?
    private let loop: AgentLoop
    private var state = State.idle
    private var started = ContinuousClock.now
    /// Which of the host's addresses is next; `localhost` is often two.
    private var attempt = 0

    init(_ condition: AgentReadiness, loop: AgentLoop) {
        self.loop = loop
        switch condition {
        case .http(let address):
            let target = HTTPTarget(address)
            host = target.host
            port = target.port
            request =
                "GET \(target.path) HTTP/1.1\r\nHost: \(target.authority)\r\nUser-Agent: launchpad\r\nAccept: */*\r\n"
                + "Connection: close\r\n\r\n"
        case .tcp(let host, let port):
            self.host = host
            self.port = port
            request = nil
        case .log, .file:
            host = ""
            port = 0
            request = nil
        }
    }

    deinit {
        reset()
    }

    /// Goes as far as it can without waiting. Returns true once the answer is good.
    func advance() -> Bool {
        switch state {
        case .idle:
            return connect()
        case .connecting(let socket):
            var entry = pollfd(fd: socket, events: Int16(POLLOUT), revents: 0)
            guard poll(&entry, 1, 0) > 0 else { return giveUpIfLate() }
            var error: Int32 = 0
            var size = socklen_t(MemoryLayout<Int32>.size)
            getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size)
            guard error == 0 else { return reset() }
            return connected(socket)
        case .answering(let socket, var bytes):
            guard let more = try? Descriptor.read(socket, upTo: 512) else { return giveUpIfLate() }
            bytes += more
            state = .answering(socket, bytes)
            guard let line = bytes.split(separator: UInt8(ascii: "\r")).first, line.count < bytes.count else {
                return more.isEmpty ? reset() : giveUpIfLate()
            }
            let fields = String(decoding: line, as: UTF8.self).split(separator: " ")
            let good = fields.count > 1 && fields[0].hasPrefix("HTTP/") && (Int(fields[1]) ?? 999) < 400
            reset()
            return good
        }
    }

    private func connect() -> Bool {
        var hints = addrinfo()
        #if canImport(Glibc)
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        #else
        hints.ai_socktype = SOCK_STREAM
        #endif
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, String(port), &hints, &list) == 0, let list else { return false }
        defer { freeaddrinfo(list) }
        var addresses: [UnsafeMutablePointer<addrinfo>] = []
        var next: UnsafeMutablePointer<addrinfo>? = list
        while let address = next {
            addresses.append(address)
            next = address.pointee.ai_next
        }
        let address = addresses[attempt % addresses.count].pointee
        attempt += 1
        let socket = socket(address.ai_family, address.ai_socktype, 0)
        guard socket >= 0 else { return false }
        Descriptor.closeOnExec(socket)
        Descriptor.nonBlocking(socket)
        started = .now
        #if canImport(Glibc)
        let result = Glibc.connect(socket, address.ai_addr, address.ai_addrlen)
        #elseif canImport(Musl)
        let result = Musl.connect(socket, address.ai_addr, address.ai_addrlen)
        #else
        let result = Darwin.connect(socket, address.ai_addr, address.ai_addrlen)
        #endif
        state = .connecting(socket)
        if result == 0 { return connected(socket) }
        guard errno == EINPROGRESS else { return reset() }
        loop.watched[socket] = Int16(POLLOUT)
        return false
    }

    private func connected(_ socket: Int32) -> Bool {
        guard let request else {
            reset()
            return true
        }
        do {
            try Descriptor.sendAll(Array(request.utf8), to: socket)
        } catch {
            return reset()
        }
        state = .answering(socket, [])
        loop.watched[socket] = Int16(POLLIN)
        return false
    }

    private func giveUpIfLate() -> Bool {
        if ContinuousClock.now - started > Self.patience { reset() }
        return false
    }

    @discardableResult
    private func reset() -> Bool {
        switch state {
        case .idle: break
        case .connecting(let socket), .answering(let socket, _):
            loop.watched[socket] = nil
            Descriptor.close(socket)
        }
        state = .idle
        return false
    }
}

/// The parts of `http://host:port/path` that a request needs.
struct HTTPTarget {
    var host: String
    var port: Int
    var path: String
    var authority: String

    init(_ address: String) {
        let rest = address.hasPrefix("http://") ? address.dropFirst(7) : address[...]
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        let authority = rest[..<slash]
        self.authority = String(authority)
        path = slash == rest.endIndex ? "/" : String(rest[slash...].prefix { $0 != "#" })
        var name = authority
        var number = 80
        if let colon = authority.lastIndex(of: ":"), let given = Int(authority[authority.index(after: colon)...]) {
            number = given
            name = authority[..<colon]
        }
        port = number
        // An IPv6 address stands in brackets.
        host = String(name.hasPrefix("[") && name.hasSuffix("]") ? name.dropFirst().dropLast() : name)
    }
}
