import NATSAccounts
import NATSWire
import NIOCore

/// What a connection knows about the way its client came, where that is not a plain socket. Belongs to the connection's event loop.
final class ClientTransport {
    /// How far TLS has come.
    enum Handshake {
        /// There is none, or it is not decided whether there will be one.
        case none
        case pending, complete
    }

    /// Whether the certificate names the user.
    let mapsUsers: Bool
    /// The listener's TLS; nil where it has none.
    let endpoint: TLSEndpoint?
    /// The request that the client came with, for a WebSocket.
    let upgrade: WebSocketUpgrade?
    /// What frames the connection's bytes, for a WebSocket.
    var webSocket: WebSocketHandler?
    /// What stands before the connection until TLS is settled.
    var gate: TLSGate?

    var handshake = Handshake.none
    /// Whether the handshake came before INFO.
    private(set) var wasHandshakeFirst = false
    /// Whether INFO waits for the handshake.
    private(set) var holdsInfo: Bool
    /// Whether nothing is left to be settled before the connection serves.
    var isSettled: Bool
    var handshakeTimer: Scheduled<Void>?
    /// `1.2` or `1.3` after a handshake.
    var tlsVersion: String?
    var cipherSuite: String?
    /// The client's certificate after a handshake in which it showed one.
    var certificate: CertificateDetails?

    /// A client of a listener that has TLS.
    init(_ endpoint: TLSEndpoint) {
        self.endpoint = endpoint
        mapsUsers = endpoint.mapsUsers
        upgrade = nil
        holdsInfo = endpoint.greeting != .infoFirst
        isSettled = false
    }

    /// A client that came as a WebSocket, its TLS being done with.
    init(_ upgrade: WebSocketUpgrade, endpoint: TLSEndpoint?) {
        self.endpoint = endpoint
        mapsUsers = endpoint?.mapsUsers ?? false
        self.upgrade = upgrade
        holdsInfo = false
        isSettled = true
        handshake = endpoint == nil ? .none : .complete
    }

    /// INFO is being sent, before the handshake or after it.
    func releaseInfo() {
        wasHandshakeFirst = handshake == .complete
        holdsInfo = false
    }

    /// Says in INFO what holds for this transport.
    ///
    /// - Parameters:
    ///   - authenticator: who decides about this client.
    ///   - isRequired: whether clients of the server's main listener need credentials.
    func adjust(_ info: inout ServerInfo, _ authenticator: Authenticator, isRequired: Bool) {
        if let upgrade {
            info.tlsRequired = endpoint != nil
            info.tlsAvailable = endpoint != nil
            info.host = upgrade.listener.host
            info.port = upgrade.listener.port
            // A user for clients without credentials does not count here.
            info.authRequired = info.isConnectInfo ? isRequired : authenticator.isRequired
        } else if wasHandshakeFirst, !info.isConnectInfo {
            info.tlsRequired = true
        }
    }

    /// How the log names the connection.
    func label(_ host: String, _ port: Int, _ id: UInt64) -> String {
        guard let upgrade else { return "\(host):\(port) - cid:\(id)" }
        let forwarded = upgrade.forwardedFor.map { $0.contains(":") ? "[\($0)]/" : "\($0)/" } ?? ""
        return "\(forwarded)\(host):\(port) - wid:\(id)"
    }

    /// A browser cannot set what CONNECT says of credentials, but its cookies may.
    func addCookies(to options: inout ConnectOptions) {
        guard let upgrade else { return }
        if options.user.isEmpty { options.user = upgrade.user }
        if options.password.isEmpty { options.password = upgrade.password }
        if options.token.isEmpty { options.token = upgrade.token }
    }
}
