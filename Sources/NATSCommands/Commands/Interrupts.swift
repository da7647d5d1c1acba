import Dispatch

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Signals that ask the process to end.
enum Interrupts {
    /// The given signals as they come. From now on they don't end the process by themselves.
    static func stream(of signals: [Int32]) -> AsyncStream<Int32> {
        AsyncStream { continuation in
            let queue = DispatchQueue(label: "signals")
            for number in signals {
                signal(number, SIG_IGN)
                let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
                // The handler holds its source: both live as long as the process.
                source.setEventHandler { [source] in
                    _ = source.data
                    continuation.yield(number)
                }
                source.resume()
            }
        }
    }

    /// Lets a publishing command end with an error when it is interrupted, as natscli does.
    static func endWithError(console: Console) {
        let signals = stream(of: [SIGINT, SIGTERM, SIGQUIT])
        Task {
            for await _ in signals {
                console.error("nats: error: context canceled")
                exit(1)
            }
        }
    }
}
