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

    /// The signals that arrive from now on, in order. They no longer end the process.
    static func stream() -> AsyncStream<ProcessSignal> {
        AsyncStream { continuation in
            let queue = DispatchQueue(label: "signals")
            let sources = allCases.map { one in
                signal(one.number, SIG_IGN)
                let source = DispatchSource.makeSignalSource(signal: one.number, queue: queue)
                source.setEventHandler { continuation.yield(one) }
                source.resume()
                return SourceBox(source)
            }
            continuation.onTermination = { _ in
                for box in sources { box.source.cancel() }
            }
        }
    }

    /// Carries a source to the stream's end. A source may be cancelled from anywhere.
    private final class SourceBox: @unchecked Sendable {
        let source: any DispatchSourceSignal

        init(_ source: any DispatchSourceSignal) {
            self.source = source
        }
    }
}
