import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The server's log, line for line in nats-server's format: `[pid] 2026/01/02 15:04:05.123456 [INF] text`.
final class ServerLog: Sendable {
    enum Level: String, Sendable {
        case info = "INF"
        case warning = "WRN"
        case error = "ERR"
        case fatal = "FTL"
        case debug = "DBG"
        case trace = "TRC"
    }

    let isDebugging: Bool
    let isTracing: Bool
    private let options: BrokerSettings.LogSettings
    private let descriptor: Mutex<Int32>
    private let colours: Bool

    /// Opens the log.
    ///
    /// - Throws: ``CannotOpen`` when the file cannot be written.
    init(_ options: BrokerSettings.LogSettings) throws(CannotOpen) {
        self.options = options
        isDebugging = options.debug
        isTracing = options.trace
        descriptor = Mutex(try Self.open(options.file))
        colours = options.file == nil && isatty(STDERR_FILENO) == 1
    }

    deinit {
        descriptor.withLock { if $0 != STDERR_FILENO { _ = close($0) } }
    }

    /// The log file could not be opened; `reason` is the system's word for why.
    struct CannotOpen: Error, CustomStringConvertible {
        var file: String
        var reason: String

        var description: String { "error opening log file \(file): \(reason)" }
    }

    func info(_ text: String) { write(.info, text) }
    func warning(_ text: String) { write(.warning, text) }
    func error(_ text: String) { write(.error, text) }
    func fatal(_ text: String) { write(.fatal, text) }

    func debug(_ text: @autoclosure () -> String) {
        if isDebugging { write(.debug, text()) }
    }

    func trace(_ text: @autoclosure () -> String) {
        if isTracing { write(.trace, text()) }
    }

    /// Opens the log file anew, after somebody has moved it away.
    func reopen() {
        guard options.file != nil else {
            info("File log re-open ignored, not a file logger")
            return
        }
        descriptor.withLock { current in
            guard let fresh = try? Self.open(options.file) else { return }
            _ = close(current)
            current = fresh
        }
        info("File log re-opened")
    }

    private func write(_ level: Level, _ text: String) {
        var line = "[\(getpid())] "
        if options.showsTime { line += WallClock.now().logText(utc: options.usesUTC) + " " }
        line += label(level) + " " + text + "\n"
        descriptor.withLock { descriptor in
            var bytes = Array(line.utf8)[...]
            while !bytes.isEmpty {
                let written = bytes.withUnsafeBytes { systemWrite(descriptor, $0) }
                if written <= 0 { return }
                bytes = bytes.dropFirst(written)
            }
        }
    }

    private func label(_ level: Level) -> String {
        guard colours else { return "[\(level.rawValue)]" }
        let colour =
            switch level {
            case .info: 32
            case .debug: 36
            case .warning: 93
            case .error: 31
            case .fatal: 31
            case .trace: 33
            }
        return "[\u{1B}[\(colour)m\(level.rawValue)\u{1B}[0m]"
    }

    private static func open(_ file: String?) throws(CannotOpen) -> Int32 {
        guard let file else { return STDERR_FILENO }
        let descriptor = systemOpenForAppending(file)
        guard descriptor >= 0 else { throw CannotOpen(file: file, reason: systemErrorText(errno)) }
        return descriptor
    }
}
