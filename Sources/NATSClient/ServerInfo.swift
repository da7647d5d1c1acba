import NIOCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What a server tells about itself when a client connects, and again when something changes.
public struct ServerInfo: Sendable, Hashable {
    /// The server's identifier.
    public var serverID: String
    /// The server's name.
    public var serverName: String
    /// The server's version.
    public var version: String
    /// The level of the client protocol.
    public var protocolLevel: Int
    /// Whether messages may have headers.
    public var supportsHeaders: Bool
    /// The largest payload and header block together, in bytes.
    public var maximumPayload: Int
    /// Whether the server wants credentials.
    public var requiresAuthentication: Bool
    /// Whether the server wants TLS.
    public var requiresTLS: Bool
    /// Whether the server speaks TLS to those who ask for it.
    public var offersTLS: Bool
    /// The number the server gave this connection.
    public var clientID: Int?
    /// The address of this client as the server sees it.
    public var clientIP: String?
    /// Addresses of all servers of the cluster, as `host:port`.
    public var connectURLs: [String]
    /// Whether the server is about to shut down and asks its clients to go elsewhere.
    public var isLameDuck: Bool
    /// Whether JetStream is enabled on the server.
    public var hasJetStream: Bool
    /// The cluster that the server belongs to.
    public var cluster: String?
    /// The JetStream domain of the server.
    public var domain: String?
    /// What a client signs to prove its key.
    public var nonce: String?
}

extension ServerInfo: Decodable {
    private enum CodingKeys: String, CodingKey {
        case serverID = "server_id"
        case serverName = "server_name"
        case version
        case protocolLevel = "proto"
        case supportsHeaders = "headers"
        case maximumPayload = "max_payload"
        case requiresAuthentication = "auth_required"
        case requiresTLS = "tls_required"
        case offersTLS = "tls_available"
        case clientID = "client_id"
        case clientIP = "client_ip"
        case connectURLs = "connect_urls"
        case isLameDuck = "ldm"
        case hasJetStream = "jetstream"
        case cluster, domain, nonce
    }

    /// Reads an `INFO` document. Every field may be missing: older servers send fewer.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        serverID = try values.decodeIfPresent(String.self, forKey: .serverID) ?? ""
        serverName = try values.decodeIfPresent(String.self, forKey: .serverName) ?? ""
        version = try values.decodeIfPresent(String.self, forKey: .version) ?? ""
        protocolLevel = try values.decodeIfPresent(Int.self, forKey: .protocolLevel) ?? 0
        supportsHeaders = try values.decodeIfPresent(Bool.self, forKey: .supportsHeaders) ?? false
        maximumPayload = try values.decodeIfPresent(Int.self, forKey: .maximumPayload) ?? 1 << 20
        requiresAuthentication = try values.decodeIfPresent(Bool.self, forKey: .requiresAuthentication) ?? false
        requiresTLS = try values.decodeIfPresent(Bool.self, forKey: .requiresTLS) ?? false
        offersTLS = try values.decodeIfPresent(Bool.self, forKey: .offersTLS) ?? false
        clientID = try values.decodeIfPresent(Int.self, forKey: .clientID)
        clientIP = try values.decodeIfPresent(String.self, forKey: .clientIP)
        connectURLs = try values.decodeIfPresent([String].self, forKey: .connectURLs) ?? []
        isLameDuck = try values.decodeIfPresent(Bool.self, forKey: .isLameDuck) ?? false
        hasJetStream = try values.decodeIfPresent(Bool.self, forKey: .hasJetStream) ?? false
        cluster = try values.decodeIfPresent(String.self, forKey: .cluster)
        domain = try values.decodeIfPresent(String.self, forKey: .domain)
        nonce = try values.decodeIfPresent(String.self, forKey: .nonce)
    }

    init(parsing document: ByteBuffer) throws(NATSError) {
        do {
            self = try JSONDecoder().decode(ServerInfo.self, from: Data(document.readableBytesView))
        } catch {
            throw NATSError(.protocolViolation, "nats: the server's INFO is not readable: \(error)")
        }
    }
}
