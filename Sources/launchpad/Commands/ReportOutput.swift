import Proving
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Standard output as a report's sink.
struct StandardOutputSink: ReportSink {
    func write(_ text: String) {
        write(Array(text.utf8))
    }

    func write(_ bytes: [UInt8]) {
        var bytes = bytes[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Self.put($0) }
            // A reader that has gone away does not keep the checks from being run.
            guard count >= 0 || errno == EINTR else { return }
            bytes = bytes.dropFirst(max(0, count))
        }
    }

    private static func put(_ bytes: UnsafeRawBufferPointer) -> Int {
        #if canImport(Glibc)
        Glibc.write(STDOUT_FILENO, bytes.baseAddress, bytes.count)
        #elseif canImport(Musl)
        Musl.write(STDOUT_FILENO, bytes.baseAddress, bytes.count)
        #else
        Darwin.write(STDOUT_FILENO, bytes.baseAddress, bytes.count)
        #endif
    }

    /// What the terminal behind standard output can show.
    static func traits(usesColor: Bool) -> TerminalTraits {
        let kind = getenv("TERM").map { String(cString: $0) } ?? ""
        // A dumb terminal prints what should write over a line.
        guard kind != "dumb", kind != "", let width = Terminal.width(of: STDOUT_FILENO) else {
            return TerminalTraits(isTerminal: false, usesColor: usesColor)
        }
        return TerminalTraits(isTerminal: true, width: width, usesColor: usesColor)
    }
}

/// Collects a report that is written to a file once it is whole.
final class CollectingSink: ReportSink {
    private let collected = Mutex("")

    var text: String { collected.withLock { $0 } }

    func write(_ text: String) {
        collected.withLock { $0 += text }
    }
}

/// Passes each event on to several observers.
struct ObserverGroup: RunObserver {
    let observers: [any RunObserver]

    func receive(_ event: RunEvent) {
        for observer in observers { observer.receive(event) }
    }
}

/// Follows nothing, where only the end of a run is told.
struct SilentObserver: RunObserver {
    func receive(_ event: RunEvent) {}
}
