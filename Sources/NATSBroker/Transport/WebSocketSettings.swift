import GoFormats
import NATSAccounts
import NATSConfig

/// The `websocket` block made ready.
struct WebSocketSettings: Sendable {
    var host: String
    /// 0 for any free port.
    var port: Int
    var tls: TLSEndpoint?
    var noTLS: Bool
    var compression: Bool
    var sameOrigin: Bool
    var allowedOrigins: [String]
    var origins: WebSocketOrigins
    /// How long a client may take to ask for the upgrade; nil for ever.
    var handshakeTimeout: Duration?
    /// Nil for the server's own.
    var pingInterval: Duration?
    /// Nil for the server's own.
    var authTimeout: Duration?
    /// Nil where the block says nothing about who may connect.
    var authenticator: Authenticator?
    /// Header lines of the answer to an upgrade, each with its line end.
    var headers: String
    var userCookie: String
    var passwordCookie: String
    var tokenCookie: String
    var noAuthUser: String
    var advertise: String

    /// - Returns: nil where the block opens no listener.
    /// - Throws: ``TLSEndpoint/Unusable`` for its `tls`.
    init?(_ options: ServerOptions) throws(TLSEndpoint.Unusable) {
        guard let block = options.websocket, block.port != 0 else { return nil }
        host = block.host.isEmpty ? ServerOptions.Default.host : block.host
        port = block.port == -1 ? 0 : block.port
        if let tls = block.tls { self.tls = try TLSEndpoint(tls) }
        noTLS = block.noTLS
        compression = block.compression
        sameOrigin = block.sameOrigin
        allowedOrigins = block.allowedOrigins
        origins = WebSocketOrigins(sameOrigin: block.sameOrigin, allowed: block.allowedOrigins)
        handshakeTimeout = block.handshakeTimeout.flatMap { $0 > .zero ? $0 : nil }
        pingInterval = block.pingInterval.flatMap { $0 > .zero ? $0 : nil }
        if let seconds = block.authTimeout, seconds != 0 { authTimeout = GoDuration.seconds(seconds) }
        headers = block.headers.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)\r\n" }.joined()
        userCookie = block.userCookie
        passwordCookie = block.passwordCookie
        tokenCookie = block.tokenCookie
        noAuthUser = block.noAuthUser
        advertise = block.advertise
        guard !block.user.isEmpty || !block.token.isEmpty || !block.noAuthUser.isEmpty else { return }
        var own = options
        own.authorization = AuthorizationOptions()
        own.authorization?.user = block.user
        own.authorization?.password = block.password
        own.authorization?.token = block.token
        own.noAuthUser = block.noAuthUser
        authenticator = Authenticator(own)
    }
}
