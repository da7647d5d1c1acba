#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A moment by the calendar, as logs and monitoring print it.
struct WallClock: Sendable, Hashable, Comparable {
    /// Nanoseconds since 1970, UTC.
    var nanoseconds: Int64

    static func now() -> WallClock {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return WallClock(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }

    static func < (one: WallClock, other: WallClock) -> Bool {
        one.nanoseconds < other.nanoseconds
    }

    /// `2026/01/02 15:04:05.123456`, local time unless `utc`.
    func logText(utc: Bool) -> String {
        let parts = calendar(utc: utc)
        let micros = nanoseconds % 1_000_000_000 / 1_000
        return "\(pad(parts.year, 4))/\(pad(parts.month, 2))/\(pad(parts.day, 2)) "
            + "\(pad(parts.hour, 2)):\(pad(parts.minute, 2)):\(pad(parts.second, 2)).\(pad(Int(micros), 6))"
    }

    /// RFC 3339 in UTC, whole seconds.
    var secondsText: String {
        WallClock(nanoseconds: nanoseconds / 1_000_000_000 * 1_000_000_000).rfc3339
    }

    /// RFC 3339 in UTC with as many digits of the second as there are, as Go prints it.
    var rfc3339: String {
        let parts = calendar(utc: true)
        var text =
            "\(pad(parts.year, 4))-\(pad(parts.month, 2))-\(pad(parts.day, 2))T"
            + "\(pad(parts.hour, 2)):\(pad(parts.minute, 2)):\(pad(parts.second, 2))"
        var fraction = Array(pad(Int(nanoseconds % 1_000_000_000), 9))
        while fraction.last == "0" { fraction.removeLast() }
        if !fraction.isEmpty { text += "." + String(fraction) }
        return text + "Z"
    }

    /// As the `Date` header of HTTP has it: `Mon, 02 Jan 2006 15:04:05 GMT`. Source: RFC 9110, 5.6.7.
    var httpDate: String {
        let parts = calendar(utc: true)
        let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        return "\(days[parts.weekday]), \(pad(parts.day, 2)) \(months[parts.month - 1]) \(pad(parts.year, 4)) "
            + "\(pad(parts.hour, 2)):\(pad(parts.minute, 2)):\(pad(parts.second, 2)) GMT"
    }

    private struct Calendar {
        var year: Int
        var month: Int
        var day: Int
        var hour: Int
        var minute: Int
        var second: Int
        /// From Sunday, 0.
        var weekday: Int
    }

    private func calendar(utc: Bool) -> Calendar {
        var seconds = time_t(nanoseconds / 1_000_000_000)
        var parts = tm()
        if utc { gmtime_r(&seconds, &parts) } else { localtime_r(&seconds, &parts) }
        return Calendar(
            year: Int(parts.tm_year) + 1900, month: Int(parts.tm_mon) + 1, day: Int(parts.tm_mday),
            hour: Int(parts.tm_hour), minute: Int(parts.tm_min), second: Int(parts.tm_sec),
            weekday: Int(parts.tm_wday))
    }

    private func pad(_ value: Int, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
