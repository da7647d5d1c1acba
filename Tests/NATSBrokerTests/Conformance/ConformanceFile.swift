import Foundation
import Testing

/// A file of conformance cases: how to start a server, and what clients do to it.
///
/// The format, line by line:
/// - `# …` at the top says what the file is about; anywhere else it is a comment.
/// - `flags: …` gives command-line flags for both servers; `config:` starts a configuration file, indented by two blanks.
/// - `case: …` starts a case and says in a sentence what it shows.
/// - `differs: …` says that the broker does otherwise than nats-server in this case, and why; a case that says so must differ.
/// - `a> text` sends a line from client `a`, which connects when it is first named. `\r`, `\n`, `\t`, `\s` and `\xNN` are escapes.
/// - `a>= subject reply text` publishes the text, its size counted; the reply may be `-` for none.
/// - `a>> text` sends the text without a line end. `a>* 5 text` sends a line five times.
/// - `a.` waits until the server has read everything from `a`, by PING and PONG; all clients do so at the end.
/// - `a!` waits until the server closes the connection of `a`; `a?` reads one more line.
/// - `a~ text` waits until text has come that nothing was waited for before.
/// - `a-` closes the connection from the client's side.
/// - `GET path`, or another method, asks the monitoring port; what it answers is compared too.
/// - `POLL path text` asks until the answer has the text, for what a server does in the background.
/// - `signal NAME` sends the server a signal, `reload:` replaces its configuration by the block that follows and sends it
///   SIGHUP, `log text` waits until the log has a line with the text. These need a server in a process of its own; all lines
///   that the log got since the case began are compared.
/// - `end` waits until the server's process ends and compares its status.
///
/// In what is sent, `<reply>` stands for the reply subject of the last message that the client received, and `<signature 7>`
/// for its nonce, signed by the key that has the byte 7 everywhere.
struct ConformanceFile {
    struct Case: Sendable, CustomTestStringConvertible {
        var file: String
        var line: Int
        var title: String
        var steps: [Step]
        /// Why the broker does otherwise; nil where it must not.
        var reasonToDiffer: String?

        var testDescription: String { "\(file):\(line) \(title)" }
    }

    struct Step: Sendable {
        enum Action: Sendable {
            case send([UInt8])
            case synchronize
            case awaitClose
            case readLine
            case awaitText(String)
            case close
            case request(method: String, path: String)
            case poll(path: String, text: String)
            case signal(String)
            case reload(String)
            case awaitLog(String)
            case awaitEnd
        }

        var client: String
        var action: Action
    }

    var name: String
    var flags: [String] = []
    var config: String?
    var cases: [Case] = []

    /// A line that is none of the above.
    struct SyntaxError: Error {
        var file: String
        var line: Int
        var text: String
    }

    init(path: String) throws {
        name = URL(fileURLWithPath: path).lastPathComponent
        let text = try String(contentsOfFile: path, encoding: .utf8)
        var inConfig = false
        var inReload = false
        for (index, line) in text.components(separatedBy: "\n").enumerated() {
            if inConfig, line.hasPrefix("  ") {
                config = (config ?? "") + line.dropFirst(2) + "\n"
                continue
            }
            if inReload, line.hasPrefix("  ") {
                extendReload(line.dropFirst(2) + "\n")
                continue
            }
            inConfig = false
            inReload = false
            if line.isEmpty || line.hasPrefix("#") { continue }
            if line.hasPrefix("flags: ") {
                flags = line.dropFirst(7).split(separator: " ").map(String.init)
            } else if line == "config:" {
                inConfig = true
            } else if line.hasPrefix("case: ") {
                cases.append(Case(file: name, line: index + 1, title: String(line.dropFirst(6)), steps: []))
            } else if line.hasPrefix("differs: "), !cases.isEmpty {
                cases[cases.count - 1].reasonToDiffer = String(line.dropFirst(9))
            } else if line == "reload:", !cases.isEmpty {
                inReload = true
                cases[cases.count - 1].steps.append(Step(client: "", action: .reload("")))
            } else if let step = Self.serverStep(line) ?? Self.step(line), !cases.isEmpty {
                cases[cases.count - 1].steps.append(step)
            } else {
                throw SyntaxError(file: name, line: index + 1, text: line)
            }
        }
    }

