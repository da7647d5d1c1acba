import NATSAccounts
import NATSConfig
import NIOSSL

/// A certificate with its chain, and the private key that belongs to it.
struct TLSKeyPair: Sendable {
    var chain: [NIOSSLCertificate]
    var key: NIOSSLPrivateKey

    var sources: [NIOSSLCertificateSource] { chain.map { .certificate($0) } }

    /// Seconds since 1970.
    var notAfter: Int? { chain.first.map { Int($0.notValidAfter) } }

    /// Reads PEM.
    ///
    /// - Throws: ``TLSEndpoint/Unusable`` in the words of Go's `crypto/tls`.
    init(certificate: [UInt8], key: [UInt8]) throws(TLSEndpoint.Unusable) {
        do {
            chain = try NIOSSLCertificate.fromPEMBytes(certificate)
        } catch {
            throw TLSEndpoint.Unusable(description: "x509: malformed certificate")
        }
        do {
            self.key = try NIOSSLPrivateKey(bytes: key, format: .pem)
        } catch {
            throw TLSEndpoint.Unusable(description: "tls: failed to parse private key")
        }
        // Making a context is what compares the two.
        let configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(self.key))
        do {
            _ = try NIOSSLContext(configuration: configuration)
        } catch {
            throw TLSEndpoint.Unusable(description: "tls: private key does not match public key")
        }
    }

    /// All the pairs that a `tls` block names.
    static func all(of options: TLSOptions) throws(TLSEndpoint.Unusable) -> [TLSKeyPair] {
        var files = options.certificates
        if !options.certificateFile.isEmpty {
            files = [.init(certificateFile: options.certificateFile, keyFile: options.keyFile)]
        }
        var pairs: [TLSKeyPair] = []
        for file in files {
            do {
                let certificate = try TextFile.read(file.certificateFile)
                pairs.append(try TLSKeyPair(certificate: certificate, key: try TextFile.read(file.keyFile)))
            } catch {
                throw TLSEndpoint.Unusable(description: "error parsing X509 certificate/key pair: \(error)")
            }
        }
        return pairs
    }

    /// The first pair whose certificate names the host that a client asks for; the first of all where there is none.
    static func choose(among pairs: [TLSKeyPair], for host: String?) -> TLSKeyPair? {
        guard let host, !host.isEmpty else { return pairs.first }
        let labels = host.lowercased().split(separator: ".")
        let named = pairs.first { pair in
            guard let leaf = pair.chain.first, let names = CertificateDetails(leaf)?.names.dnsNames else {
                return false
            }
            return names.contains { matches($0.lowercased().split(separator: "."), labels) }
        }
        return named ?? pairs.first
    }

    /// Whether a name in a certificate, whose first label may be `*`, is the one asked for.
    private static func matches(_ pattern: [Substring], _ labels: [Substring]) -> Bool {
        guard pattern.count == labels.count, !pattern.isEmpty else { return false }
        return (pattern[0] == "*" || pattern[0] == labels[0]) && pattern.dropFirst().elementsEqual(labels.dropFirst())
    }
}
