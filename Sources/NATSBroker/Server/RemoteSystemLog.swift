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
    private let descriptor: Int32
    private let host: String
    private let tag: String
    private let endsLines: Bool

    /// Connects to the log.
    ///
    /// - Throws: ``ServerLog/CannotOpen``.
    init(_ address: String) throws(ServerLog.CannotOpen) {
        let parts = address.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 3, parts[1].isEmpty, ["udp:", "tcp:", "unix:"].contains(parts[0]) else {
            let scheme = address.contains("://") ? parts[0].dropLast() : ""
            throw .networkType(String(scheme))
        }
        if parts[0] == "unix:" {
            descriptor = Self.connect(toSocket: parts[2])
        } else {
            guard let (host, port) = HostPort.split(parts[2]) else {
                throw .systemLog(reason: "dial \(parts[0].dropLast()): address \(parts[2]): missing port in address")
            }
            descriptor = Self.connect(to: host, port, isStream: parts[0] == "tcp:")
        }
        guard descriptor >= 0 else {
            let reason = systemErrorText(errno)
            throw .systemLog(reason: "dial \(parts[0].dropLast()) \(parts[2]): connect: \(reason)")
        }
        endsLines = parts[0] == "tcp:"
        var name = [CChar](repeating: 0, count: 256)
        gethostname(&name, name.count - 1)
        host = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        tag = CommandLine.arguments.first?.split(separator: "/").last.map(String.init) ?? "nats-server"
    }

    deinit {
        close(descriptor)
    }

    func send(_ priority: Int32, _ text: String) {
        let line = "<\(priority)>\(WallClock.now().secondsText) \(host) \(tag)[\(getpid())]: \(text)"
        systemWriteAll(descriptor, line.hasSuffix("\n") || !endsLines ? line : line + "\n")
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
            let descriptor = connect(toSocket: place)
            guard descriptor >= 0 else { continue }
            close(descriptor)
            return true
        }
        return false
    }

    private static func connect(toSocket path: String) -> Int32 {
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
        #if canImport(Glibc)
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        #else
        let descriptor = socket(AF_UNIX, SOCK_DGRAM, 0)
        #endif
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
