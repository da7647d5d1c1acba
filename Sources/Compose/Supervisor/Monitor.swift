#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// State that several threads share, with a way to wait until it changes.
///
/// `@unchecked`: the state is reached through `withLock` and `wait` alone, which hold the lock.
final class Monitor<State>: @unchecked Sendable {
    private var state: State
    private let lock = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    init(_ state: State) {
        self.state = state
        pthread_mutex_init(lock, nil)
        pthread_cond_init(changed, nil)
    }

    deinit {
        pthread_cond_destroy(changed)
        pthread_mutex_destroy(lock)
        changed.deallocate()
        lock.deallocate()
    }

    /// Runs `body` with the state to itself, and wakes whoever waits for a change.
    func withLock<Result>(_ body: (inout State) throws -> Result) rethrows -> Result {
        pthread_mutex_lock(lock)
        defer {
            pthread_cond_broadcast(changed)
            pthread_mutex_unlock(lock)
        }
        return try body(&state)
    }

    /// Waits until `body` returns something, or `seconds` have passed (nil: for ever). `body` runs with the state to itself.
    func wait<Result>(seconds: Double? = nil, _ body: (inout State) throws -> Result?) rethrows -> Result? {
        let deadline = seconds.map { Clock.now() + $0 }
        pthread_mutex_lock(lock)
        defer {
            pthread_cond_broadcast(changed)
            pthread_mutex_unlock(lock)
        }
        while true {
            if let result = try body(&state) { return result }
            guard let deadline else {
                pthread_cond_wait(changed, lock)
                continue
            }
            guard Clock.now() < deadline else { return nil }
            var time = timespec()
            time.tv_sec = Int(deadline)
            time.tv_nsec = Int((deadline - deadline.rounded(.down)) * 1e9)
            pthread_cond_timedwait(changed, lock, &time)
        }
    }
}

/// The time of day.
enum Clock {
    /// Seconds since 1970.
    static func now() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// RFC 3339 in UTC with nanoseconds.
    static func timestamp(_ seconds: Double = now()) -> String {
        text(seconds, "%Y-%m-%dT%H:%M:%S") + "." + digits(Int((seconds - seconds.rounded(.down)) * 1e9), 9) + "Z"
    }

    /// `seconds` in UTC, in `strftime`'s format.
    static func text(_ seconds: Double, _ format: String) -> String {
        var time = time_t(seconds)
        var parts = tm()
        gmtime_r(&time, &parts)
        var buffer = [CChar](repeating: 0, count: 64)
        let count = strftime(&buffer, buffer.count, format, &parts)
        return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static func digits(_ number: Int, _ count: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, count - text.count)) + text
    }
}

/// A thread of its own, for work that blocks or that belongs to one thread.
enum BackgroundThread {
    private final class Body {
        let run: @Sendable () -> Void

        init(_ run: @escaping @Sendable () -> Void) {
            self.run = run
        }
    }

    static func start(_ run: @escaping @Sendable () -> Void) {
        var thread = pthread_t()
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        pthread_attr_setstacksize(&attributes, 512 << 10)
        let argument = Unmanaged.passRetained(Body(run)).toOpaque()
        let error = pthread_create(
            &thread, &attributes,
            { argument in
                guard let argument else { return nil }
                Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run()
                return nil
            }, argument)
        pthread_attr_destroy(&attributes)
        // Without threads there is nothing left to do.
        precondition(error == 0, "no thread can be started: \(error)")
    }
}
