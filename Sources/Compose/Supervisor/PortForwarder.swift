import CWorkbench
import Proving
import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A published port: what arrives at it is carried to the container.
final class PortForwarder: Sendable {
    /// The port that it listens on.
    let port: Int
    private let listener: Int32
    private let target: UInt32
    private let targetPort: UInt16

    /// - Parameters:
    ///   - opener: see `workbench_listen`.
    ///   - address: where to listen; any address where it is nil.
    ///   - target: the container's address.
    init(opener: Int32, address: String?, port: Int?, target: String, targetPort: Int) throws {
        var listener: Int32 = -1
        let host = address.map { $0 == "localhost" ? "127.0.0.1" : $0 } ?? "0.0.0.0"
        let error = workbench_listen(opener, ContainerNetworks.number(host), UInt16(port ?? 0), &listener)
        guard error == 0 else {
            let reason = error == EADDRINUSE ? "port is already allocated" : "\(Errno(rawValue: error))"
            throw ComposeFailure("Bind for \(host):\(port ?? 0) failed: \(reason)")
        }
        self.listener = listener
        self.target = ContainerNetworks.number(target)
        self.targetPort = UInt16(targetPort)
        var own = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        _ = withUnsafeMutablePointer(to: &own) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(listener, $0, &size) }
        }
        self.port = Int(UInt16(bigEndian: own.sin_port))
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
        #if canImport(Glibc)
        let server = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #else
        let server = socket(AF_INET, SOCK_STREAM, 0)
        #endif
        guard server >= 0 else { return Descriptor.close(client) }
        Descriptor.closeOnExec(server)
        var on: Int32 = 1
        for end in [client, server] {
            setsockopt(end, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = targetPort.bigEndian
        address.sin_addr = in_addr(s_addr: target)
        let connected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(server, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else {
            Descriptor.close(client)
            return Descriptor.close(server)
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