    private mutating func extendReload(_ text: String) {
        let (last, steps) = (cases.count - 1, cases[cases.count - 1].steps.count)
        guard case .reload(let before) = cases[last].steps[steps - 1].action else { return }
        cases[last].steps[steps - 1].action = .reload(before + text)
    }

    /// A step that concerns the server itself.
    private static func serverStep(_ line: String) -> Step? {
        let words = line.split(separator: " ", maxSplits: 1).map(String.init)
        switch words[0] {
        case "GET", "POST", "HEAD", "DELETE":
            return Step(client: "", action: .request(method: words[0], path: words.count > 1 ? words[1] : "/"))
        case "POLL" where words.count > 1:
            let parts = words[1].split(separator: " ", maxSplits: 1).map(String.init)
            guard parts.count == 2 else { return nil }
            return Step(client: "", action: .poll(path: parts[0], text: parts[1]))
        case "signal" where words.count > 1: return Step(client: "", action: .signal(words[1]))
        case "log" where words.count > 1: return Step(client: "", action: .awaitLog(words[1]))
        case "end": return Step(client: "", action: .awaitEnd)
        default: return nil
        }
    }

    private static func step(_ line: String) -> Step? {
        guard let client = line.first, client.isLetter else { return nil }
        let rest = line.dropFirst()
        let name = String(client)
        switch rest {
        case ".": return Step(client: name, action: .synchronize)
        case "!": return Step(client: name, action: .awaitClose)
        case "?": return Step(client: name, action: .readLine)
        case "-": return Step(client: name, action: .close)
        default: break
        }
        if rest.hasPrefix("~ ") {
            return Step(client: name, action: .awaitText(String(decoding: unescaped(rest.dropFirst(2)), as: UTF8.self)))
        }
        if rest.hasPrefix(">= ") {
            let parts = rest.dropFirst(3).split(separator: " ", maxSplits: 2)
            guard parts.count >= 2 else { return nil }
            let payload = parts.count > 2 ? unescaped(parts[2]) : []
            let reply = parts[1] == "-" ? "" : parts[1] + " "
            let line = Array("PUB \(parts[0]) \(reply)\(payload.count)\r\n".utf8)
            return Step(client: name, action: .send(line + payload + [0x0D, 0x0A]))
        }
        if rest.hasPrefix(">>") {
            return Step(client: name, action: .send(unescaped(rest.dropFirst(3))))
        }
        if rest.hasPrefix(">* ") {
            let parts = rest.dropFirst(3).split(separator: " ", maxSplits: 1)
            guard parts.count == 2, let count = Int(parts[0]) else { return nil }
            let line = unescaped(parts[1]) + [0x0D, 0x0A]
            return Step(client: name, action: .send(Array([[UInt8]](repeating: line, count: count).joined())))
        }
        if rest.hasPrefix(">") {
            return Step(client: name, action: .send(unescaped(rest.dropFirst(2)) + [0x0D, 0x0A]))
        }
        return nil
    }

    /// Resolves escapes; `\(80*x)` stands for eighty times `x`.
    private static func unescaped(_ text: Substring) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\"), let kind = rest.popFirst() else {
                bytes.append(byte)
                continue
            }
            switch kind {
            case UInt8(ascii: "r"): bytes.append(0x0D)
            case UInt8(ascii: "n"): bytes.append(0x0A)
            case UInt8(ascii: "t"): bytes.append(0x09)
            case UInt8(ascii: "s"): bytes.append(0x20)
            case UInt8(ascii: "x"):
                bytes.append(UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) ?? 0)
                rest = rest.dropFirst(2)
            case UInt8(ascii: "("):
                let inside = String(decoding: rest.prefix { $0 != UInt8(ascii: ")") }, as: UTF8.self)
                rest = rest.dropFirst(inside.utf8.count + 1)
                let parts = inside.split(separator: "*", maxSplits: 1)
                bytes += Array(String(repeating: String(parts[1]), count: Int(parts[0]) ?? 0).utf8)
            default: bytes.append(kind)
            }
        }
        return bytes
    }
}
