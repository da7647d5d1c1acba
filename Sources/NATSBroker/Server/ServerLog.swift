import GoFormats
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The server's log, line for line in nats-server's format: `[pid] 2026/01/02 15:04:05.123456 [INF] text`.
///
/// It goes to standard error, to a file or to the system's log; a reload may change all of that.
final class ServerLog: Sendable {
    enum Level: String, Sendable {
        case info = "INF"
        case warning = "WRN"
        case error = "ERR"
        case fatal = "FTL"
        case debug = "DBG"
        case trace = "TRC"
    }

    private let debugging: Atomic<Bool>
    private let tracing: Atomic<Bool>
    private let state: Mutex<State>

    private struct State: ~Copyable {
        var settings: BrokerSettings.LogSettings
        var sink: LogSink
    }

    /// Opens the log.
    ///
    /// - Throws: ``CannotOpen`` when there is nowhere to write to.
    init(_ settings: BrokerSettings.LogSettings) throws(CannotOpen) {
        debugging = Atomic(settings.debug)
        tracing = Atomic(settings.trace)
        state = Mutex(State(settings: settings, sink: try LogSink(settings)))
    }

    /// The log could not be opened. The sentences are those of Go's packages, which print them without quoting an address.
    enum CannotOpen: Error, CustomStringConvertible {
        /// `reason` is the system's word for why.
        case file(String, reason: String)
        case systemLog(reason: String)
        /// An address that begins otherwise than with `udp://`, `tcp://` or `unix://`.
        case networkType(String)

        var description: String {
            switch self {
            case .file(let path, let reason): "error opening file: open \(path): \(reason)"
            case .systemLog(let reason): "error connecting to syslog: \(GoText.quoted(reason))"
            case .networkType(let type): "error invalid network type: \(GoText.quoted(type))"
            }
        }
    }

    var isDebugging: Bool { debugging.load(ordering: .relaxed) }
    var isTracing: Bool { tracing.load(ordering: .relaxed) }
    /// Whether what the server itself publishes is traced too.
    var tracesServer: Bool { isTracing && state.withLock { $0.settings.tracesServer } }

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

    /// Logs as `settings` say from now on. Where that cannot be opened, the log stays where it is and says so.
    func configure(_ settings: BrokerSettings.LogSettings) {
        var failure: CannotOpen?
        state.withLock { state in
            do throws(CannotOpen) {
                if !settings.hasPlace(of: state.settings) { state.sink = try LogSink(settings) }
                state.settings = settings
            } catch {
                failure = error
            }
        }
        debugging.store(settings.debug, ordering: .relaxed)
        tracing.store(settings.trace, ordering: .relaxed)
        if let failure { error("\(failure)") }
    }

    /// Opens the log file anew, after somebody has moved it away.
    func reopen() {
        let isFile = state.withLock { state in
            guard state.settings.file != nil else { return false }
            if let fresh = try? LogSink(state.settings) { state.sink = fresh }
            return true
        }
        info(isFile ? "File log re-opened" : "File log re-open ignored, not a file logger")
    }

    private func write(_ level: Level, _ text: String) {
        state.withLock { state in
            let time =
                state.settings.showsTime ? WallClock.now().logText(utc: state.settings.usesUTC) + " " : ""
            state.sink.write(level, "[\(getpid())] \(time)", text)
        }
    }
}

extension BrokerSettings.LogSettings {
    /// Whether lines go where they go with `other`.
    fileprivate func hasPlace(of other: Self) -> Bool {
        file == other.file && sizeLimit == other.sizeLimit && maxFiles == other.maxFiles
            && usesSystemLog == other.usesSystemLog && remoteSystemLog == other.remoteSystemLog
    }
}
