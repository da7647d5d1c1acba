/// What the server says about itself in `INFO {…}`, field by field in nats-server's order.
package struct ServerInfo: Sendable, Equatable {
    package var serverID: String
    package var serverName: String
    /// The version of nats-server whose behaviour is implemented: clients choose features by it.
    package var version: String
    package var host: String
    package var port: Int
    package var authRequired = false
    /// Whether clients must go on in TLS, must show a certificate, and may go on in TLS.
    package var tlsRequired = false
    package var tlsVerify = false
    package var tlsAvailable = false
    /// Whether the server has JetStream, and the domain that it is in.
    package var hasJetStream = false
    package var domain = ""
    package var maxPayload: Int
    package var clientID: UInt64 = 0
    package var clientIP = ""
    package var nonce = ""
    package var connectURLs: [String] = []
    package var lameDuckMode = false
    /// Set in the second INFO, which answers a client's first PING.
    package var isConnectInfo = false
    package var remoteAccount = ""
    package var isSystemAccount = false

    /// What stands in the field `go`, which clients may expect: the language of this server.
    package static let language = "swift6"

    package init(serverID: String, serverName: String, version: String, host: String, port: Int, maxPayload: Int) {
        self.serverID = serverID
        self.serverName = serverName
        self.version = version
        self.host = host
        self.port = port
        self.maxPayload = maxPayload
    }

    /// The whole frame.
    package func frame() -> [UInt8] {
        var members: [JSONValue.Member] = [
            .init("server_id", .string(serverID)),
            .init("server_name", .string(serverName)),
            .init("version", .string(version)),
            .init("proto", 1),
            .init("go", .string(Self.language)),
            .init("host", .string(host)),
            .init("port", .int(Int64(port))),
            .init("headers", true),
        ]
        if authRequired { members.append(.init("auth_required", true)) }
        if tlsRequired { members.append(.init("tls_required", true)) }
        if tlsVerify { members.append(.init("tls_verify", true)) }
        if tlsAvailable { members.append(.init("tls_available", true)) }
        members.append(.init("max_payload", .int(Int64(maxPayload))))
        if hasJetStream { members.append(.init("jetstream", true)) }
        if clientID != 0 { members.append(.init("client_id", .int(Int64(clientID)))) }
        if !clientIP.isEmpty { members.append(.init("client_ip", .string(clientIP))) }
        if !nonce.isEmpty { members.append(.init("nonce", .string(nonce))) }
        if !domain.isEmpty { members.append(.init("domain", .string(domain))) }
        if !connectURLs.isEmpty {
            members.append(.init("connect_urls", .array(connectURLs.map { .string($0) })))
        }
        if lameDuckMode { members.append(.init("ldm", true)) }
        if isConnectInfo { members.append(.init("connect_info", true)) }
        if !remoteAccount.isEmpty { members.append(.init("remote_account", .string(remoteAccount))) }
        if isSystemAccount { members.append(.init("acc_is_sys", true)) }
        members.append(.init("api_lvl", 5))
        return Array("INFO ".utf8) + JSONValue.object(members).encoded() + Array(" \r\n".utf8)
    }
}
