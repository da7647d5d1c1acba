/// A `tls` block.
package struct TLSOptions: Sendable, Hashable {
    /// The paths of a certificate and its private key.
    package struct CertificatePair: Sendable, Hashable {
        package var certificateFile: String
        package var keyFile: String

        package init(certificateFile: String, keyFile: String) {
            self.certificateFile = certificateFile
            self.keyFile = keyFile
        }
    }

    package var certificateFile = ""
    package var keyFile = ""
    package var caFile = ""
    /// Several certificates instead of the one of ``certificateFile``.
    package var certificates: [CertificatePair] = []
    /// Names of cipher suites; empty for the defaults.
    package var cipherSuites: [String] = []
    package var allowInsecureCipherSuites = false
    /// Names of curves; empty for the defaults.
    package var curvePreferences: [String] = []
    package var insecure = false
    /// Whether clients must show a certificate.
    package var verify = false
    /// Whether the certificate names the user.
    package var verifyAndMap = false
    package var verifyAndCheckKnownURLs = false
    /// Seconds that the handshake may take; nil for the default, 2.
    package var timeout: Double?
    /// Handshakes a second; 0 for no limit.
    package var connectionRateLimit: Int64 = 0
    /// SHA-256 sums of public keys, in hexadecimal; empty for any.
    package var pinnedCertificates: Set<String> = []
    package var handshakeFirst = false
    /// How long to wait for a client's handshake before `INFO` is sent in the clear after all; nil for ever.
    package var handshakeFirstFallback: Duration?
    /// The oldest version: `1.2` or `1.3`; nil for the default.
    package var minimumVersion: String?

    package init() {}
}

/// The `websocket` block.
package struct WebSocketOptions: Sendable, Hashable {
    package var host = ""
    package var port = 0
    package var advertise = ""
    package var noTLS = false
    package var tls: TLSOptions?
    package var sameOrigin = false
    package var allowedOrigins: [String] = []
    package var compression = false
    package var handshakeTimeout: Duration?
    package var pingInterval: Duration?
    package var noAuthUser = ""
    package var user = ""
    package var password = ""
    package var token = ""
    /// Seconds; nil for the server's.
    package var authTimeout: Double?
    package var jwtCookie = ""
    package var userCookie = ""
    package var passwordCookie = ""
    package var tokenCookie = ""
    package var headers: [String: String] = [:]

    package init() {}
}
