/// The names of cipher suites and curves that nats-server knows, `nats-server --help_tls`.
enum TLSNames {
    static let curves: Set = [
        "CurveP256", "CurveP384", "CurveP521", "X25519", "X25519MLKEM768", "SecP256r1MLKEM768", "SecP384r1MLKEM1024",
    ]

    static let cipherSuites: Set = [
        "TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256",
        "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA", "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256",
        "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA",
        "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
        "TLS_ECDHE_ECDSA_WITH_RC4_128_SHA", "TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA",
        "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA256",
        "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA",
        "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
        "TLS_ECDHE_RSA_WITH_RC4_128_SHA", "TLS_RSA_WITH_3DES_EDE_CBC_SHA", "TLS_RSA_WITH_AES_128_CBC_SHA",
        "TLS_RSA_WITH_AES_128_CBC_SHA256", "TLS_RSA_WITH_AES_128_GCM_SHA256", "TLS_RSA_WITH_AES_256_CBC_SHA",
        "TLS_RSA_WITH_AES_256_GCM_SHA384", "TLS_RSA_WITH_RC4_128_SHA",
    ]

    /// Those among them that BoringSSL has not: RC4, 3DES, and CBC with SHA-256.
    static let missingCipherSuites = cipherSuites.filter {
        $0.contains("_RC4_") || $0.contains("_3DES_") || $0.hasSuffix("_CBC_SHA256")
    }

    static let missingCurves: Set = ["SecP256r1MLKEM768", "SecP384r1MLKEM1024"]

    /// Whether a suite needs `allow_insecure_cipher_suites`: no forward secrecy, RC4, 3DES, or CBC with SHA-256.
    static func isInsecure(_ suite: String) -> Bool {
        suite.hasPrefix("TLS_RSA_") || suite.contains("_RC4_") || suite.contains("_3DES_")
            || suite.hasSuffix("_CBC_SHA256")
    }
}
