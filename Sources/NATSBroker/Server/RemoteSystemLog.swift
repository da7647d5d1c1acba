import NATSConfig

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A system log on another machine, or behind a socket file: `udp://host:514`, `tcp://host:514`, `unix:///dev/log`.
/// Not sendable: it lives behind the log's lock.
///
/// The form of a line is RFC 3164's with a timestamp of RFC 3339, which is what Go's `log/syslog` sends.
final class RemoteSystemLog {
    private enum Place {
        case socket(path: String)
        case host(String, port: String, isStream: Bool)
    }

    private let place: Place
    private var descriptor: Int32
    private let host: String
    private let tag: String

    /// Connects to the log.
    ///
    /// - Throws: ``ServerLog/CannotOpen``.
    init(_ address: String) throws(ServerLog.CannotOpen) {
        let parts = address.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let kind = parts[0]
        guard parts.count == 2, parts[1].hasPrefix("/"), ["udp", "tcp", "unix"].contains(kind) else {
            throw .networkType(address.contains("://") ? kind : "")
        }
        let target = String(parts[1].hasPrefix("//") ? parts[1].dropFirst(2) : parts[1][...])
        if kind == "unix" {
            place = .socket(path: target)
        } else {
            guard let (host, port) = HostPort.split(target) else {
                throw .systemLog(reason: "dial \(kind): address \(target): missing port in address")
            }
            place = .host(host, port: port, isStream: kind == "tcp")
        }
        descriptor = Self.connect(to: place)
        guard descriptor >= 0 else {
            throw .systemLog(reason: "dial \(kind) \(target): connect: \(systemErrorText(errno))")
        }
        var name = [CChar](repeating: 0, count: 256)
        gethostname(&name, name.count - 1)
        host = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        tag = CommandLine.arguments.first?.split(separator: "/").last.map(String.init) ?? "nats-server"
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    /// Sends a line, over a new connection where the old one has gone. It is lost where there is nobody to connect to.
    func send(_ priority: Int32, _ text: String) {
        var line = "<\(priority)>\(WallClock.now().secondsText) \(host) \(tag)[\(getpid())]: \(text)"
        if !line.hasSuffix("\n") { line += "\n" }
        if descriptor >= 0, systemSendAll(descriptor, line) { return }
        if descriptor >= 0 { close(descriptor) }
        descriptor = Self.connect(to: place)
        if descriptor >= 0 { _ = systemSendAll(descriptor, line) }
    }

    private static func connect(to place: Place) -> Int32 {
        switch place {
        case .socket(let path): connect(toSocket: path, isStream: true)
        case .host(let host, let port, let isStream): connect(to: host, port, isStream: isStream)
        }
    }

    private static func connect(to host: String, _ port: String, isStream: Bool) -> Int32 {
        var hints = addrinfo()
        #if canImport(Glibc)
        hints.ai_socktype = Int32((isStream ? SOCK_STREAM : SOCK_DGRAM).rawValue)
        #else
        hints.ai_socktype = isStream ? SOCK_STREAM : SOCK_DGRAM
        #endif
        var first: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, port, &hints, &first) == 0 else {
            errno = EHOSTUNREACH
            return -1
        }
        defer { freeaddrinfo(first) }
        var next = first
        while let address = next?.pointee {
            let descriptor = socket(address.ai_family, address.ai_socktype, address.ai_protocol)
            if descriptor >= 0, systemConnect(descriptor, address.ai_addr, address.ai_addrlen) { return descriptor }
            if descriptor >= 0 { close(descriptor) }
            next = address.ai_next
        }
        return -1
    }

    /// Whether anybody listens where the machine's own log usually does.
    static var isLocalThere: Bool {
        for place in ["/dev/log", "/var/run/syslog", "/var/run/log"] {
            for isStream in [false, true] {
                let descriptor = connect(toSocket: place, isStream: isStream)
                guard descriptor >= 0 else { continue }
                close(descriptor)
                return true
            }
        }
        return false
    }

    private static func connect(toSocket path: String, isStream: Bool) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        let fits = withUnsafeMutableBytes(of: &address.sun_path) { target in
            guard bytes.count < target.count else { return false }
            target.copyBytes(from: bytes)
            return true
        }
        guard fits else {
            errno = ENAMETOOLONG
            return -1
        }
        let descriptor = isStream ? systemStreamSocket(AF_UNIX) : systemDatagramSocket(AF_UNIX)
        let isConnected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                systemConnect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        if isConnected { return descriptor }
        close(descriptor)
        return -1
    }
}
