import Foundation
import TestSupport

/// What a listening command printed, and how it ended.
struct ListenerOutcome: Sendable {
    var output: String
    var error: String
    var status: Int32
}

/// A command that runs while the test goes on, and ends by itself.
final class Listener: @unchecked Sendable {
    struct Late: Error {
        var log: String
    }

    // One test owns a listener and calls it from one task at a time.
    private let process = Process()
    private let directory: TemporaryDirectory
    private let deadline = ContinuousClock.now + .seconds(60)

    init(_ command: [String], environment: [String: String]) throws {
        directory = try TemporaryDirectory()
        process.executableURL = URL(fileURLWithPath: command[0])
        process.arguments = Array(command.dropFirst())
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        for (name, assign) in [("output", \Process.standardOutput), ("error", \Process.standardError)] {
            let path = try directory.write(name, "")
            process[keyPath: assign] = FileHandle(forWritingAtPath: path)
        }
        try process.run()
    }

    deinit {
        if process.isRunning {
            kill(process.processIdentifier, SIGKILL)
        }
    }

    /// Waits until the command has logged `text`. Subscriptions reach the server in the same moment or just after, so the
    /// command is also given a round trip through the server by what the test does next.
    func waitForLog(containing text: String) async throws {
        while try !directory.read("error").contains(text) {
            try await pause()
        }
    }

    /// Presses Ctrl-C.
    func interrupt() {
        kill(process.processIdentifier, SIGINT)
    }

    /// Waits for the end of the command. The status is 128 + N where signal N ended it.
    func finish() async throws -> ListenerOutcome {
        while process.isRunning {
            try await pause()
        }
        return ListenerOutcome(
            output: try directory.read("output"),
            error: try directory.read("error"),
            status: process.terminationStatus + (process.terminationReason == .uncaughtSignal ? 128 : 0)
        )
    }

    private func pause() async throws {
        guard ContinuousClock.now < deadline else {
            throw Late(log: try directory.read("error"))
        }
        try await Task.sleep(for: .milliseconds(5))
    }
}
