import Dispatch
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Turns Ctrl-C and SIGTERM into an orderly end.
///
/// The first signal calls the handler; a second one ends the process at once, and sandboxes with it.
final class Interruption {
    private let sources: [any DispatchSourceSignal]
    private let first = FirstSignal()

    /// The signal that came, or nil.
    var signal: Int32? { first.value }

    init(_ handler: @escaping @Sendable (Int32) -> Void) {
        let first = first
        sources = [SIGINT, SIGTERM].map { number in
            Self.setDisposition(of: number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                guard first.set(number) else { _exit(128 + number) }
                handler(number)
            }
            source.resume()
            return source
        }
    }

    /// Gives the signals their usual meaning back.
    func end() {
        for source in sources { source.cancel() }
        for number in [SIGINT, SIGTERM] { Self.setDisposition(of: number, SIG_DFL) }
    }

    /// Runs `body` until Ctrl-C or SIGTERM, and then until it has ended because its task was cancelled.
    static func wait(whileRunning body: @escaping @Sendable () async -> Void) async {
        let task = Task { await body() }
        let interruption = Interruption { _ in task.cancel() }
        await task.value
        interruption.end()
    }

    private static func setDisposition(of number: Int32, _ handler: sighandler_t?) {
        #if canImport(Glibc)
        _ = Glibc.signal(number, handler)
        #elseif canImport(Musl)
        _ = Musl.signal(number, handler)
        #else
        _ = Darwin.signal(number, handler)
        #endif
    }
}

/// Remembers the first signal.
private final class FirstSignal: Sendable {
    private let number = Mutex<Int32?>(nil)

    var value: Int32? { number.withLock { $0 } }

    /// Returns false when there was one before.
    func set(_ signal: Int32) -> Bool {
        number.withLock { number in
            guard number == nil else { return false }
            number = signal
            return true
        }
    }
}
