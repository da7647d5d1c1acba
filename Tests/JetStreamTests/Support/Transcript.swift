import Foundation
import Testing

/// A conversation with nats-server as `Scripts/record-jetstream.py` writes it, which says what the lines mean.
struct Transcript: Sendable, CustomTestStringConvertible {
    /// One thing that a client did, and what came of it.
    struct Step: Sendable {
        enum Action: Sendable {
            case publish(subject: String, hasReply: Bool, header: [String], body: String)
            case subscribe(String)
            case unsubscribe(String)
            case wait(milliseconds: Int64)
        }

        var action: Action
        /// Blocks of lines, each a message.
        var expected: [String] = []
        var line: Int
    }

    let name: String
    private(set) var steps: [Step] = []

    var testDescription: String { name }

    /// All of the fixtures.
    static func all() throws -> [Transcript] {
        let folder = try #require(Bundle.module.url(forResource: "Fixtures/Transcripts", withExtension: nil))
        return try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { $0.pathExtension == "txt" }
            .sorted { $0.lastPathComponent < $1.lastPathComponent }
            .map { try Transcript($0) }
    }

    init(_ file: URL) throws {
        name = file.deletingPathExtension().lastPathComponent
        let lines = try String(contentsOf: file, encoding: .utf8).components(separatedBy: "\n")
        for (index, line) in lines.enumerated() {
            let rest = String(line.dropFirst(4))
            switch line.prefix(4) {
            case ">>> ", ">>- ":
                steps.append(
                    Step(
                        action: .publish(subject: rest, hasReply: line.hasPrefix(">>> "), header: [], body: ""),
                        line: index + 1))
            case "+++ ": steps.append(Step(action: .subscribe(rest), line: index + 1))
            case "--- ": steps.append(Step(action: .unsubscribe(rest), line: index + 1))
            case "... ": steps.append(Step(action: .wait(milliseconds: Int64(rest) ?? 0), line: index + 1))
            case "<<< ": steps[steps.count - 1].expected.append(line)
            default: add(line)
            }
        }
    }

    /// A line of a message that began before.
    private mutating func add(_ line: String) {
        guard line.hasPrefix("^") || line.hasPrefix("|"), var step = steps.popLast() else { return }
        if let last = step.expected.popLast() {
            step.expected.append(last + "\n" + line)
        } else if case .publish(let subject, let hasReply, var header, var body) = step.action {
            if line.hasPrefix("^") {
                header.append(String(line.dropFirst(2)))
            } else {
                body += (body.isEmpty ? "" : "\n") + line.dropFirst(2)
            }
            step.action = .publish(subject: subject, hasReply: hasReply, header: header, body: body)
        }
        steps.append(step)
    }

    // MARK: What differs from run to run

    private static let steady: [(pattern: String, replacement: String)] = [
        (#"20[2-9]\d-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"#, "TIME"),
        (#"\.1\d{18}\."#, ".NANOS."),
        (#""(id|pinned_id|pinned_client_id|server|client)":"[A-Za-z0-9]{22}""#, #""$1":"ID""#),
        (#"Nats-Pin-Id: [A-Za-z0-9]{22}"#, "Nats-Pin-Id: ID"),
        (#""(active|pause_remaining|ack_time)":\d+"#, #""$1":N"#),
        (#"(Nats-Stream-Source: .*) \S{8}(?=\n|$)"#, "$1 ID"),
        (#"\$JS\.FC\.(\S+)\.\S{4}\b"#, #"\$JS.FC.$1.ID"#),
    ]

    static func steady(_ text: String) -> String {
        steady.reduce(text) { text, rule in
            text.replacingOccurrences(of: rule.pattern, with: rule.replacement, options: .regularExpression)
        }
    }
}
