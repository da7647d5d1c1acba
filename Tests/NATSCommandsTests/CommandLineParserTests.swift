import Testing

@testable import NATSCommands

@Suite("Command lines")
struct CommandLineParserTests {
    private static let parser = CommandLineParser(
        root: CommandSpec(
            name: "tool",
            help: "",
            flags: GlobalFlags.all,
            subcommands: [PublishCommand.spec, SubscribeCommand.spec, RequestCommand.spec, ContextCommand.spec]
        ),
        environment: ["NATS_URL": "from-variable", "NATS_USER": ""],
        readFile: { path in
            guard path == "words" else { throw CommandError("no such file") }
            return "# comment\n--count\n3\n\nfoo\n"
        }
    )

    private func parse(_ arguments: String...) throws -> Invocation {
        let (parsed, error) = Self.parser.parse(arguments)
        if let error {
            throw error
        }
        return Invocation(parsed: parsed, environment: [:], console: Console { _, _ in })
    }

    @Test("take flags anywhere, in every notation")
    func notations() throws {
        let invocation = try parse(
            "pub", "-q", "foo", "--count=5", "-HA:1", "-H", "B:2", "body", "--reply", "r", "-s", "x")
        #expect(invocation.parsed.path.map(\.name) == ["publish"])
        #expect(invocation[PublishCommand.subject] == "foo")
        #expect(invocation[PublishCommand.body] == "body")
        #expect(invocation[PublishCommand.count] == 5)
        #expect(invocation[PublishCommand.header] == ["A:1", "B:2"])
        #expect(invocation[PublishCommand.reply] == "r")
        #expect(invocation[PublishCommand.quiet])
        #expect(invocation[GlobalFlags.server] == "x")
    }

    @Test("combine short flags, the last of which may take a value")
    func combined() throws {
        let invocation = try parse("sub", "-rtIx.y", "a", "b")
        #expect(invocation[SubscribeCommand.raw])
        #expect(invocation[SubscribeCommand.timestamps])
        #expect(invocation[SubscribeCommand.ignored] == ["x.y"])
        #expect(invocation[SubscribeCommand.subjects] == ["a", "b"])
    }

    @Test("take defaults, and variables before them")
    func defaults() throws {
        let invocation = try parse("pub", "foo")
        #expect(invocation[PublishCommand.count] == 1)
        #expect(invocation[PublishCommand.templates])
        #expect(invocation[GlobalFlags.server] == "from-variable")
        #expect(invocation[GlobalFlags.user] == nil)
        #expect(invocation[GlobalFlags.timeout] == .seconds(5))
        #expect(!invocation.isGiven(PublishCommand.body))
    }

    @Test("negate what can be negated, and nothing else")
    func negation() throws {
        #expect(try !parse("pub", "--no-templates", "foo")[PublishCommand.templates])
        #expect(throws: UsageError.unknownFlag("--no-quiet", nearest: "--quiet")) {
            try parse("pub", "--no-quiet", "foo")
        }
    }

    @Test("end flags with --, and read words from files")
    func specialWords() throws {
        let invocation = try parse("pub", "foo", "--", "--count")
        #expect(invocation[PublishCommand.body] == "--count")
        #expect(try parse("pub", "@words")[PublishCommand.count] == 3)
        #expect(try parse("pub", "foo", "")[PublishCommand.body] == "")
        #expect(throws: UsageError.unreadableArgumentFile("gone", reason: "no such file")) {
            try parse("pub", "@gone")
        }
    }

    @Test("name a command by its aliases and reach subcommands")
    func commands() throws {
        #expect(try parse("req", "x").parsed.command?.name == "request")
        #expect(try parse("ctx", "save", "n").parsed.path.map(\.name) == ["context", "add"])
        #expect(try parse("--no-context").parsed.path.isEmpty)
    }

    @Test(
        "report mistakes with what may have been meant",
        arguments: [
            (["pub", "--cuont", "2", "x"], UsageError.unknownFlag("--cuont", nearest: "--count")),
            (["pub", "--zzzzzz", "x"], .unknownFlag("--zzzzzz", nearest: nil)),
            (["pub", "-z", "x"], .unknownFlag("-z", nearest: nil)),
            (["pub", "x", "--count"], .missingValue(flag: "--count")),
            (["pub", "x", "--reply", "--count", "2"], .missingValue(flag: "--reply")),
            (["pub", "x", "--count", "1", "--count", "2"], .repeatedFlag(name: "count")),
            (["pup", "x"], .unknownCommand("pup", nearest: "pub")),
            (["frobnicate"], .unknownCommand("frobnicate", nearest: nil)),
            (["context"], .missingSubcommand(of: "context")),
            (["pub"], .missingArgument(name: "subject")),
            (["pub", "a", "b", "c"], .unexpectedArgument("c")),
            (
                ["pub", "a", "--count", "many"],
                .badValue("many", owner: "flag '--count'", expected: "a whole number")
            ),
            (
                ["pub", "a", "--send-on", "dawn"],
                .badValue("dawn", owner: "flag '--send-on'", expected: "one of newline, eof")
            ),
        ]
    )
    func mistakes(arguments: [String], error: UsageError) {
        #expect(Self.parser.parse(arguments).error == error)
    }

    @Test("that ask for help lack nothing", arguments: [["pub", "--help"], ["pub", "-h"], ["context", "--help"]])
    func help(arguments: [String]) {
        let (parsed, error) = Self.parser.parse(arguments)
        #expect(error == nil)
        #expect(parsed.given.contains("help"))
    }

    @Test("word mistakes as natscli does")
    func wording() {
        #expect(UsageError.unknownFlag("--x", nearest: nil).message == "unknown long flag '--x'")
        #expect(UsageError.unknownFlag("-x", nearest: nil).message == "unknown short flag '-x'")
        #expect(UsageError.missingArgument(name: "subject").message == "required argument 'subject' not provided")
        #expect(UsageError.missingValue(flag: "--x").message == "expected argument for flag '--x'")
        #expect(UsageError.unexpectedArgument("c").message == "unexpected argument c")
    }
}
