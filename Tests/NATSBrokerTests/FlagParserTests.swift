import GoFormats
import Testing

@testable import NATSBroker

@Suite("The command line")
struct FlagParserTests {
    @Test("takes one dash or two, a value behind a blank or an equals sign")
    func forms() throws {
        for arguments in [["-p", "4333"], ["--port", "4333"], ["-port=4333"], ["--p=4333"], ["-p", "0x10ed"]] {
            #expect(try ServerFlags(arguments).port == 4_333, "\(arguments)")
        }
    }

    @Test("takes a Boolean's value behind an equals sign only")
    func booleans() throws {
        #expect(try ServerFlags(["-D"]).debug == true)
        #expect(try ServerFlags(["-D=false"]).debug == false)
        #expect(try ServerFlags(["-DV"]).trace == true)
        #expect(throws: FlagParser.Failure(description: "unrecognized command: \"false\"")) {
            try ServerFlags(["-D", "false"])
        }
    }

    @Test(
        "says in Go's words what is wrong",
        arguments: [
            (["--bogus"], "flag provided but not defined: -bogus"), (["-p"], "flag needs an argument: -p"),
            (["-p", "4222x"], "invalid value \"4222x\" for flag -p: parse error"), (["---p"], "bad flag syntax: ---p"),
            (["-D=maybe"], "invalid boolean value \"maybe\" for -D: parse error"),
            (["start"], "unrecognized command: \"start\""),
        ]
    )
    func problems(arguments: [String], message: String) {
        #expect(throws: FlagParser.Failure(description: message)) { try ServerFlags(arguments) }
    }

    @Test("ends at the first word that is no flag")
    func words() throws {
        #expect(try ServerFlags(["-D", "version"]).showsVersion)
        #expect(try ServerFlags(["help"]).showsHelp)
        #expect(throws: FlagParser.Failure.self) { try ServerFlags(["--", "-D"]) }
    }

    @Test("remembers what the broker does not do, so that it can be refused")
    func unsupported() throws {
        #expect(try ServerFlags(["--profile", "1", "--routes", "nats://a"]).unsupported == ["profile", "routes"])
        #expect(throws: Configuration.Refusal.self) { try Configuration(ServerFlags(["--cluster", "nats://a"])) }
        let streams = try Configuration(ServerFlags(["-js", "-sd", "/var/lib/streams"])).settings.jetStream
        #expect(streams?.storeDirectory == "/var/lib/streams/jetstream")
    }
}

@Suite("Go's way of printing")
struct GoTextTests {
    @Test("quotes text")
    func quotes() {
        #expect(GoText.quoted("a\"b\\\r\n\t\u{1}é") == "\"a\\\"b\\\\\\r\\n\\t\\x01é\"")
    }

    @Test(
        "prints durations",
        arguments: [
            (Duration.seconds(120), "2m0s"), (.milliseconds(1_500), "1.5s"), (.microseconds(452), "452µs"),
            (.seconds(3_661), "1h1m1s"), (.zero, "0s"), (.nanoseconds(1_050), "1.05µs"),
        ]
    )
    func durations(duration: Duration, text: String) {
        #expect(GoDuration.described(duration) == text)
    }

    @Test("as many seconds as a configuration may say become a duration, the longest where there is none so long")
    func manySeconds() {
        #expect(GoDuration.seconds(1.5) == .milliseconds(1_500))
        #expect(GoDuration.seconds(1e11) == .nanoseconds(Int64.max))
        #expect(GoDuration.seconds(-1e11) == .nanoseconds(Int64.min))
        #expect(GoDuration.seconds(9_223_372_036.854_776) == .nanoseconds(Int64.max))
    }

    @Test("names servers as nkeys do")
    func identity() {
        var random = SystemRandomNumberGenerator()
        let name = ServerIdentity.make(using: &random)
        #expect(name.count == 56)
        #expect(name.first == "N")
        #expect(ServerIdentity.base32(Array("foobar".utf8)) == "MZXW6YTBOI")
        #expect(ServerIdentity.crc16(Array("123456789".utf8)) == 0x31C3)
    }
}
