import NATSConfig

extension ServerFlags {
    /// Lays the `--tls…` flags over the options: any of them stands for a `tls` block of its own, unless `--tls=false` does
    /// without TLS altogether.
    ///
    /// - Throws: ``Configuration/Refusal`` in nats-server's words.
    func applyTLS(to options: inout ServerOptions, from source: ConfigSource) throws(Configuration.Refusal) {
        if tls == false {
            options.tls = nil
            return
        }
        guard tls != nil || tlsVerify != nil || tlsCertificate != nil || tlsKey != nil || tlsCA != nil else { return }
        guard let tlsCertificate, !tlsCertificate.isEmpty else {
            throw Configuration.Refusal(description: "TLS Server certificate must be present and valid")
        }
        guard let tlsKey, !tlsKey.isEmpty else {
            throw Configuration.Refusal(description: "TLS Server private key must be present and valid")
        }
        var block = TLSOptions()
        block.certificateFile = tlsCertificate
        block.keyFile = tlsKey
        block.caFile = tlsCA ?? ""
        block.verify = tlsVerify ?? false
        if let complaint = block.complaint(reading: source) {
            throw Configuration.Refusal(description: complaint)
        }
        // Timeout and mapping stay what the file says.
        block.timeout = options.tls?.timeout
        block.verifyAndMap = options.tls?.verifyAndMap ?? false
        block.handshakeFirst = options.tls?.handshakeFirst ?? false
        block.handshakeFirstFallback = options.tls?.handshakeFirstFallback
        block.pinnedCertificates = options.tls?.pinnedCertificates ?? []
        options.tls = block
    }

    /// What `--help_tls` prints: how to write a `tls` block.
    static let tlsUsage = """

        TLS is configured in the tls section of a configuration file:

            tls {
                cert_file:      "./certs/server-cert.pem"
                key_file:       "./certs/server-key.pem"
                ca_file:        "./certs/ca.pem"
                # Clients must show a certificate:
                verify:         true
                # ... which names the user:
                verify_and_map: true

                cipher_suites: [
                    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
                    "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"
                ]
                curve_preferences: [ "X25519", "CurveP256" ]
            }

        Available cipher suites include:
        \(TLSAlgorithms.cipherSuiteNames.map { "    \($0)" }.joined(separator: "\n"))

        Available curve preferences include:
        \(TLSAlgorithms.curveNames.map { "    \($0)" }.joined(separator: "\n"))

        OCSP is not supported by Launchpad's bundled broker: run a file that asks for it with nats-server.

        """
}
