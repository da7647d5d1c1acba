import GoFormats
import Testing

@testable import NATSConfig

@Suite("Typed options")
struct ServerOptionsTests {
    @Test("an empty file means nats-server's defaults")
    func defaults() throws {
        let options = try options("# nothing\n").completed()
        #expect(options.host == "0.0.0.0")
        #expect(options.port == 4222)
        #expect(options.limits.maxPayload == 1_048_576)
        #expect(options.limits.maxConnections == 65536)
        #expect(options.limits.maxPending == 67_108_864)
        #expect(options.pingInterval == .seconds(120))
        #expect(options.maxPingsOut == 2)
        #expect(options.writeDeadline == .seconds(10))
        #expect(options.authorizationTimeout == 2)
        #expect(options.monitoring.port == 0)
        #expect(options.effectiveSystemAccount == "$SYS")
    }

    @Test("where the server listens has several spellings")
    func addresses() throws {
        let options = try options("listen: \"127.0.0.1:-1\"\nhttp: localhost:8222\n")
        #expect(options.host == "127.0.0.1")
        #expect(options.port == -1)
        #expect(options.completed().port == 0)
        #expect(options.monitoring.host == "localhost")
        #expect(options.monitoring.port == 8222)
    }

    @Test("users belong to their accounts and get default permissions where they have none")
    func users() throws {
        let options = try options(
            """
            accounts {
              A {
                users: [
                  { user: a, password: x }
                  { user: b, password: y, permissions: { publish: { allow: ["A.>"], deny: "A.no" } } }
                ]
                default_permissions { subscribe: "A.>" }
              }
            }
            authorization { users: [ { user: c, password: z, permissions: { allow_responses: { max: 3 } } } ] }
            """
        )
        #expect(options.users.map(\.name) == ["a", "b", "c"])
        #expect(options.users.map(\.account) == ["A", "A", nil])
        #expect(options.users[0].permissions?.subscribe?.allow == ["A.>"])
        #expect(options.users[1].permissions?.publish == SubjectPermissionOptions(allow: ["A.>"], deny: ["A.no"]))
        #expect(options.users[1].permissions?.subscribe == nil)
        // Who may answer may publish nothing else.
        #expect(options.users[2].permissions?.publish?.allow == [])
        #expect(options.users[2].permissions?.responses?.maxMessages == 3)
        #expect(options.users[2].permissions?.responses?.expires == .seconds(120))
    }

    @Test("a problem is told in the order of the file, where nats-server's order is random")
    func problemsInOrder() {
        let refusal = refusal { () throws(ConfigRefusal) in _ = try options("b: 1\na: 2\nc { d: 1 }\n") }
        #expect(
            refusal?.description
                == """
                x.conf:1:0: unknown field "b"
                x.conf:2:1: unknown field "a"
                x.conf:3:1: unknown field "c"

                """
        )
    }

    @Test("one name for two users is refused, whatever accounts they are in")
    func duplicateUsers() {
        let text = "accounts {\n A { users: [{user: u}] }\n B { users: [{user: u}] }\n}\n"
        let refusal = refusal { () throws(ConfigRefusal) in _ = try options(text) }
        #expect(refusal?.description == "x.conf:3:6: Duplicate user \"u\" detected\n")
    }

    @Test(
        "a stream import has a prefix or another name, in whatever order they are given",
        arguments: ["prefix: p, to: t", "to: t, prefix: p"]
    )
    func prefixAndName(fields: String) {
        let text =
            "accounts { A { exports: [{stream: s}] }\n B { imports: [{stream: {account: A, subject: s}, \(fields)}] } }"
        let refusal = refusal { () throws(ConfigRefusal) in _ = try options(text) }
        #expect(refusal?.description.contains("can not have a 'prefix' and a 'to' property") == true)
    }

    @Test(
        "a stream has no response threshold, in whatever order they are given",
        arguments: ["stream: s, threshold: \"1s\"", "threshold: \"1s\", stream: s"]
    )
    func thresholdOfStream(fields: String) {
        let refusal = refusal { () throws(ConfigRefusal) in _ = try options("accounts { A { exports: [{\(fields)}] } }")
        }
        #expect(refusal?.problems.map(\.message) == ["Detected response directive on non-service"])
    }

    @Test("a user with a key takes no password")
    func keyAndPassword() {
        let key = "UAAACAQDAQCQMBYIBEFAWDANBYHRAEISCMKBKFQXDAMRUGY4DUPB63NN"
        let text = "authorization { users: [ {nkey: \(key), password: x} ] }"
        let refusal = refusal { () throws(ConfigRefusal) in _ = try options(text) }
        #expect(refusal?.problems.first?.message == "Nkey users do not take usernames or passwords")
    }

    @Test("the place of JetStream's data is given once", arguments: ["jetstream { store_dir: a }\nstore_dir: b"])
    func storeDirectoryTwice(text: String) {
        let refusal = refusal { () throws(ConfigRefusal) in _ = try options(text) }
        #expect(refusal?.description == "x.conf:2:1: Duplicate 'store_dir' configuration\n")
    }

    @Test(
        "durations are read and written as Go does",
        arguments: [
            ("1h30m", "1h30m0s"), ("90s", "1m30s"), ("1500ms", "1.5s"), ("2us", "2µs"), ("-1.5h", "-1h30m0s"),
            ("0", "0s"), ("100ns", "100ns"), (".5s", "500ms"), ("1m0.25s", "1m0.25s"),
        ]
    )
    func durations(text: String, written: String) throws {
        #expect(GoDuration.described(try GoDuration.parse(text)) == written)
    }

    @Test(
        "what is no duration is refused in Go's words",
        arguments: [
            ("", "time: invalid duration \"\""), ("5", "time: missing unit in duration \"5\""),
            ("5x", "time: unknown unit \"x\" in duration \"5x\""), ("abc", "time: invalid duration \"abc\""),
            ("9999999999999h", "time: invalid duration \"9999999999999h\""),
        ]
    )
    func malformedDurations(text: String, message: String) {
        #expect(throws: GoDuration.Malformed.self) { try GoDuration.parse(text) }
        do throws(GoDuration.Malformed) {
            _ = try GoDuration.parse(text)
        } catch {
            #expect(error.message == message)
        }
    }
}
