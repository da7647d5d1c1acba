package import SystemPackage

#if canImport(Glibc)
package import Glibc
#elseif canImport(Musl)
package import Musl
#else
package import Darwin
#endif

/// The few calls on file descriptors that the workbench needs, each close-on-exec from the start.
package enum Descriptor {
    /// A pipe: what is written to `write` is read from `read`.
    package static func pipe() throws(Errno) -> (read: Int32, write: Int32) {
        var ends: [Int32] = [-1, -1]
        guard Self.makePipe(&ends) == 0 else { throw Errno(rawValue: errno) }
        for end in ends { closeOnExec(end) }
        return (ends[0], ends[1])
    }

    private static func makePipe(_ ends: inout [Int32]) -> Int32 {
        #if canImport(Glibc)
        Glibc.pipe(&ends)
        #elseif canImport(Musl)
        Musl.pipe(&ends)
        #else
        Darwin.pipe(&ends)
        #endif
    }

    /// Two connected stream sockets.
    package static func socketPair() throws(Errno) -> (Int32, Int32) {
        var ends: [Int32] = [-1, -1]
        #if canImport(Glibc)
        let type = Int32(SOCK_STREAM.rawValue)
        #else
        let type = SOCK_STREAM
        #endif
        guard socketpair(AF_UNIX, type, 0, &ends) == 0 else { throw Errno(rawValue: errno) }
        for end in ends { closeOnExec(end) }
        return (ends[0], ends[1])
    }

    package static func closeOnExec(_ descriptor: Int32) {
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    }

    package static func nonBlocking(_ descriptor: Int32) {
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
    }

    package static func open(_ path: String, _ flags: Int32, mode: mode_t = 0o600) throws(Errno) -> Int32 {
        #if canImport(Glibc)
        let descriptor = Glibc.open(path, flags | O_CLOEXEC, mode)
        #elseif canImport(Musl)
        let descriptor = Musl.open(path, flags | O_CLOEXEC, mode)
        #else
        let descriptor = Darwin.open(path, flags | O_CLOEXEC, mode)
        #endif
        guard descriptor >= 0 else { throw Errno(rawValue: errno) }
        return descriptor
    }

    package static func close(_ descriptor: Int32) {
        #if canImport(Glibc)
        _ = Glibc.close(descriptor)
        #elseif canImport(Musl)
        _ = Musl.close(descriptor)
        #else
        _ = Darwin.close(descriptor)
        #endif
    }

    /// Writes all of `bytes`, waiting as long as the other side needs.
    package static func writeAll(_ bytes: some Collection<UInt8>, to descriptor: Int32) throws(Errno) {
        let bytes = Array(bytes)
        var offset = 0
        while offset < bytes.count {
            let written = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress! + offset, bytes.count - offset) }
            if written >= 0 {
                offset += written
            } else if errno != EINTR {
                throw Errno(rawValue: errno)
            }
        }
    }

    /// Writes all of `bytes` to a socket; a peer that hung up is an error, never a signal.
    package static func sendAll(_ bytes: [UInt8], to socket: Int32) throws(Errno) {
        #if canImport(Darwin)
        let flags: Int32 = 0
        #else
        let flags = Int32(MSG_NOSIGNAL)
        #endif
        var offset = 0
        while offset < bytes.count {
            let sent = bytes.withUnsafeBytes { send(socket, $0.baseAddress! + offset, bytes.count - offset, flags) }
            if sent >= 0 {
                offset += sent
            } else if errno != EINTR {
                throw Errno(rawValue: errno)
            }
        }
    }

    /// Reads up to `limit` bytes; empty at the end of the stream, nil where a non-blocking descriptor has nothing yet.
    package static func read(_ descriptor: Int32, upTo limit: Int) throws(Errno) -> [UInt8]? {
        while true {
            var failure: Int32 = 0
            let bytes = [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
                #if canImport(Glibc)
                let got = Glibc.read(descriptor, buffer.baseAddress, limit)
                #elseif canImport(Musl)
                let got = Musl.read(descriptor, buffer.baseAddress, limit)
                #else
                let got = Darwin.read(descriptor, buffer.baseAddress, limit)
                #endif
                failure = got < 0 ? errno : 0
                count = max(0, got)
            }
            switch failure {
            case 0: return bytes
            case EINTR: continue
            case EAGAIN: return nil
            default: throw Errno(rawValue: failure)
            }
        }
    }
}
