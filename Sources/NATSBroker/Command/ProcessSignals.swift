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

    /// The ends of a pipe: the signal handler writes, and ``next()`` reads. Set before the first handler is, and never again.
    nonisolated(unsafe) private static var readEnd: Int32 = -1
    nonisolated(unsafe) private static var writeEnd: Int32 = -1

    /// Keeps the signals that arrive from now on for ``next()``, in order. They no longer end the process.
    ///
    /// To be called once in a process. A handler puts each signal into a pipe, where it waits for whoever reads: a dispatch
    /// source for signals misses those that come before it is registered, and a server that was just started is stopped at
    /// once at times.
    static func catchAll() {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return }
        readEnd = ends[0]
        writeEnd = ends[1]
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        for one in allCases { handle(one.number) }
        unblock()
    }

    /// Lets the signals through: whoever started this process may have held them back, and passed that on to it.
    private static func unblock() {
        var signals = sigset_t()
        sigemptyset(&signals)
        for one in allCases { sigaddset(&signals, one.number) }
        pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    }

    /// Waits for the next signal, on a thread that has nothing else to do.
    ///
    /// - Returns: nil once ``stopWaiting()`` was called.
    static func next() -> ProcessSignal? {
        while true {
            var number: UInt8 = 0
            let count = read(readEnd, &number, 1)
            if count < 0, errno == EINTR { continue }
            guard count == 1, number != 0 else { return nil }
            if let one = allCases.first(where: { $0.number == number }) { return one }
        }
    }

    /// Ends the wait for signals, once those that have come before are dealt with.
    static func stopWaiting() {
        put(0)
    }

    private static func put(_ number: UInt8) {
        var byte = number
        _ = write(writeEnd, &byte, 1)
    }

    private static func handle(_ number: Int32) {
        signal(number) { number in
            let error = errno
            ProcessSignal.put(UInt8(truncatingIfNeeded: number))
            errno = error
        }
    }
}
