extension TLSOptions {
    /// What is wrong with the files that the block names, in nats-server's words; nil when they can be used.
    package func complaint(reading source: ConfigSource) -> String? {
        do throws(ConfigSource.Unreadable) {
            return try complaint(source)
        } catch {
            return error.message
        }
    }

    private func complaint(_ source: ConfigSource) throws(ConfigSource.Unreadable) -> String? {
        if keyFile.isEmpty, !certificateFile.isEmpty { return "missing 'key_file' in TLS configuration" }
        if certificateFile.isEmpty, !keyFile.isEmpty { return "missing 'cert_file' in TLS configuration" }
        if !certificateFile.isEmpty {
            let pair = CertificatePair(certificateFile: certificateFile, keyFile: keyFile)
            if let complaint = Self.complaint(pair, source) {
                return "error parsing X509 certificate/key pair: \(complaint)"
            }
        }
        for (index, pair) in certificates.enumerated() {
            if let complaint = Self.complaint(pair, source) {
                return "error parsing X509 certificate/key pair \(index + 1)/\(certificates.count): \(complaint)"
            }
        }
        guard !caFile.isEmpty else { return nil }
        let hasCertificate = PEMBlocks.labels(in: try source.read(caFile)).contains("CERTIFICATE")
        return hasCertificate ? nil : "failed to parse root ca certificate"
    }

    private static func complaint(_ pair: CertificatePair, _ source: ConfigSource) -> String? {
        do throws(ConfigSource.Unreadable) {
            let certificate = try source.read(pair.certificateFile)
            let key = try source.read(pair.keyFile)
            if let complaint = PEMBlocks.complaint(certificate: certificate, key: key) { return "tls: \(complaint)" }
            return source.keyPairComplaint(certificate, key)
        } catch {
            return error.message
        }
    }
}
