import Foundation
import Synchronization
import TestSupport
import Testing

@testable import NATSCommands

@Suite("Commands as NATS' documentation prints them", .timeLimit(.minutes(3)))
struct DocumentedCommandTests {
    @Test("there are at least a hundred")
    func count() {
        #expect(DocumentedCommands.groups.reduce(0) { $0 + $1.commands.count } >= 100)
    }

    @Test(
        "give the status and the shape of output that are documented",
        arguments: CommandEngine.available, DocumentedCommands.groups)
    func run(engine: CommandEngine, group: DocumentedCommands.Group) async throws {
        let bench = try DocumentedCommandBench(engine)
        defer { bench.stop() }
        for command in group.commands {
            guard !command.isBackground else {
                try await bench.begin(command.line)
                continue
            }
            let (status, output) = try await bench.run(command.line)
            #expect(status == command.status, "\(command.line)\n\(output)")
            if let difference = DocumentedCommands.difference(command.output, output) {
                Issue.record("\(command.line)\n\(difference)\n\(output)")
            }
        }
    }
}

/// The servers that commands run against.
enum CommandEngine: String, CaseIterable, Sendable {
    case bundled, oracle

    /// Those that this machine has.
    static var available: [CommandEngine] { allCases.filter { $0.command != nil } }

    var command: [String]? {
        switch self {
        case .oracle: NATSServerProcess.oracle.map { [$0] }
        case .bundled: [launchpadExecutable, "nats-server"]
        }
    }
}

/// A server with a system account and JetStream, and a place for the files of commands.
private final class DocumentedCommandBench: Sendable {
    private let server: NATSServerProcess
    private let store: TemporaryDirectory
    private let home: TemporaryDirectory
    private let background: Mutex<[Task<Void, Never>]> = Mutex([])

    init(_ engine: CommandEngine) throws {
        store = try TemporaryDirectory()
        home = try TemporaryDirectory()
        _ = try home.write("FILE", "a file\n")
        let configuration = """
            server_name: s1
            jetstream { store_dir: "\(store.path)" }
            accounts {
              SYS { users: [ {user: sys, password: sys} ] }
              APP { jetstream: enabled, users: [ {user: app, password: app} ] }
            }
            system_account: SYS
            no_auth_user: app
            """
        server = try NATSServerProcess(try #require(engine.command), configuration: configuration)
    }

    func stop() {
        for task in background.withLock({ $0 }) { task.cancel() }
    }

    /// Runs a command to its end.
    func run(_ line: String) async throws -> (status: Int32, output: String) {
        let printed = Printed()
        let words = try words(of: line)
        let status = await NATSMain.run(arguments: words, environment: environment, console: printed.console)
        return (status, printed.text)
    }

    /// Starts a command that goes on, and waits until it says something.
    func begin(_ line: String) async throws {
        let printed = Printed()
        let words = try words(of: line)
        let environment = environment
        let task = Task { _ = await NATSMain.run(arguments: words, environment: environment, console: printed.console) }
        background.withLock { $0.append(task) }
        let deadline = ContinuousClock.now + .seconds(10)
        while printed.text.isEmpty {
            try #require(ContinuousClock.now < deadline, "\(line) says nothing")
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    private var environment: [String: String] {
        ["NATS_URL": "nats://127.0.0.1:\(server.port)", "XDG_CONFIG_HOME": home.path, "COLUMNS": "80"]
    }

    private func words(of line: String) throws -> [String] {
        try ShellWords.split(line).dropFirst().map { word in
            switch word {
            case "FILE", "TARGET", "BACKUP": home.path + "/" + word
            case "SERVER": "nats://127.0.0.1:\(server.port)"
            default: word
            }
        }
    }
}

/// What a command printed, on both of its ways out.
private final class Printed: Sendable {
    private let bytes: Mutex<[UInt8]> = Mutex([])

    var text: String { bytes.withLock { String(decoding: $0, as: UTF8.self) } }

    var console: Console {
        Console { [self] _, some in
            bytes.withLock { $0 += some }
        }
    }
}

@Suite("Expectations about commands")
struct DocumentedCommandsTests {
    @Test("match what differs from run to run, and nothing else")
    func matching() {
        #expect(DocumentedCommands.difference(["a [..] c"], "a   b c\n") == nil)
        #expect(DocumentedCommands.difference(["a [..] c"], "a b d\n") != nil)
        #expect(DocumentedCommands.difference(["one", "...", "four"], "one\ntwo\nthree\nfour\n") == nil)
        #expect(DocumentedCommands.difference(["one", "...", "four"], "one\ntwo\n") != nil)
        #expect(DocumentedCommands.difference(["one"], "one\ntwo\n") == "unexpected: two")
        #expect(DocumentedCommands.difference(["one", "two"], "one\n") == "missing: two")
    }

    @Test("are read from the file with their status and output")
    func parsing() {
        let groups = DocumentedCommands.parse("words\n\n== one\n$ nats x\n? 1\n| a\n|\n| b\n& nats y\n")
        #expect(groups.map(\.name) == ["one"])
        #expect(groups[0].commands.map(\.line) == ["nats x", "nats y"])
        #expect(groups[0].commands[0].status == 1)
        #expect(groups[0].commands[0].output == ["a", "", "b"])
        #expect(groups[0].commands[1].isBackground)
    }
}
