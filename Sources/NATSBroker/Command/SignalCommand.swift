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

    /// The name of the processes that are meant where none is named.
    private static let processName = "nats-server"

    /// Sends what `text` asks for: `stop`, `quit`, `term`, `reopen`, `reload` or `ldm`, and after `=` a process's number, its
    /// beginning with a `*`, or a file that holds it. Without those the only server that runs is meant.
    static func send(_ text: String) throws(Failure) {
        let parts = text.split(separator: "=", omittingEmptySubsequences: false).map(String.init)
        guard parts.count <= 2 else {
            let rest = parts[2...].joined(separator: " ")
            throw Failure(description: "invalid signal parameters: [\(rest)]")
        }
        let processes = try processes(parts.count > 1 ? parts[1] : "")
        guard let number = number(of: parts[0]) else {
            throw Failure(description: "unknown signal \(GoText.quoted(parts[0]))")
        }
        var complaints = ""
        for process in processes where kill(process, number) != 0 {
            complaints += "\nsignal \(GoText.quoted(parts[0])) \(process): \(systemErrorText(errno))"
        }
        guard complaints.isEmpty else { throw Failure(description: complaints) }
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

    private static func processes(_ text: String) throws(Failure) -> [pid_t] {
        let name = (try? TextFile.read(text)).map { String(decoding: $0, as: UTF8.self) } ?? text
        let isPattern = name.hasSuffix("*")
        let beginning = String(name.drop { $0 == "+" }.prefix { $0 != "*" })
        if !beginning.isEmpty {
            guard let number = pid_t(isPattern ? beginning : name) else {
                throw Failure(description: "invalid pid: \(isPattern ? String(name.dropLast()) : name)")
            }
            if !isPattern { return [number] }
        }
        let running = try runningServers()
        guard isPattern || running.count <= 1 else {
            let list = running.map { "\n\($0)" }.joined()
            throw Failure(description: "multiple \(processName) processes running:\(list)")
        }
        guard !running.isEmpty else { throw Failure(description: "no \(processName) processes running") }
        return running.filter { String($0).hasPrefix(beginning) }
    }

    /// The servers on this machine but for this process, as `pgrep` finds them.
    private static func runningServers() throws(Failure) -> [pid_t] {
        guard let folder = opendir("/proc") else {
            throw Failure(description: "unable to resolve pid, try providing one")
        }
        defer { closedir(folder) }
        var found: [pid_t] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            guard let number = pid_t(name), number != getpid(),
                let command = try? TextFile.read("/proc/\(number)/comm"),
                String(decoding: command, as: UTF8.self).contains(processName)
            else { continue }
            found.append(number)
        }
        return found.sorted()
    }
}
