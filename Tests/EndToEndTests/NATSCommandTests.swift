import Foundation
import TestSupport
import Testing

/// Drives the built `nats` command against a server of its own.
struct NATSCommandDriver: Sendable {
    enum Engine: String, CaseIterable, Sendable {
        case oracle, bundled

        /// How the server is started, `nil` if this machine can't.
        var command: [String]? {
            switch self {
            case .oracle: NATSServerProcess.oracle.map { [$0] }
            case .bundled: [launchpadExecutable, "nats-server"]
            }
        }

        static var available: [Engine] { allCases.filter { $0.command != nil } }
    }

    let server: NATSServerProcess
    let home: TemporaryDirectory

    init(_ engine: Engine, configuration: String? = nil) throws {
        server = try NATSServerProcess(try #require(engine.command), configuration: configuration)
        home = try TemporaryDirectory()
    }

    var environment: [String: String] {
        ["XDG_CONFIG_HOME": home.path, "NATS_URL": "nats://127.0.0.1:\(server.port)", "NATS_CONTEXT": "", "TZ": "UTC"]
    }

    func nats(_ arguments: String..., input: String = "", environment: [String: String] = [:]) async throws
        -> CommandResult
    {
        try await runCommand(
            [launchpadExecutable, "nats"] + arguments,
            environment: self.environment.merging(environment) { $1 },
            input: input
        )
    }

    /// Runs a listening command, calls `body` once it listens, and returns what it printed.
    func whileListening(
        _ arguments: [String],
        _ body: @Sendable () async throws -> Void
    ) async throws -> ListenerOutcome {
        let listener = try Listener([launchpadExecutable, "nats"] + arguments, environment: environment)
        try await listener.waitForLog(containing: arguments[0] == "reply" ? "Listening on" : "Subscribing on")
        try await body()
        return try await listener.finish()
    }
}

/// `text` without the time of day that log lines begin with.
func withoutTimes(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
        line.prefixMatch(of: #/\d\d:\d\d:\d\d /#).map { String(line[$0.range.upperBound...]) } ?? String(line)
    }.joined(separator: "\n")
}

@Suite("The nats command", .timeLimit(.minutes(3)))
struct NATSCommandTests {
    typealias Engine = NATSCommandDriver.Engine

    @Test("publishes, and says so on standard error", arguments: Engine.available)
    func publish(engine: Engine) async throws {
        let driver = try NATSCommandDriver(engine)
        let result = try await driver.nats("pub", "foo", "hello")
        #expect(withoutTimes(result.error) == "Published 5 bytes to \"foo\"\n")
        #expect(result.output.isEmpty)
        #expect(result.status == 0)
        let quiet = try await driver.nats("pub", "foo", "-q", input: "from a pipe")
        #expect(quiet.error.isEmpty)
        #expect(quiet.status == 0)
    }

    @Test("stores the lines of standard input all or none", arguments: Engine.available)
    func atomic(engine: Engine) async throws {
        let store = try TemporaryDirectory()
        let driver = try NATSCommandDriver(engine, configuration: "jetstream { store_dir: \"\(store.path)\" }")
        for arguments in [["B", "--subjects", "b", "--allow-batch"], ["C", "--subjects", "c"]] {
            let made = try await runCommand(
                [launchpadExecutable, "nats", "stream", "add"] + arguments + ["--defaults"],
                environment: driver.environment)
            try #require(made.status == 0, "\(made.error)")
        }
        let stored = try await driver.nats("pub", "b", "--atomic", "--send-on=newline", input: "one\ntwo\nthree\n")
        let said = withoutTimes(stored.error)
        #expect(said.hasPrefix("Reading payload from STDIN\nAdding 3 bytes to batch on subject \"b\"\n"), "\(said)")
        #expect(said.contains(#/\nWrote batch ID: \w+ Messages: 3 Sequence: 3\n$/#), "\(said)")
        #expect(stored.status == 0)
        #expect(try await driver.nats("stream", "get", "B", "3").output.contains("\nthree\n"))

        for (subject, input, problem) in [
            ("c", "one\n", "atomic publishing is not allowed for stream C with subject c"),
            ("d", "one\n", "no stream matches subject"), ("b", "", "no messages to publish in atomic batch"),
        ] {
            let refused = try await driver.nats("pub", subject, "-q", "--atomic", "--send-on=newline", input: input)
            #expect(refused.error == "nats: error: \(problem)\n")
            #expect(refused.status == 1)
        }
    }

