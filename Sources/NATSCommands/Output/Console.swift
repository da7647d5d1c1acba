#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Where a command's output goes. Every call is written at once, so that output appears line by line in pipes too.
struct Console: Sendable {
    enum Stream: Int32, Sendable {
        case output = 1
        case error = 2
    }

    /// Whether standard output is a terminal.
    var isTerminal: Bool
    private let sink: @Sendable (Stream, [UInt8]) -> Void
    private let clock: @Sendable () -> LocalTime

    init(
        isTerminal: Bool = false,
        clock: @escaping @Sendable () -> LocalTime = { LocalTime.now() },
        sink: @escaping @Sendable (Stream, [UInt8]) -> Void
    ) {
        self.isTerminal = isTerminal
        self.clock = clock
        self.sink = sink
    }

    /// The process's own standard output and error.
    static let standard = Console(isTerminal: isatty(1) == 1) { stream, bytes in
        writeAll(bytes, to: stream.rawValue)
    }

    /// Prints `text` and a line end to standard output.
    func print(_ text: String = "") {
        sink(.output, Array((text + "\n").utf8))
    }

    /// Prints bytes to standard output as they are.
    func print(bytes: [UInt8]) {
        sink(.output, bytes)
    }

    /// Prints `text` to standard error with the time of day in front, as natscli's log does.
    func log(_ text: String) {
        sink(.error, Array((clock().clock + " " + text + (text.hasSuffix("\n") ? "" : "\n")).utf8))
    }

    /// Prints `text` and a line end to standard error.
    func error(_ text: String) {
        sink(.error, Array((text + "\n").utf8))
    }

    private static func writeAll(_ bytes: [UInt8], to descriptor: Int32) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if written > 0 {
                rest = rest.dropFirst(written)
            } else if errno == EPIPE {
                endByBrokenPipe()
            } else if errno != EINTR && errno != EAGAIN {
                return
            }
        }
    }

    /// Nobody reads any more: end as a process ends that does not handle the signal, without a word.
    private static func endByBrokenPipe() -> Never {
        signal(SIGPIPE, SIG_DFL)
        raise(SIGPIPE)
        exit(128 + SIGPIPE)
    }
}
