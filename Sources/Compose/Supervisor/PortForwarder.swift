import CWorkbench
import Proving
import Synchronization
import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A published port: what arrives at it is carried to the container.
protocol PortForwarder: Sendable {
    /// The port that it listens on.
    var port: Int { get }
    /// Stops listening.
    func end()
}

/// A socket in the network of the guide, where the ports of containers are published.
struct PublishedSocket {
    let descriptor: Int32
    let port: Int
    /// Containers may start at the same time, and there is one way to the helper.
    private static let turn = Mutex(())

    /// - Parameters:
    ///   - opener: see `workbench_listen`.
    ///   - address: where to listen; any address where it is nil.
    init(opener: Int32, isUDP: Bool, address: String?, port: Int?) throws {
        var descriptor: Int32 = -1
        let host = address.map { $0 == "localhost" ? "127.0.0.1" : $0 } ?? "0.0.0.0"
        let error = Self.turn.withLock { _ in
            workbench_listen(opener, isUDP ? 1 : 0, ContainerNetworks.number(host), UInt16(port ?? 0), &descriptor)
        }
        guard error == 0 else {
            let reason = error == EADDRINUSE ? "port is already allocated" : "\(Errno(rawValue: error))"
            throw ComposeFailure("Bind for \(host):\(port ?? 0) failed: \(reason)")
        }
        self.descriptor = descriptor
        var own = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        _ = withUnsafeMutablePointer(to: &own) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &size) }
        }
        self.port = Int(UInt16(bigEndian: own.sin_port))
    }

    /// A socket that is connected to a container, or nil.
    static func connected(isUDP: Bool, to address: UInt32, port: UInt16) -> Int32? {
        #if canImport(Glibc)
        let server = socket(AF_INET, Int32((isUDP ? SOCK_DGRAM : SOCK_STREAM).rawValue), 0)
        #else
        let server = socket(AF_INET, isUDP ? SOCK_DGRAM : SOCK_STREAM, 0)
        #endif
        guard server >= 0 else { return nil }
        Descriptor.closeOnExec(server)
        var target = sockaddr_in()
        target.sin_family = sa_family_t(AF_INET)
        target.sin_port = port.bigEndian
        target.sin_addr = in_addr(s_addr: address)
        let connected = withUnsafePointer(to: &target) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(server, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else {
            Descriptor.close(server)
            return nil
        }
        return server
    }
}

/// Carries connections.
final class StreamForwarder: PortForwarder {
    let port: Int
    private let listener: Int32
    private let target: UInt32
    private let targetPort: UInt16

    /// - Parameter target: the container's address.
    init(_ socket: PublishedSocket, target: String, targetPort: Int) {
        port = socket.port
        listener = socket.descriptor
        self.target = ContainerNetworks.number(target)
        self.targetPort = UInt16(targetPort)
        BackgroundThread.start { [self] in accept() }
    }

    /// Stops listening; connections that are open stay until either side ends them.
    func end() {
        // Wakes the thread that accepts, which closes it.
        shutdown(listener, Int32(SHUT_RDWR))
    }

    private func accept() {
        while true {
            #if canImport(Glibc)
            let client = Glibc.accept(listener, nil, nil)
            #elseif canImport(Musl)
            let client = Musl.accept(listener, nil, nil)
            #else
            let client = Darwin.accept(listener, nil, nil)
            #endif
            guard client >= 0 else {
                if errno == EINTR || errno == ECONNABORTED { continue }
                break
            }
            Descriptor.closeOnExec(client)
            BackgroundThread.start { [self] in carry(client) }
        }
        Descriptor.close(listener)
    }

    private func carry(_ client: Int32) {
        guard let server = PublishedSocket.connected(isUDP: false, to: target, port: targetPort) else {
            return Descriptor.close(client)
        }
        var on: Int32 = 1
        for end in [client, server] {
            setsockopt(end, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        }
        let backDone = Monitor(false)
        BackgroundThread.start {
            Self.copy(from: server, to: client)
            backDone.withLock { $0 = true }
        }
        Self.copy(from: client, to: server)
        _ = backDone.wait { $0 ? true : nil }
        Descriptor.close(client)
        Descriptor.close(server)
    }

    private static func copy(from source: Int32, to target: Int32) {
        let size = 64 << 10
        let buffer = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            let count = recv(source, buffer, size, 0)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            var offset = 0
            while offset < count {
                let sent = send(target, buffer + offset, count - offset, Int32(MSG_NOSIGNAL))
                if sent < 0, errno == EINTR { continue }
                guard sent > 0 else {
                    shutdown(source, Int32(SHUT_RDWR))
                    return
                }
                offset += sent
            }
        }
        shutdown(target, Int32(SHUT_WR))
    }
}
