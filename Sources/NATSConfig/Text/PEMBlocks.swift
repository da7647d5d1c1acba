/// What can be said of PEM files without cryptography.
enum PEMBlocks {
    /// What the blocks of a file call themselves, such as `CERTIFICATE` or `EC PRIVATE KEY`, in order.
    static func labels(in file: [UInt8]) -> [String] {
        let lines = String(decoding: file, as: UTF8.self).split(whereSeparator: \.isNewline)
        return lines.compactMap { line in
            guard line.hasPrefix("-----BEGIN "), line.hasSuffix("-----") else { return nil }
            return String(line.dropFirst(11).dropLast(5))
        }
    }

    /// Why the two files cannot be a certificate and its key, in the words of Go's `crypto/tls`.
    static func complaint(certificate: [UInt8], key: [UInt8]) -> String? {
        let found = labels(in: certificate)
        if found.isEmpty { return "failed to find any PEM data in certificate input" }
        if !found.contains("CERTIFICATE") {
            if found.count == 1, isPrivateKey(found[0]) {
                return "failed to find certificate PEM data in certificate input, but did find a private key; "
                    + "PEM inputs may have been switched"
            }
            return "failed to find \"CERTIFICATE\" PEM block in certificate input after skipping PEM blocks of the "
                + "following types: [\(found.joined(separator: " "))]"
        }
        let keys = labels(in: key)
        if keys.isEmpty { return "failed to find any PEM data in key input" }
        if !keys.contains(where: isPrivateKey) {
            if keys.count == 1, keys[0] == "CERTIFICATE" {
                return "found a certificate rather than a key in the PEM for the private key"
            }
            return
                "failed to find PEM block with type ending in \"PRIVATE KEY\" in key input after skipping PEM blocks "
                + "of the following types: [\(keys.joined(separator: " "))]"
        }
        return nil
    }

    private static func isPrivateKey(_ label: String) -> Bool {
        label == "PRIVATE KEY" || label.hasSuffix(" PRIVATE KEY")
    }
}
