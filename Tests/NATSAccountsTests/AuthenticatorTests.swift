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

@Suite("Who may connect")
struct AuthenticatorTests {
    private let users = [
        "a": User(name: "a", password: "pa", account: "A"),
        "guest": User(name: "guest", password: "pg", account: "B"),
        "web": User(name: "web", password: "pw", account: "B", mayConnectPlainly: false),
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

    @Test("nobody by a hash that cannot be checked")
    func bcrypt() {
        let hash = "$2a$10$abcdefghijklmnopqrstuuABCDEFGHIJKLMNOPQRSTUVWXYZ01234"
        #expect(Password.isBcrypt(hash))
        #expect(!Password.matches(stored: hash, given: hash))
        #expect(!Password.isBcrypt("$2 dollars"))
    }
}
