import NIOCore
import NIOPosix
import NIOSSL

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

extension NATSError {
    /// The error for a socket that failed.
    ///
    /// - Parameter server: set while connecting, when a refused connection counts as "no server there".
    static func network(_ error: any Error, server: ServerAddress? = nil) -> NATSError {
        if let failure = error as? NIOConnectionError {
            if let underlying = failure.connectionErrors.last?.error {
                return network(underlying, server: server)
            }
            return NATSError(.network, "dial tcp: lookup \(failure.host): no such host")
        }
        if let failure = error as? IOError {
            if failure.errnoCode == ECONNREFUSED {
                return .noServers
            }
            let reason = String(cString: strerror(failure.errnoCode)).lowercased()
            return NATSError(.network, server.map { "dial tcp \($0.hostAndPort): connect: \(reason)" } ?? reason)
        }
        if case .connectTimeout? = error as? ChannelError {
            return NATSError(.timeout, server.map { "dial tcp \($0.hostAndPort): i/o timeout" } ?? "i/o timeout")
        }
        if error is BoringSSLError || error is NIOSSLError {
            return handshake(error)
        }
        return NATSError(.network, "\(error)")
    }
}
