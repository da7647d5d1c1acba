import Foundation
import Synchronization
import TestSupport
import Testing

@testable import NATSCommands

/// Runs `nats` commands against a JetStream server of a test's own, without a terminal.
final class NATSCommandFixture: Sendable {
    private let server: NATSServerProcess
    private let files: TemporaryDirectory
    private let home: TemporaryDirectory

    /// What one command left behind.
    struct Outcome: Sendable {
        var status: Int32
        var output: String
        var error: String
    }

    init() throws {
        files = try TemporaryDirectory()
        home = try TemporaryDirectory()
        let oracle = try #require(NATSServerProcess.oracle)
        server = try NATSServerProcess([oracle, "-js", "-sd", files.path])
    }

    /// A path in a folder of the test's own.
    func path(_ name: String) -> String {
        home.path + "/" + name
    }

    func write(_ name: String, _ text: String) throws -> String {
        try home.write(name, text)
    }

    /// Runs a command line whose words have blanks between them; `'` keeps words together.
    @discardableResult
    func nats(_ line: String) async throws -> Outcome {
        let environment = ["NATS_URL": "nats://127.0.0.1:\(server.port)", "XDG_CONFIG_HOME": home.path]
        let printed = Mutex(Outcome(status: 0, output: "", error: ""))
        let console = Console { stream, bytes in
            let text = String(decoding: bytes, as: UTF8.self)
            printed.withLock { outcome in
                if stream == .output { outcome.output += text } else { outcome.error += text }
            }
        }
        let words = try ShellWords.split(line)
        let status = await NATSMain.run(arguments: words, environment: environment, console: console)
        return printed.withLock { outcome in
            outcome.status = status
            return outcome
        }
    }

    /// Runs a command, and compares what it prints with a file of the fixtures, in which times and what belongs to a server
    /// are written in capitals.
    func expect(_ line: String, prints fixture: String, sourceLocation: SourceLocation = #_sourceLocation) async throws
    {
        let outcome = try await nats(line)
        let file = try #require(Bundle.module.url(forResource: "Fixtures/jetstream/\(fixture)", withExtension: "txt"))
        let expected = try String(contentsOf: file, encoding: .utf8)
        #expect(Self.neutral(outcome.output) == expected, sourceLocation: sourceLocation)
        #expect(outcome.error == "", sourceLocation: sourceLocation)
        #expect(outcome.status == 0, sourceLocation: sourceLocation)
    }

    /// The text without what differs from run to run.
    static func neutral(_ text: String) -> String {
        text.replacing(#/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+ \+0000 UTC)?/#, with: "YYYY-MM-DD hh:mm:ss")
            .replacing(#/(?m)^\[\d\d:\d\d:\d\d\]/#, with: "[hh:mm:ss]")
            .replacing(#/Host Version: .*/#, with: "Host Version: VERSION")
            .replacing(#/hosted at level \d+/#, with: "hosted at level LEVEL")
            .replacing(#/Last (delivery|Ack): \S+ ago/#) { "Last \($0.output.1): AGE ago" }
    }
}
