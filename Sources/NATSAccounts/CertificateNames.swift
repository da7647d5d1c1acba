/// Whom a client's certificate speaks of: what `verify_and_map` looks users up by.
package struct CertificateNames: Sendable, Hashable {
    package var emailAddresses: [String] = []
    package var dnsNames: [String] = []
    package var uris: [String] = []
    /// The subject with all its attributes; nil where one of them has no name.
    package var subject: DistinguishedName?
    /// The subject as Go's `pkix.Name.ToRDNSequence` writes it, without domain components.
    package var subjectText = ""
    /// `DC=…` of each domain component, in the certificate's order, joined by commas.
    package var domainComponents = ""

    package init() {}

    /// Nothing that could name a user.
    package var isEmpty: Bool {
        emailAddresses.isEmpty && dnsNames.isEmpty && uris.isEmpty && subjectText.isEmpty
    }
}

/// How a certificate was found to name a user, for the log.
package enum CertificateMatch: Sendable, Hashable {
    case email, subjectAlternativeName, uri, distinguishedName, domainComponents, subject

    /// nats-server's line for it.
    package func message(_ user: String) -> String {
        switch self {
        case .email: "Using email found in cert for auth [\"\(user)\"]"
        case .subjectAlternativeName: "Using SAN found in cert for auth [\"\(user)\"]"
        case .uri: "Using URI found in cert for auth [\"\(user)\"]"
        case .distinguishedName: "Using DistinguishedNameMatch for auth [\"\(user)\"]"
        case .domainComponents: "Using RDNSequence for auth [\"\(user)\"]"
        case .subject: "Using certificate subject for auth [\"\(user)\"]"
        }
    }
}

extension CertificateNames {
    /// Finds the user that the certificate names, in nats-server's order: e-mail addresses, DNS names, URIs, the subject in its order,
    /// the subject in any order, and the subject's text.
    ///
    /// - Parameter users: the names of the users that may connect this way.
    /// - Returns: nil when no user has any of the names.
    package func user(among users: Set<String>) -> (name: String, match: CertificateMatch)? {
        guard !isEmpty else { return nil }
        // Without e-mail addresses the search begins with DNS names, without those with URIs, which comes to the same.
        if let name = emailAddresses.first(where: users.contains) { return (name, .email) }
        if let name = dnsNames.first(where: users.contains) { return (name, .subjectAlternativeName) }
        if let name = uris.first(where: users.contains) { return (name, .uri) }
        if let subject {
            let names = users.sorted().compactMap { name in DistinguishedName(name).map { (name, $0) } }
            let found =
                names.first { $0.1.equals(subject) }
                ?? names.first { !$0.1.parts.isEmpty && $0.1.hasSameParts(as: subject) }
            if let found { return (found.0, .distinguishedName) }
        }
        if !domainComponents.isEmpty, users.contains("\(subjectText),\(domainComponents)") {
            return ("\(subjectText),\(domainComponents)", .domainComponents)
        }
        if users.contains(subjectText) { return (subjectText, .subject) }
        return nil
    }
}
