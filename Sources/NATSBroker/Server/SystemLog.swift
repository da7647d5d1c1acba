import NATSConfig

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The machine's own system log, one on another machine, or one behind a socket file: `udp://host:514`, `tcp://host:514`,
/// `unix:///run/log`. Not sendable: it lives behind the log's lock.
///
/// Lines have the form that Go's `log/syslog` sends: RFC 3164's, and to others than the machine's own log a timestamp of RFC 3339.
final class SystemLog {
    private enum Place {
        case local
        case socket(path: String)
        case host(String, port: String, isStream: Bool)
    }

    private let place: Place
    private var descriptor: Int32
    private let host: String
    private let tag = CommandLine.arguments.first?.split(separator: "/").last.map(String.init) ?? "nats-server"

    /// Connects to the machine's own log.
    ///
    /// - Throws: ``ServerLog/CannotOpen``.
    init() throws(ServerLog.CannotOpen) {
        place = .local
        host = ""
        descriptor = Self.connect(to: place)
        guard descriptor >= 0 else { throw .systemLog(reason: "Unix syslog delivery error") }
    }

    /// Connects to the log at `address`.
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
        var name = [CChar](repeating: 0, count: 256)
        gethostname(&name, name.count - 1)
        host = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        descriptor = Self.connect(to: place)
        guard descriptor >= 0 else {
            throw .systemLog(reason: "dial \(kind) \(target): connect: \(systemErrorText(errno))")
        }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    /// Sends a line, over a new connection where the old one has gone. It is lost where there is nobody to connect to.
    func send(_ level: ServerLog.Level, _ text: String) {
        var line = "\(tag)[\(getpid())]: \(text)"
        if case .local = place {
            line = "<\(level.priority | LOG_DAEMON)>\(WallClock.now().stamp) \(line)"
        } else {
            line = "<\(level.priority)>\(WallClock.now().secondsText) \(host) \(line)"
        }
        if !line.hasSuffix("\n") { line += "\n" }
        if descriptor >= 0, systemSendAll(descriptor, line) { return }
        if descriptor >= 0 { close(descriptor) }
        descriptor = Self.connect(to: place)
        if descriptor >= 0 { _ = systemSendAll(descriptor, line) }
    }

    private static func connect(to place: Place) -> Int32 {
        switch place {
        case .local: connectToOwnLog()
        case .socket(let path): connect(toSocket: path, isStream: true)
        case .host(let host, let port, let isStream): connect(to: host, port, isStream: isStream)
        }
    }

    /// Wherever the machine's own log usually listens.
    private static func connectToOwnLog() -> Int32 {
        for isStream in [false, true] {
            for path in ["/dev/log", "/var/run/syslog", "/var/run/log"] {
                let descriptor = connect(toSocket: path, isStream: isStream)
                if descriptor >= 0 { return descriptor }
            }
        }
        return -1
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

extension ServerLog.Level {
    /// The system log's word for the level.
    fileprivate var priority: Int32 {
        switch self {
        case .info, .trace: LOG_NOTICE
        case .debug: LOG_DEBUG
        case .warning: LOG_WARNING
        case .error: LOG_ERR
        case .fatal: LOG_CRIT
        }
    }
}

extension WallClock {
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// `Jan  2 15:04:05`, local time.
    fileprivate var stamp: String {
        // 2026/01/02 15:04:05.123456
        let parts = logText(utc: false).split { "/ .".contains($0) }
        let (month, day) = (Int(parts[1]) ?? 1, Int(parts[2]) ?? 1)
        return "\(Self.months[month - 1]) \(day < 10 ? " " : "")\(day) \(parts[3])"
    }
}
