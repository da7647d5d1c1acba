import Testing

@testable import NATSAccounts

@Suite("Users by certificate")
struct CertificateNamesTests {
    private func names(_ change: (inout CertificateNames) -> Void) -> CertificateNames {
        var names = CertificateNames()
        names.subjectText = "CN=carol,OU=Dev,O=Acme"
        names.subject = DistinguishedName("CN=carol,OU=Dev,O=Acme")
        change(&names)
        return names
    }

    @Test("e-mail addresses come first, then DNS names, URIs, and the subject")
    func order() {
        let all = names {
            $0.emailAddresses = ["nobody@x", "alice@x"]
            $0.dnsNames = ["host.x"]
            $0.uris = ["spiffe://x/bob"]
        }
        let users: Set = ["alice@x", "host.x", "spiffe://x/bob", "CN=carol,OU=Dev,O=Acme"]
        let expected: [(String, CertificateMatch)] = [
            ("alice@x", .email), ("host.x", .subjectAlternativeName), ("spiffe://x/bob", .uri),
            ("CN=carol,OU=Dev,O=Acme", .distinguishedName),
        ]
        var left = users
        for (name, match) in expected {
            let found = all.user(among: left)
            #expect(found?.name == name)
            #expect(found?.match == match)
            left.remove(name)
        }
        #expect(all.user(among: left) == nil)
    }

    @Test(
        "a subject is compared part by part, in any order",
        arguments: [
            ("CN=carol,OU=Dev,O=Acme", true), ("O=Acme,OU=Dev,CN=carol", true), ("cn=carol, ou=Dev, o=Acme", true),
            ("CN=Carol,OU=Dev,O=Acme", false), ("CN=carol,OU=Ops,O=Acme", false), ("CN=carol+OU=Dev,O=Acme", false),
            ("carol", false),
        ])
    func subjects(user: String, isFound: Bool) {
        #expect((names { _ in }.user(among: [user]) != nil) == isFound)
    }

    @Test("domain components stand behind the rest of the subject")
    func domainComponents() {
        let dave = names {
            $0.subject = nil
            $0.subjectText = "CN=dave"
            $0.domainComponents = "DC=com,DC=acme"
        }
        #expect(dave.user(among: ["CN=dave,DC=com,DC=acme"])?.match == .domainComponents)
        #expect(dave.user(among: ["CN=dave"])?.match == .subject)
    }

    @Test("escapes in a distinguished name stand for what they say")
    func escapes() {
        let name = DistinguishedName("CN=Smith\\, John ,O=\\41cme\\ ")
        #expect(name?.parts == [[.init(type: "CN", value: "Smith, John")], [.init(type: "O", value: "Acme ")]])
        for bad in ["CN=a\\", "CN=a\\zz", "CN=#0401", ",CN=a", "plain"] {
            #expect(DistinguishedName(bad) == nil, "\(bad)")
        }
    }
}
