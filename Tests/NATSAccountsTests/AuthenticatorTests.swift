import Crypto
import Foundation
import NATSAccounts
import NATSWire
import Testing

private func connect(user: String = "", password: String = "", token: String = "") -> ConnectOptions {
    var options = ConnectOptions()
    options.user = user
    options.password = password
    options.token = token
    return options
}

/// A bcrypt hash of `secret`.
private let hash = "$2a$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW"

extension Authenticator {
    /// Who the client is, where that can be said at once.
    fileprivate func identify(
        _ options: ConnectOptions,
        nonce: String = "",
        kind: ConnectionKind = .standard
    ) -> Identity? {
        if case .granted(let identity) = judge(options, nonce: nonce, kind: kind) { identity } else { nil }
    }
}

@Suite("Who may connect")
struct AuthenticatorTests {
    private let users = [
        "a": User(name: "a", password: "pa", account: "A"),
        "guest": User(name: "guest", password: "pg", account: "B"),
        "web": User(name: "web", password: "pw", account: "B", connectionKinds: [.webSocket]),
        "hashed": User(name: "hashed", password: hash, account: "B"),
    ]

    @Test("everybody, where nobody is asked")
    func open() {
        #expect(Authenticator(rule: .open).identify(connect(user: "x", password: "y"))?.account == "$G")
    }

    @Test("who has the token")
    func token() {
        let authenticator = Authenticator(rule: .token("secret"))
        #expect(authenticator.identify(connect(token: "secret")) != nil)
        #expect(authenticator.identify(connect(token: "secre")) == nil)
        #expect(authenticator.identify(connect()) == nil)
    }

    @Test("the one user, with its password")
    func single() {
        let authenticator = Authenticator(rule: .single(user: "a", password: "b"))
        #expect(authenticator.identify(connect(user: "a", password: "b"))?.user == "a")
        #expect(authenticator.identify(connect(user: "a", password: "c")) == nil)
        #expect(authenticator.identify(connect(user: "b", password: "b")) == nil)
    }

    @Test("users with their passwords, in their accounts")
    func manyUsers() {
        let authenticator = Authenticator(rule: .users(users))
        #expect(authenticator.identify(connect(user: "a", password: "pa"))?.account == "A")
        #expect(authenticator.identify(connect(user: "a", password: "pg")) == nil)
        #expect(authenticator.identify(connect()) == nil)
        #expect(authenticator.identify(connect(user: "web", password: "pw")) == nil)
        #expect(authenticator.asksForCredentials)
    }

    @Test("clients without credentials, as the user who is meant for them")
    func noAuthUser() {
        let authenticator = Authenticator(rule: .users(users), noAuthUser: "guest")
        #expect(authenticator.identify(connect())?.account == "B")
        #expect(authenticator.identify(connect(user: "a", password: "wrong")) == nil)
        #expect(!authenticator.asksForCredentials)
        #expect(authenticator.isRequired)
    }

    @Test("users who come in a way that they may")
    func connectionKinds() {
        let authenticator = Authenticator(rule: .users(users))
        #expect(authenticator.identify(connect(user: "web", password: "pw"), kind: .webSocket)?.user == "web")
        #expect(authenticator.identify(connect(user: "a", password: "pa"), kind: .webSocket)?.user == "a")
    }

    @Test("whoever shows the password that a hash was made of, once that is computed")
    func bcrypt() {
        let authenticator = Authenticator(rule: .users(users), noAuthUser: "hashed")
        let verdict = authenticator.judge(connect(user: "hashed", password: "secret"), nonce: "", kind: .standard)
        guard case .unproven(let identity, let stored, let given) = verdict else {
            Issue.record("a hash takes computing, but the verdict is \(verdict)")
            return
        }
        #expect(identity.user == "hashed")
        #expect(Password.matches(stored: stored, given: given))
        #expect(!Password.matches(stored: stored, given: "Secret"))
        #expect(!Password.matches(stored: stored, given: "secret\0"))
        #expect(authenticator.identify(connect()) == nil, "a hash is no password")
    }

    @Test(
        "what is a hash and what is a password that looks like one",
        arguments: [
            (hash, true), ("$2x$04$", true), ("$2c$04$abc", false), ("$2 dollars", false), ("$2a$4$abc", false),
            ("", false),
        ])
    func hashes(text: String, isHash: Bool) {
        #expect(Password.isBcrypt(text) == isHash)
    }
}

@Suite("Users with keys")
struct NKeyTests {
    private let key = Curve25519.Signing.PrivateKey()
    private var authenticator: Authenticator {
        let user = NKeyUser(nkey: "UC", publicKey: Array(key.publicKey.rawRepresentation), account: "A")
        return Authenticator(rule: .users([:], nkeys: ["UC": user]))
    }

    private func connect(_ signature: Data?, padded: Bool = true) -> ConnectOptions {
        var options = ConnectOptions()
        options.nkey = "UC"
        options.signature = signature?.base64EncodedString() ?? ""
        if !padded {
            options.signature = options.signature.replacing("=", with: "").replacing("+", with: "-").replacing(
                "/", with: "_")
        }
        return options
    }

    @Test("sign the nonce, in either kind of base64", arguments: [true, false])
    func signatures(padded: Bool) throws {
        // Many nonces, so that every character of the alphabets comes up.
        for number in 0..<20 {
            let options = connect(try key.signature(for: Data("nonce \(number)".utf8)), padded: padded)
            #expect(authenticator.identify(options, nonce: "nonce \(number)")?.user == "UC")
            #expect(authenticator.identify(options, nonce: "another nonce") == nil)
        }
    }

    @Test("are refused without a signature, or with one that is none")
    func noSignature() throws {
        #expect(authenticator.identify(connect(nil), nonce: "n") == nil)
        #expect(authenticator.identify(connect(Data([1, 2, 3])), nonce: "n") == nil)
        var options = connect(try key.signature(for: Data("n".utf8)))
        options.nkey = "UX"
        #expect(authenticator.identify(options, nonce: "n") == nil)
    }

    @Test("are asked to sign a nonce of fifteen characters that nobody else gets")
    func nonces() {
        #expect(authenticator.needsNonce)
        #expect(!Authenticator(rule: .token("x")).needsNonce)
        let nonces = (0..<100).map { _ in NKeySignature.makeNonce() }
        #expect(Set(nonces).count == 100)
        #expect(nonces.allSatisfy { $0.wholeMatch(of: /[A-Za-z0-9_-]{15}/) != nil })
    }
}
