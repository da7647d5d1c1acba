import Foundation
import TestSupport
import Testing

/// A terminal with a program in it, as a person would have it: a session of a tmux server of its own.
final class TerminalSession: Sendable {
    private let folder: TemporaryDirectory
    private let socket: String

    /// Starts `command` in a terminal of 50 lines.
    init(_ command: [String], in directory: String, columns: Int = 120) async throws {
        folder = try TemporaryDirectory()
        socket = folder.path + "/tmux"
        let line = command.map { "'" + $0.replacingOccurrences(of: "'", with: "'\\''") + "'" }.joined(separator: " ")
        // The server stays, and must not hold what this process waits by for the end of a command.
        let closing = "for f in /proc/$$/fd/*; do n=${f##*/}; [ $n -le 2 ] || eval \"exec $n>&-\"; done; exec \"$@\""
        let result = try await runCommand(
            [
                "bash", "-c", closing, "bash", "tmux", "-S", socket, "-f", "/dev/null", "new-session", "-d", "-x",
                "\(columns)", "-y", "50",
                "\(line); echo \"ended with $?\"; read -r _",
            ],
            in: directory, environment: ["TERM": "xterm-256color"])
        try #require(result.status == 0, "\(result.error)")
    }

    deinit {
        let end = Process()
        end.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        end.arguments = ["tmux", "-S", socket, "kill-server"]
        try? end.run()
        end.waitUntilExit()
    }

    /// What the terminal shows and has shown.
    func text() async throws -> String {
        try await runCommand(["tmux", "-S", socket, "capture-pane", "-p", "-J", "-S", "-"]).output
    }

    /// Presses keys, named as tmux names them.
    func press(_ keys: String...) async throws {
        _ = try await runCommand(["tmux", "-S", socket, "send-keys", "--"] + keys)
    }

    /// Waits until the terminal shows something.
    ///
    /// - Returns: what it shows then; after the deadline a failed expectation.
    @discardableResult
    func wait(
        for what: String, within deadline: Duration = .seconds(60), sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> String {
        let end = ContinuousClock.now + deadline
        while true {
            let shown = try await text()
            if shown.contains(what) { return shown }
            guard ContinuousClock.now < end else {
                Issue.record("not shown: \(what)\n\(shown)", sourceLocation: sourceLocation)
                return shown
            }
            try await Task.sleep(for: .milliseconds(50))
        }
    }
}
