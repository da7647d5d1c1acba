import NIOSSL

/// Cipher suites and curves by the names that Go gives them, and configuration files use.
enum TLSAlgorithms {
    /// Source: IANA's registry of TLS cipher suites.
    private static let suites: [(name: String, number: UInt16)] = [
        ("TLS_RSA_WITH_AES_128_CBC_SHA", 0x002F),
        ("TLS_RSA_WITH_AES_256_CBC_SHA", 0x0035),
        ("TLS_RSA_WITH_AES_128_GCM_SHA256", 0x009C),
        ("TLS_RSA_WITH_AES_256_GCM_SHA384", 0x009D),
        ("TLS_AES_128_GCM_SHA256", 0x1301),
        ("TLS_AES_256_GCM_SHA384", 0x1302),
        ("TLS_CHACHA20_POLY1305_SHA256", 0x1303),
        ("TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA", 0xC009),
        ("TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA", 0xC00A),
        ("TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", 0xC013),
        ("TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA", 0xC014),
        ("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", 0xC02B),
        ("TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", 0xC02C),
        ("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", 0xC02F),
        ("TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", 0xC030),
        ("TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", 0xCCA8),
        ("TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", 0xCCA9),
    ]

    /// What a client may sign its certificate's proof with: what Go takes. BoringSSL's own list lacks Ed25519.
    static let signatures: [SignatureAlgorithm] = [
        .rsaPssRsaeSha256, .ecdsaSecp256R1Sha256, .ed25519, .rsaPssRsaeSha384, .rsaPssRsaeSha512, .rsaPkcs1Sha256,
        .rsaPkcs1Sha384, .rsaPkcs1Sha512, .ecdsaSecp384R1Sha384, .ecdsaSecp521R1Sha512,
    ]

    /// What is offered where the configuration names none, best first, in Go's order.
    static let defaultCipherSuites = [
        "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
        "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
        "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
        "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA", "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
        "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA", "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA",
    ]

    private static let curves: [String: NIOTLSCurve] = [
        "CurveP256": .secp256r1, "CurveP384": .secp384r1, "CurveP521": .secp521r1, "X25519": .x25519,
        "X25519MLKEM768": .x25519_MLKEM768,
    ]

    static var cipherSuiteNames: [String] { suites.map(\.name) }
    static var curveNames: [String] { curves.keys.sorted() }

    /// Nil for the suites of TLS 1.3, which are always on, and for those that the library has not.
    static func cipherSuite(named name: String) -> NIOTLSCipher? {
        guard let suite = suites.first(where: { $0.name == name }), suite.number >> 8 != 0x13 else { return nil }
        return NIOTLSCipher(rawValue: suite.number)
    }

    static func curve(named name: String) -> NIOTLSCurve? { curves[name] }

    /// The name of a suite by its number on the wire, as Go prints it.
    static func name(ofCipherSuite number: UInt16) -> String {
        if let suite = suites.first(where: { $0.number == number }) { return suite.name }
        let digits = String(number, radix: 16, uppercase: true)
        return "0x" + String(repeating: "0", count: 4 - digits.count) + digits
    }

    /// The cipher suite in a server's first record, where that record holds a ServerHello.
    ///
    /// Source: RFC 8446, 4.1.3: a record header of 5 bytes, a handshake header of 4, a version of 2 and a random of 32 bytes, the
    /// session's identifier behind its length, and then the suite.
    static func cipherSuite(inServerHello bytes: some RandomAccessCollection<UInt8>) -> UInt16? {
        let record = Array(bytes.prefix(128))
        guard record.count > 44, record[0] == 22, record[5] == 2 else { return nil }
        let place = 44 + Int(record[43])
        guard record.count >= place + 2 else { return nil }
        return UInt16(record[place]) << 8 | UInt16(record[place + 1])
    }
}
