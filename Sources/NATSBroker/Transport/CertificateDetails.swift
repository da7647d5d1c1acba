import Crypto
import NATSAccounts
import NIOSSL
import SwiftASN1

/// What is read from a client's certificate: whom it names, and what monitoring shows of it.
struct CertificateDetails: Sendable {
    var names = CertificateNames()
    /// The subject as Go's `pkix.Name` writes it, unnamed attributes last.
    var subject = ""
    /// SHA-256 of the public key's DER, and of the whole certificate's, in hexadecimal.
    var publicKeySum = ""
    var certificateSum = ""
    /// From when to when it is good, in seconds since 1970.
    var validity = (first: 0, last: 0)

    /// Nil for a certificate that cannot be read.
    init?(_ certificate: NIOSSLCertificate) {
        guard let bytes = try? certificate.toDERBytes(), let parsed = try? Self.read(bytes) else { return nil }
        self = parsed
        certificateSum = Hexadecimal.text(SHA256.hash(data: bytes))
        validity = (Int(certificate.notValidBefore), Int(certificate.notValidAfter))
        if let key = try? certificate.extractPublicKey().toSPKIBytes() {
            publicKeySum = Hexadecimal.text(SHA256.hash(data: key))
        }
    }

    private init() {}

    /// Source: RFC 5280, 4.1: Certificate, TBSCertificate, Name and GeneralNames.
    private static func read(_ bytes: [UInt8]) throws -> CertificateDetails? {
        guard let content = children(try DER.parse(bytes)).first.map(children) else { return nil }
        // The version is optional and tagged [0]; then serial number, signature, issuer, validity and subject.
        let isVersioned = content.first?.identifier.tagClass == .contextSpecific
        let place = isVersioned ? 5 : 4
        guard content.count > place else { return nil }
        var details = CertificateDetails()
        let subject = SubjectReader(content[place])
        details.names.subject = subject.distinguishedName
        details.names.subjectText = subject.text
        details.names.domainComponents = subject.domainComponents
        details.subject = subject.fullText
        let extensions = content.first {
            $0.identifier.tagClass == .contextSpecific && $0.identifier.tagNumber == 3
        }
        for entry in extensions.map(children)?.first.map(children) ?? [] {
            let fields = children(entry)
            guard let first = fields.first, let last = fields.last,
                let identifier = try? ASN1ObjectIdentifier(derEncoded: first),
                identifier.description == "2.5.29.17",
                let octets = try? ASN1OctetString(derEncoded: last)
            else { continue }
            for name in children(try DER.parse(octets.bytes)) { details.add(name) }
        }
        return details
    }

    /// Takes up one entry of the subject's alternative names.
    private mutating func add(_ name: ASN1Node) {
        guard name.identifier.tagClass == .contextSpecific, case .primitive(let bytes) = name.content else { return }
        let text = String(decoding: bytes, as: UTF8.self)
        switch name.identifier.tagNumber {
        case 1: names.emailAddresses.append(text)
        case 2: names.dnsNames.append(text)
        case 6: names.uris.append(text)
        default: break
        }
    }

    fileprivate static func children(_ node: ASN1Node) -> [ASN1Node] {
        guard case .constructed(let nodes) = node.content else { return [] }
        return Array(nodes)
    }
}

/// A certificate's subject, in the forms that it is compared in.
private struct SubjectReader {
    private struct Entry {
        var type: String
        var value: String
        /// The value's DER, for types without a name.
        var encoded: [UInt8]
    }

    /// In the certificate's order.
    private var parts: [[Entry]] = []

    init(_ name: ASN1Node) {
        parts = CertificateDetails.children(name).map { set in
            CertificateDetails.children(set).compactMap { attribute in
                let fields = CertificateDetails.children(attribute)
                guard fields.count == 2, let type = try? ASN1ObjectIdentifier(derEncoded: fields[0]),
                    case .primitive(let bytes) = fields[1].content
                else { return nil }
                return Entry(
                    type: type.description, value: String(decoding: bytes, as: UTF8.self),
                    encoded: Array(fields[1].encodedBytes))
            }
        }
    }

    var distinguishedName: DistinguishedName? {
        var result: [[DistinguishedName.Attribute]] = []
        for part in parts.reversed() where !part.isEmpty {
            var attributes: [DistinguishedName.Attribute] = []
            for entry in part.reversed() {
                guard let type = DistinguishedName.typeNames[entry.type] else { return nil }
                attributes.append(.init(type: type, value: entry.value))
            }
            result.append(attributes)
        }
        return DistinguishedName(parts: result)
    }

    var domainComponents: String {
        let components = parts.joined().filter { DistinguishedName.typeNames[$0.type] == "DC" }
        return components.map { "DC=\($0.value)" }.joined(separator: ",")
    }

    /// The attributes that Go's `pkix.Name` has a place for, in its order, which is the reverse of the text's.
    private static let order = ["C", "O", "OU", "L", "ST", "STREET", "POSTALCODE", "CN", "SERIALNUMBER"]

    /// What of a name there is only one: the last one counts.
    private static let single: Set = ["CN", "SERIALNUMBER"]

    var text: String {
        let all = Array(parts.joined())
        let texts = Self.order.reversed().compactMap { type -> String? in
            let values = all.filter { DistinguishedName.typeNames[$0.type] == type }.map(\.value)
            guard !values.isEmpty else { return nil }
            let shown = Self.single.contains(type) ? [values[values.count - 1]] : values
            return shown.map { "\(type)=\(Self.escaped($0))" }.joined(separator: "+")
        }
        return texts.joined(separator: ",")
    }

    /// ``text``, and behind it what it leaves out, last one first.
    var fullText: String {
        let rest = parts.joined().filter { !Self.order.contains(DistinguishedName.typeNames[$0.type] ?? "") }
        let unnamed = rest.reversed().map { "\($0.type)=#\(Hexadecimal.text($0.encoded))" }
        return ([text] + unnamed).filter { !$0.isEmpty }.joined(separator: ",")
    }

    private static func escaped(_ value: String) -> String {
        var result = ""
        for (index, character) in value.enumerated() {
            let isEdge = index == 0 || index == value.count - 1
            let isSpecial =
                ",+\"\\<>;".contains(character) || (character == " " && isEdge) || (character == "#" && index == 0)
            if isSpecial { result.append("\\") }
            result.append(character)
        }
        return result
    }
}
