import Crypto
import GoFormats
import NATSConfig
import NIOCore
import NIOSSL

/// A `tls` block made ready: what a listener does about TLS. Immutable; a reload makes another one.
struct TLSEndpoint: Sendable {
    /// When the server speaks first.
    enum Greeting: Sendable, Equatable {
        /// INFO in the clear, then the handshake.
        case infoFirst
        /// The handshake, then INFO. A client that sends nothing for `fallback` is sent INFO in the clear after all; nil to wait.
        case handshakeFirst(fallback: Duration?)
    }

    let context: NIOSSLContext
    /// The same without asking for a client's certificate, for monitoring.
    let anonymousContext: NIOSSLContext
    /// Whether clients must show a certificate.
    let verifies: Bool
    /// Whether the certificate names the user.
    let mapsUsers: Bool
    /// How long the handshake may take.
    let timeout: Duration
    let greeting: Greeting
    /// SHA-256 sums of clients' public keys, in hexadecimal; empty for any.
    let pinnedCertificates: Set<String>
    /// Handshakes a second; 0 for no limit.
    let connectionRateLimit: Int
    /// Sum over the content of the files that the block names.
    let fingerprint: String
    /// When the certificate ends, in seconds since 1970; nil without one.
    let notAfter: Int?

    /// A `tls` block that the TLS library does not take; `description` is in nats-server's words where it has any.
    struct Unusable: Error, CustomStringConvertible {
        var description: String
    }

    /// Reads the files that the block names and makes them ready.
    init(_ options: TLSOptions) throws(Unusable) {
        let pairs = try TLSKeyPair.all(of: options)
        do {
            context = try NIOSSLContext(configuration: try Self.configuration(options, pairs, verifies: options.verify))
            anonymousContext =
                options.verify
                ? try NIOSSLContext(configuration: try Self.configuration(options, pairs, verifies: false)) : context
        } catch let error as Unusable {
            throw error
        } catch {
            throw Unusable(description: "error in TLS configuration: \(error)")
        }
        verifies = options.verify
        mapsUsers = options.verifyAndMap
        let seconds = options.timeout ?? 0
        timeout = GoDuration.seconds(seconds == 0 ? ServerOptions.Default.tlsTimeout : seconds)
        let fallback = options.handshakeFirstFallback.flatMap { $0 > .zero ? $0 : nil }
        greeting = options.handshakeFirst ? .handshakeFirst(fallback: fallback) : .infoFirst
        pinnedCertificates = options.pinnedCertificates
        connectionRateLimit = Int(options.connectionRateLimit)
        notAfter = pairs.first?.notAfter
        fingerprint = Self.fingerprint(of: options)
    }

    private static func fingerprint(of options: TLSOptions) -> String {
        var sum = SHA256()
        let named = [options.certificateFile, options.keyFile, options.caFile]
        let files = named + options.certificates.flatMap { [$0.certificateFile, $0.keyFile] }
        for file in files where !file.isEmpty { sum.update(data: (try? TextFile.read(file)) ?? []) }
        return Hexadecimal.text(sum.finalize())
    }

    private static func configuration(
        _ options: TLSOptions,
        _ pairs: [TLSKeyPair],
        verifies: Bool
    ) throws -> TLSConfiguration {
        // The one for servers demands a certificate, which a block may leave out; then every handshake fails.
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.certificateVerification = .none
        configuration.certificateChain = pairs.first?.sources ?? []
        configuration.privateKey = pairs.first.map { .privateKey($0.key) }
        configuration.minimumTLSVersion = options.minimumVersion == "1.3" ? .tlsv13 : .tlsv12
        configuration.shutdownTimeout = .seconds(1)
        let suites = options.cipherSuites.isEmpty ? TLSAlgorithms.defaultCipherSuites : options.cipherSuites
        let olderSuites = suites.compactMap { TLSAlgorithms.cipherSuite(named: $0) }
        if olderSuites.isEmpty {
            // Those of TLS 1.3 alone leave nothing to TLS 1.2, and the library takes no empty list.
            configuration.minimumTLSVersion = .tlsv13
        } else {
            configuration.cipherSuiteValues = olderSuites
        }
        if !options.curvePreferences.isEmpty {
            configuration.curves = options.curvePreferences.compactMap { TLSAlgorithms.curve(named: $0) }
        }
        if verifies {
            // Whose certificate it is, is not a matter of the address that a client has.
            configuration.certificateVerification = .noHostnameVerification
            configuration.verifySignatureAlgorithms = TLSAlgorithms.signatures
            configuration.sendCANameList = true
            configuration.trustRoots = options.caFile.isEmpty ? .default : .file(options.caFile)
        }
        if pairs.count > 1 {
            configuration.sslContextCallback = { hello, promise in
                let pair = TLSKeyPair.choose(among: pairs, for: hello.serverHostname)
                var choice = NIOSSLContextConfigurationOverride()
                choice.certificateChain = pair?.sources
                choice.privateKey = pair.map { .privateKey($0.key) }
                promise.succeed(choice)
            }
        }
        return configuration
    }

    /// Whether a client with this certificate is let in as far as `pinned_certs` goes.
    func accepts(_ certificate: NIOSSLCertificate?) -> Bool {
        guard !pinnedCertificates.isEmpty else { return true }
        guard let key = try? certificate?.extractPublicKey().toSPKIBytes() else { return false }
        return pinnedCertificates.contains(Hexadecimal.text(SHA256.hash(data: key)))
    }
}

/// Bytes as lower-case hexadecimal digits.
enum Hexadecimal {
    static func text(_ bytes: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        for byte in bytes {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}
