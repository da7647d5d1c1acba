import NIOCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A socket that the system takes connections on: from here on clients may connect, and wait to be accepted.
///
/// It is opened without an event loop, so that whoever starts a server learns at once whether the address can be had, and
/// goes on while a loop makes ready to accept.
struct ListeningSocket {
    /// Why an address cannot be listened on.
    enum Failure: Error {
        case system(Int32)
        case unknownHost(String)
        case other(String)
    }

    /// Belongs to whoever accepts on it.
    let descriptor: Int32
    /// What was asked for, with names resolved and with the port that was asked for.
    let address: SocketAddress
    /// The one that was asked for, or the one that the system chose where that was 0.
    let port: Int

    /// How many clients the system lets wait.
    static let backlog: Int32 = 1_024

    /// - Parameter host: a name or an address. As in Go, every IPv4 address, or nil, stands for every address at all.
    init(host: String?, port: Int) throws(Failure) {
        if let host, host != "0.0.0.0" {
            try self.init(Self.address(host, port))
            return
        }
        do throws(Failure) {
            try self.init(Self.address("::", port))
        } catch .system(let code) where code == EAFNOSUPPORT || code == EADDRNOTAVAIL {
            try self.init(Self.address("0.0.0.0", port))
        }
    }

    private init(_ address: SocketAddress) throws(Failure) {
        let descriptor = systemStreamSocket(address.protocol.rawValue)
        guard descriptor >= 0 else { throw .system(errno) }
        do throws(Failure) {
            guard fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0, fcntl(descriptor, F_SETFL, O_NONBLOCK) == 0 else {
                throw .system(errno)
            }
            try Self.set(SOL_SOCKET, SO_REUSEADDR, to: 1, on: descriptor)
            if address.protocol == .inet6 { try Self.set(Int32(IPPROTO_IPV6), IPV6_V6ONLY, to: 0, on: descriptor) }
            let isBound = address.withSockAddr { systemBind(descriptor, $0, socklen_t($1)) }
            guard isBound, systemListen(descriptor, Self.backlog) else { throw .system(errno) }
            port = try Self.port(of: descriptor)
        } catch {
            close(descriptor)
            throw error
        }
        self.descriptor = descriptor
        self.address = address
    }

    private static func address(_ host: String, _ port: Int) throws(Failure) -> SocketAddress {
        // Looking up what is an address already takes a millisecond of a start.
        if let address = try? SocketAddress(ipAddress: host, port: port) { return address }
        do {
            return try SocketAddress.makeAddressResolvingHost(host, port: port)
        } catch is SocketAddressError.UnknownHost {
            throw .unknownHost(host)
        } catch {
            throw .other("\(error)")
        }
    }

    private static func set(_ level: Int32, _ option: Int32, to value: Int32, on descriptor: Int32) throws(Failure) {
        var value = value
        guard setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size)) == 0 else {
            throw .system(errno)
        }
    }

    private static func port(of descriptor: Int32) throws(Failure) -> Int {
        var storage = sockaddr_storage()
        var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let isKnown = withUnsafeMutablePointer(to: &storage) { storage in
            storage.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &size) == 0 }
        }
        guard isKnown else { throw .system(errno) }
        // In addresses of both families the port stands behind two bytes that tell the family.
        return withUnsafeBytes(of: storage) {
            Int(in_port_t(bigEndian: $0.load(fromByteOffset: 2, as: in_port_t.self)))
        }
    }
}