    @Test("prints what it receives", arguments: Engine.available)
    func subscribe(engine: Engine) async throws {
        let driver = try NATSCommandDriver(engine)
        let outcome = try await driver.whileListening(["sub", "foo.>", "ready", "--count", "3"]) {
            // The server's word that nobody listens ends with the subscription, and the request after it arrives once.
            var probe = try await driver.nats("request", "ready", "x", "--timeout", "100ms")
            while probe.error.contains("No responders") {
                probe = try await driver.nats("request", "ready", "x", "--timeout", "100ms")
            }
            _ = try await driver.nats("pub", "foo.a", "n {{Count}}", "-H", "K:v", "--reply", "r")
            _ = try await driver.nats("pub", "foo.b", "", "--no-templates")
        }
        let start = try #require(outcome.output.firstRange(of: "[#2]")).lowerBound
        #expect(
            outcome.output[start...]
                == "[#2] Received on \"foo.a\" with reply \"r\"\nK: v\n\nn 1\n\n\n[#3] Received on \"foo.b\"\nnil body\n\n\n"
        )
        #expect(withoutTimes(outcome.error) == "Subscribing on foo.>, ready \n")
        #expect(outcome.status == 0)
    }

    @Test("asks and answers", arguments: Engine.available)
    func requestAndReply(engine: Engine) async throws {
        let driver = try NATSCommandDriver(engine)
        let outcome = try await driver.whileListening([
            "reply", "svc.*", "--command", "echo {{1}} {{.Request}}", "--count", "2",
        ]) {
            let logged = try await driver.nats("request", "svc.one", "ping")
            let pattern = /Sending request on "svc.one"\nReceived with rtt [\d.]+(µs|ms|s)\n/
            #expect(withoutTimes(logged.error).wholeMatch(of: pattern) != nil)
            #expect(logged.output == "one ping\n\n")
            let raw = try await driver.nats("req", "svc.two", "pong", "--raw")
            #expect(raw.output == "two pong\n\n")
            #expect(raw.error.isEmpty)
        }
        #expect(outcome.output == "\nping\n\npong\n")
        let log = withoutTimes(outcome.error)
        #expect(
            log.hasPrefix("Listening on \"svc.*\" in group \"NATS-RPLY-22\"\n[#0] Received on subject \"svc.one\":\n"))
        #expect(log.hasSuffix("\nDraining...\nExiting\n"))
        #expect(outcome.status == 1)
    }

    @Test("says that nobody answers", arguments: Engine.available)
    func noResponders(engine: Engine) async throws {
        let driver = try NATSCommandDriver(engine)
        let result = try await driver.nats("request", "nobody", "x")
        #expect(withoutTimes(result.error) == "Sending request on \"nobody\"\nNo responders are available\n")
        #expect(result.status == 0)
    }

    @Test("drains and says so when a service is interrupted", arguments: Engine.available)
    func interruptedReply(engine: Engine) async throws {
        let driver = try NATSCommandDriver(engine)
        let service = try Listener(
            [launchpadExecutable, "nats", "reply", "svc", "ok"], environment: driver.environment)
        try await service.waitForLog(containing: "Listening on")
        service.interrupt()
        let outcome = try await service.finish()
        #expect(withoutTimes(outcome.error).hasSuffix("in group \"NATS-RPLY-22\"\n\nDraining...\nExiting\n"))
        #expect(outcome.status == 1)
    }

    @Test("ends by the signal when a subscription is interrupted", arguments: Engine.available)
    func interruptedSubscription(engine: Engine) async throws {
        let driver = try NATSCommandDriver(engine)
        let listener = try Listener([launchpadExecutable, "nats", "sub", "x"], environment: driver.environment)
        try await listener.waitForLog(containing: "Subscribing on")
        listener.interrupt()
        #expect(try await listener.finish().status == 128 + SIGINT)
    }

    @Test("measures round trips", arguments: Engine.available)
    func roundTrips(engine: Engine) async throws {
        let driver = try NATSCommandDriver(engine)
        let result = try await driver.nats("rtt")
        let url = "nats://127.0.0.1:\(driver.server.port)"
        #expect(result.output.hasPrefix("\(url):\n\n   \(url): "))
        #expect(result.status == 0)
    }

    @Test(
        "ends with natscli's words and status 1 where something is not allowed or not there",
        .enabled(if: NATSServerProcess.oracle != nil, "no nats-server on the PATH")
    )
    func refusals() async throws {
        let configuration = """
            accounts { A { users: [ { user: a, password: pw, permissions: {
              publish: ["A.>", "_INBOX.>"], subscribe: ["A.>", "_INBOX.>"] } } ] } }
            """
        let driver = try NATSCommandDriver(.oracle, configuration: configuration)
        let user = ["NATS_USER": "a", "NATS_PASSWORD": "pw"]
        let publishing = try await driver.nats("pub", "B.x", "hi", environment: user)
        #expect(
            publishing.error
                == "nats: error: nats: permissions violation: Permissions Violation for Publish to \"B.x\"\n"
        )
        let subscribing = try await driver.nats("sub", "B.>", environment: user)
        #expect(
            subscribing.error.hasSuffix(
                "nats: error: nats: permissions violation: Permissions Violation for Subscription to \"B.>\"\n"
            )
        )
        let wrong = try await driver.nats("pub", "A.x", "hi", "--user", "a", "--password", "no")
        #expect(wrong.error == "nats: error: nats: Authorization Violation\n")
        let allowed = try await driver.nats("pub", "A.x", "hi", environment: user)
        #expect([publishing, subscribing, wrong].map(\.status) == [1, 1, 1])
        #expect(allowed.status == 0)
    }

    @Test("says that no server listens")
    func refusedConnection() async throws {
        let port = try NATSServerProcess.freePort()
        let result = try await runCommand(
            [launchpadExecutable, "nats", "-s", "127.0.0.1:\(port)", "--no-context", "pub", "x", "y"]
        )
        #expect(result.error == "nats: error: nats: no servers available for connection\n")
        #expect(result.status == 1)
    }

    @Test("keeps contexts, and connects by the selected one", arguments: Engine.available)
    func contexts(engine: Engine) async throws {
        let driver = try NATSCommandDriver(engine)
        let url = "nats://127.0.0.1:\(driver.server.port)"
        let noVariables = ["NATS_URL": ""]
        let saved = try await driver.nats(
            "context", "save", "local", "-s", url, "--description", "Here", "--select", environment: noVariables)
        #expect(
            saved.output == """
                NATS Configuration Context "local"

                  Description: Here
                  Server URLs: \(url)
                         Path: \(driver.home.path)/nats/context/local.json


                """
        )
        let published = try await driver.nats("pub", "x", "y", environment: noVariables)
        #expect(published.status == 0)
        let listed = try await driver.nats("context", "ls", environment: noVariables)
        #expect(listed.output.contains("│ local* │ Here"))
        let removed = try await driver.nats("context", "rm", "local", environment: noVariables)
        #expect(removed.status == 1)
        #expect(removed.error.contains("cannot remove the selected context"))
        let unselected = try await driver.nats("context", "unselect", environment: noVariables)
        #expect(unselected.output == "Unselected the \"local\" context\n")
        let asked = try await driver.nats("context", "rm", "local", environment: noVariables)
        #expect(asked.error.contains("without a terminal; use --force"))
        let forced = try await driver.nats("context", "rm", "local", "--force", environment: noVariables)
        #expect(forced.status == 0)
        #expect(!driver.home.exists("nats/context/local.json"))
    }

    @Test("explains mistakes in the command line")
    func usage() async throws {
        let result = try await runCommand([launchpadExecutable, "nats", "pub", "--cuont", "2", "x"])
        #expect(result.error == "error: unknown long flag '--cuont'\ndid you mean '--count'?\n\n")
        #expect(result.output.hasPrefix("usage: nats publish [<flags>] <subject> [<body>]\n"))
        #expect(result.status == 1)
        let version = try await runCommand([launchpadExecutable, "nats", "--version"])
        #expect(version.output == "0.1.0\n")
    }
}
