import Foundation
import Testing

/// A file of conversations about streams, each of which is held with both servers.
///
/// The format, line by line:
/// - `# …` is a comment; `config:` starts a configuration, indented by two blanks, that both servers have.
/// - `case: …` starts a case and says in a sentence what it shows. Every case begins without streams.
/// - `>>> subject` asks, with an inbox of its own for the answer, and waits for it; `>>? subject` does not wait.
/// - `>>- subject` publishes without a reply subject; `>>= subject reply` with one that the case chooses.
/// - `^ Name: value` is a header of the message above it, `| text` its body.
/// - `x 5` above a message sends it five times; `<n>` in it is the number of the time, from 1.
/// - `+++ subject`, `+++ subject queue` subscribes, `--- subject` unsubscribes.
/// - `... 3` waits until three messages have come since it last waited, the answers that `>>>` waits for not counted.
/// - `=== name` goes on as the user of that name, whose password is the same.
/// - `GET path` asks the monitoring port.
///
/// Streams that take from others are called `M`, `T` or `KV_M`: how many of their messages are pending is not compared. In a stream
/// called `E` the server may choose names of consumers.
///
/// `<reply>` stands for the reply subject of the last message that had one, `<reply 2>` for that of the second one in the case.
struct StreamCaseFile {
    struct Case: Sendable {
        var file: String
        var line: Int
        var title: String
        var steps: [Step] = []
    }

    struct Message: Sendable {
        enum Answer: Sendable {
            case awaited, possible, none
            case sent(to: String)
        }

        var subject: String
        var answer: Answer
        var times = 1
        var headers: [String] = []
        var body: [String] = []
    }

    enum Step: Sendable {
        case send(Message)
        case subscribe(subject: String, queue: String?)
        case unsubscribe(String)
        case wait(Int)
        case user(String)
        case get(String)
    }

    /// A line that is none of the above.
    struct SyntaxError: Error {
        var file: String
        var line: Int
        var text: String
    }

    let name: String
    private(set) var config = ""
    private(set) var cases: [Case] = []

    static let all: [URL] = {
        let folder = Bundle.module.resourceURL?.appendingPathComponent("Fixtures/jetstream")
        let files = folder.flatMap {
            try? FileManager.default.contentsOfDirectory(at: $0, includingPropertiesForKeys: nil)
        }
        return (files ?? []).filter { $0.pathExtension == "txt" }.sorted { $0.path < $1.path }
    }()

    init(_ url: URL) throws {
        name = url.lastPathComponent
        let text = try String(contentsOf: url, encoding: .utf8)
        var isInConfig = false
        var times = 1
        for (index, line) in text.components(separatedBy: "\n").enumerated() {
            if isInConfig, line.hasPrefix("  ") {
                config += line.dropFirst(2) + "\n"
                continue
            }
            isInConfig = false
            if line.isEmpty || line.hasPrefix("#") { continue }
            if line == "config:" {
                isInConfig = true
            } else if line.hasPrefix("case: ") {
                cases.append(Case(file: name, line: index + 1, title: String(line.dropFirst(6))))
            } else if line.hasPrefix("x "), let count = Int(line.dropFirst(2)) {
                times = count
            } else if let step = Self.step(line, times: times), !cases.isEmpty {
                cases[cases.count - 1].steps.append(step)
                times = 1
            } else if !extend(line) {
                throw SyntaxError(file: name, line: index + 1, text: line)
            }
        }
    }

    private static func step(_ line: String, times: Int) -> Step? {
        let words = line.split(separator: " ").map(String.init)
        guard words.count >= 2 else { return nil }
        let rest = words.dropFirst().joined(separator: " ")
        switch words[0] {
        case ">>>": return .send(Message(subject: rest, answer: .awaited, times: times))
        case ">>?": return .send(Message(subject: rest, answer: .possible, times: times))
        case ">>-": return .send(Message(subject: rest, answer: .none, times: times))
        case ">>=" where words.count == 3:
            return .send(Message(subject: words[1], answer: .sent(to: words[2]), times: times))
        case "+++": return .subscribe(subject: words[1], queue: words.count > 2 ? words[2] : nil)
        case "---": return .unsubscribe(words[1])
        case "...": return Int(words[1]).map { .wait($0) }
        case "===": return .user(words[1])
        case "GET": return .get(words[1])
        default: return nil
        }
    }

    /// A line that belongs to the message above it.
    private mutating func extend(_ line: String) -> Bool {
        guard let last = cases.indices.last, case .send(var message)? = cases[last].steps.last else { return false }
        switch line.prefix(2) {
        case "^ ": message.headers.append(String(line.dropFirst(2)))
        case "| ": message.body.append(String(line.dropFirst(2)))
        default: return false
        }
        cases[last].steps[cases[last].steps.count - 1] = .send(message)
        return true
    }
}
