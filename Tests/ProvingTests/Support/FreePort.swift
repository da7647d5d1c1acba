import Foundation

/// TCP ports on the loopback interface.
enum FreePort {
    /// A socket that listens until it is closed.
    struct Listener {
        let socket: Int32
        let port: Int

        func close() {
            _ = Foundation.close(socket)
        }
    }

    /// A port that nobody uses at this moment.
    static func find() throws -> Int {
        let listener = try listen(0)
        listener.close()
        return listener.port
    }

    static func listen(_ port: Int) throws -> Listener {
        #if os(Linux)
        let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #else
        let socket = socket(AF_INET, SOCK_STREAM, 0)
        #endif
        var yes: Int32 = 1
        setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(socket, pointer, size) == 0 && Foundation.listen(socket, 5) == 0
                    && getsockname(socket, pointer, &size) == 0
            }
        }
        guard socket >= 0, bound else { throw CocoaError(.fileWriteUnknown) }
        return Listener(socket: socket, port: Int(in_port_t(bigEndian: address.sin_port)))
    }
}
