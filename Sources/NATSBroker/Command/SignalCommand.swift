#if canImport(Glibc)
import GoFormats
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// `--signal command[=pid]`: tells a running server what to do.
enum SignalCommand {
    /// Why a signal was not sent, in nats-server's words.
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    /// Sends what `text` asks for: `stop`, `quit`, `term`, `reopen`, `reload` or `ldm`, and after `=` a process's number or a
    /// file that holds it.
    static func send(_ text: String) throws(Failure) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard let number = number(of: parts[0]) else {
            throw Failure(description: "unknown signal \(GoText.quoted(parts[0]))")
        }
        guard parts.count > 1, !parts[1].isEmpty else {
            throw Failure(
                description:
                    "no process was named: give its number or its pid file, as in --signal \(parts[0])=/run/nats.pid")
        }
        let process = try process(parts[1])
        guard kill(process, number) == 0 else { throw Failure(description: systemErrorText(errno)) }
    }

    private static func number(of command: String) -> Int32? {
        switch command {
        case "stop": SIGKILL
        case "quit": SIGINT
        case "term": SIGTERM
        case "reopen": SIGUSR1
        case "reload": SIGHUP
        case "ldm": SIGUSR2
        default: nil
        }
    }

    private static func process(_ text: String) throws(Failure) -> pid_t {
        if let number = pid_t(text), number > 0 { return number }
        guard let file = try? TextFile.read(text) else { throw Failure(description: "invalid pid: \(text)") }
        let content = String(decoding: file, as: UTF8.self).split(whereSeparator: \.isWhitespace).first.map(String.init)
        guard let number = content.flatMap({ pid_t($0) }), number > 0 else {
            throw Failure(description: "invalid pid: \(content ?? "")")
        }
        return number
    }
}
