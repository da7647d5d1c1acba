import Dispatch

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The signals that a server acts on.
enum ProcessSignal: CaseIterable, Sendable {
    case interrupt, terminate, hangUp, user1, user2

    var number: Int32 {
        switch self {
        case .interrupt: SIGINT
        case .terminate: SIGTERM
        case .hangUp: SIGHUP
        case .user1: SIGUSR1
        case .user2: SIGUSR2
        }
    }

    /// The signal's name as Go prints it.
    var name: String {
        switch self {
        case .interrupt: "interrupt"
        case .terminate: "terminated"
        case .hangUp: "hangup"
        case .user1: "user defined signal 1"
        case .user2: "user defined signal 2"
        }
    }

    /// The end of a pipe that the signal handler writes to. Set before the first handler is, and never again.
    nonisolated(unsafe) private static var pipeEnd: Int32 = -1

    /// The signals that arrive from now on, in order. They no longer end the process.
    ///
    /// To be called once in a process. A handler puts each signal into a pipe, where it waits for whoever reads: a dispatch
    /// source for signals misses those that come before it is registered, and a server that was just started is stopped at
    /// once at times.
    static func stream() -> AsyncStream<ProcessSignal> {
        AsyncStream { continuation in
            var ends: [Int32] = [-1, -1]
            guard pipe(&ends) == 0 else {
                continuation.finish()
                return
            }
            let readEnd = ends[0]
            pipeEnd = ends[1]
            for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
            for one in allCases { handle(one.number) }
            let source = DispatchSource.makeReadSource(
                fileDescriptor: readEnd, queue: DispatchQueue(label: "signals"))
            source.setEventHandler {
                var number: UInt8 = 0
                guard read(readEnd, &number, 1) == 1 else { return }
                if let one = allCases.first(where: { $0.number == number }) { continuation.yield(one) }
            }
            source.resume()
            let box = SourceBox(source)
            continuation.onTermination = { _ in box.source.cancel() }
        }
    }

    private static func handle(_ number: Int32) {
        signal(number) { number in
            let error = errno
            var byte = UInt8(truncatingIfNeeded: number)
            _ = write(ProcessSignal.pipeEnd, &byte, 1)
            errno = error
        }
    }

    /// Carries a source to the stream's end. A source may be cancelled from anywhere.
    private final class SourceBox: @unchecked Sendable {
        let source: any DispatchSourceRead

        init(_ source: any DispatchSourceRead) {
            self.source = source
        }
    }
}
