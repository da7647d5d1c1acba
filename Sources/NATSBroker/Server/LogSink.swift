#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Where the log's lines go. Not sendable: it lives behind the log's lock.
enum LogSink {
    case standardError(hasColours: Bool)
    case file(LogFile)
    case systemLog(SystemLog)

    /// A file beats a remote system log, which beats the local one, as in nats-server.
    ///
    /// - Throws: ``ServerLog/CannotOpen``.
    init(_ settings: BrokerSettings.LogSettings) throws(ServerLog.CannotOpen) {
        if let file = settings.file {
            self = .file(
                try LogFile(
                    file, limit: settings.sizeLimit, maxFiles: settings.maxFiles, showsTime: settings.showsTime))
        } else if let address = settings.remoteSystemLog {
            self = .systemLog(try SystemLog(address))
        } else if settings.usesSystemLog {
            self = .systemLog(try SystemLog())
        } else {
            self = .standardError(hasColours: isatty(STDERR_FILENO) == 1)
        }
    }

    /// - Parameter prefix: process and time, which a system's log adds itself.
    func write(_ level: ServerLog.Level, _ prefix: String, _ text: String) {
        switch self {
        case .standardError(let hasColours):
            let label = hasColours ? level.colouredLabel : level.label
            systemWriteAll(STDERR_FILENO, prefix + label + " " + Self.line(text))
        case .file(let file): file.write(prefix + level.label + " " + Self.line(text))
        case .systemLog(let log): log.send(level, text)
        }
    }
}

extension LogSink {
    /// Text with a line end, if it has none.
    private static func line(_ text: String) -> String {
        text.hasSuffix("\n") ? text : text + "\n"
    }
}

extension ServerLog.Level {
    var label: String { "[\(rawValue)]" }

    var colouredLabel: String {
        let colour =
            switch self {
            case .info: 32
            case .debug: 36
            case .warning: 93
            case .error: 31
            case .fatal: 31
            case .trace: 33
            }
        return "[\u{1B}[\(colour)m\(rawValue)\u{1B}[0m]"
    }
}
