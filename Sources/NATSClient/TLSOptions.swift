import NIOSSL

/// How a client speaks TLS. Setting any file asks for TLS; without, a connection is secured where the server or its address asks
/// for that.
public struct TLSOptions: Sendable, Hashable {
    /// The client's certificate, a PEM file with its chain; empty for none. Counts only together with ``keyFile``.
    public var certificateFile = ""
    /// The private key of ``certificateFile``, a PEM file.
    public var keyFile = ""
    /// The authorities to trust, a PEM file; empty for the system's.
    public var authorityFile = ""
    /// Whether the handshake comes before the server's greeting, which the server must expect.
    public var handshakeFirst = false

    /// TLS where it is asked for, with the system's authorities.
    public init() {}

    /// Whether the options ask for TLS.
    var isWanted: Bool { handshakeFirst || !authorityFile.isEmpty || hasCertificate }

    private var hasCertificate: Bool { !certificateFile.isEmpty && !keyFile.isEmpty }

    /// Reads the files.
    ///
    /// - Throws: ``NATSError/Code/tlsFailed`` for one that cannot be used.
    func context() throws(NATSError) -> NIOSSLContext {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        configuration.verifySignatureAlgorithms = Self.signatureAlgorithms
        if !authorityFile.isEmpty {
            do {
                let authorities = try NIOSSLCertificate.fromPEMFile(authorityFile)
                guard !authorities.isEmpty else { throw NIOSSLError.failedToLoadCertificate }
                configuration.trustRoots = .certificates(authorities)
            } catch {
                throw NATSError(
                    .tlsFailed, "nats: error loading or parsing rootCA file: \(Self.reason(error, authorityFile))")
            }
        }
        if hasCertificate {
            do {
                configuration.certificateChain = try NIOSSLCertificate.fromPEMFile(certificateFile).map {
                    .certificate($0)
                }
            } catch {
                throw Self.unusableCertificate(error, certificateFile)
            }
            do {
                configuration.privateKey = .privateKey(try NIOSSLPrivateKey(file: keyFile, format: .pem))
            } catch {
                throw Self.unusableCertificate(error, keyFile)
            }
        }
        do {
            return try NIOSSLContext(configuration: configuration)
        } catch {
            throw Self.unusableCertificate(error, certificateFile)
        }
    }

    /// Those that Go's clients take. BoringSSL's own list lacks Ed25519.
    private static let signatureAlgorithms: [SignatureAlgorithm] = [
        .rsaPssRsaeSha256, .ecdsaSecp256R1Sha256, .ed25519, .rsaPssRsaeSha384, .rsaPssRsaeSha512, .rsaPkcs1Sha256,
        .rsaPkcs1Sha384, .rsaPkcs1Sha512, .ecdsaSecp384R1Sha384, .ecdsaSecp521R1Sha512,
    ]

    private static func unusableCertificate(_ error: any Error, _ file: String) -> NATSError {
        NATSError(.tlsFailed, "nats: error loading client certificate: \(reason(error, file))")
    }

    private static func reason(_ error: any Error, _ file: String) -> String {
        let text = NATSError.network(error).description
        return text.hasPrefix("no such file") ? "open \(file): \(text)" : "\(file) is not usable: \(text)"
    }
}

extension NATSError {
    /// The error for a handshake that failed, in the words of Go's `crypto/tls` where it has the same case.
    static func handshake(_ error: any Error) -> NATSError {
        let sentences: [(part: String, sentence: String)] = [
            (
                "CERTIFICATE_VERIFY_FAILED",
                "tls: failed to verify certificate: x509: certificate signed by unknown authority"
            ),
            (
                "unableToValidateCertificate",
                "tls: failed to verify certificate: x509: certificate is not valid for the host"
            ),
            ("WRONG_VERSION_NUMBER", "tls: first record does not look like a TLS handshake"),
            ("ALERT_CERTIFICATE_REQUIRED", "remote error: tls: certificate required"),
            ("ALERT_HANDSHAKE_FAILURE", "remote error: tls: handshake failure"),
            ("ALERT_BAD_CERTIFICATE", "remote error: tls: bad certificate"),
            ("ALERT_UNKNOWN_CA", "remote error: tls: unknown certificate authority"),
            ("ALERT_CERTIFICATE_EXPIRED", "remote error: tls: expired certificate"),
            ("ALERT_PROTOCOL_VERSION", "remote error: tls: protocol version not supported"),
            ("EOF during handshake", "EOF"),
            ("uncleanShutdown", "EOF"),
        ]
        let text = "\(error)"
        let sentence = sentences.first { text.contains($0.part) }?.sentence
        return NATSError(.tlsFailed, sentence ?? "tls: \(reason(text))")
    }

    /// BoringSSL's own word for what is wrong, from a text such as `error:10:SSL routines:OPENSSL_internal:SOME_REASON at file:1`.
    private static func reason(_ text: String) -> String {
        guard let place = text.firstRange(of: "OPENSSL_internal:") else { return "handshake failed: \(text)" }
        let word = text[place.upperBound...].prefix { $0 == "_" || $0.isLetter || $0.isNumber }
        return word.lowercased().split(separator: "_").joined(separator: " ")
    }
}
