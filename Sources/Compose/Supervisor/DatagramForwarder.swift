import Proving
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Carries datagrams, with a socket of its own to the container for each sender, so that answers find their way back.
final class DatagramForwarder: PortForwarder {
    /// Where a sender is, as the system says it.
    private struct Sender: Hashable {
        var address: [UInt8]
    }

    let port: Int
    private let socket: Int32
    private let target: UInt32
    private let targetPort: UInt16
    private let isOver = Mutex(false)
    private let servers = Mutex<[Sender: Int32]>([:])
    /// A sender that says nothing and gets no answer for so many seconds is forgotten.
    private static let patience = 60
    private static let largest = 1 << 16

    init(_ socket: PublishedSocket, target: String, targetPort: Int) {
        port = socket.port
        self.socket = socket.descriptor
        self.target = ContainerNetworks.number(target)
        self.targetPort = UInt16(targetPort)
        BackgroundThread.start { [self] in receive() }
    }

    func end() {
        isOver.withLock { $0 = true }
        // Wakes the thread that receives, which closes it.
        shutdown(socket, Int32(SHUT_RDWR))
    }

    private func receive() {
        let buffer = UnsafeMutableRawPointer.allocate(byteCount: Self.largest, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            var storage = sockaddr_storage()
            var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
            let count = withUnsafeMutablePointer(to: &storage) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    recvfrom(socket, buffer, Self.largest, 0, $0, &size)
                }
            }
            if isOver.withLock({ $0 }) { break }
            guard count >= 0 else {
                if errno == EINTR || errno == ECONNREFUSED { continue }
                break
            }
            let sender = Sender(address: withUnsafeBytes(of: &storage) { Array($0.prefix(Int(size))) })
            guard let server = server(for: sender) else { continue }
            // As on any network, a datagram that nobody takes is lost.
            _ = send(server, buffer, count, Int32(MSG_NOSIGNAL))
        }
        let open = servers.withLock { servers in
            defer { servers = [:] }
            return servers.values
        }
        for server in open { shutdown(server, Int32(SHUT_RDWR)) }
        Descriptor.close(socket)
    }

    private func server(for sender: Sender) -> Int32? {
        if let known = servers.withLock({ $0[sender] }) { return known }
        guard let server = PublishedSocket.connected(isUDP: true, to: target, port: targetPort) else { return nil }
        var limit = timeval()
        limit.tv_sec = Self.patience
        setsockopt(server, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        servers.withLock { $0[sender] = server }
        BackgroundThread.start { [self] in answer(sender, from: server) }
        return server
    }

    private func answer(_ sender: Sender, from server: Int32) {
        let buffer = UnsafeMutableRawPointer.allocate(byteCount: Self.largest, alignment: 16)
        defer { buffer.deallocate() }
        while !isOver.withLock({ $0 }) {
            let count = recv(server, buffer, Self.largest, 0)
            if count < 0, errno == EINTR || errno == ECONNREFUSED { continue }
            guard count >= 0, !isOver.withLock({ $0 }) else { break }
            sender.address.withUnsafeBytes { bytes in
                _ = sendto(
                    socket, buffer, count, Int32(MSG_NOSIGNAL),
                    bytes.baseAddress!.assumingMemoryBound(to: sockaddr.self), socklen_t(bytes.count))
            }
        }
        servers.withLock { $0[sender] = $0[sender] == server ? nil : $0[sender] }
        Descriptor.close(server)
    }
}
