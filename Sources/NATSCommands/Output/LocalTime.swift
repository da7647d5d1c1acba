#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A moment in the local time zone, in the notations that natscli prints.
struct LocalTime: Sendable, Hashable {
    /// Seconds since 1970 in UTC.
    var seconds: Int
    var nanoseconds: Int
    private let year: Int
    private let month: Int
    private let day: Int
    private let hour: Int
    private let minute: Int
    private let second: Int
    private let offset: Int

    /// The moment as the process's time zone shows it.
    init(seconds: Int, nanoseconds: Int = 0) {
        self.seconds = seconds
        self.nanoseconds = nanoseconds
        var time = time_t(seconds)
        var parts = tm()
        localtime_r(&time, &parts)
        year = Int(parts.tm_year) + 1900
        month = Int(parts.tm_mon)
        day = Int(parts.tm_mday)
        hour = Int(parts.tm_hour)
        minute = Int(parts.tm_min)
        second = Int(parts.tm_sec)
        offset = Int(parts.tm_gmtoff)
    }

    static func now() -> LocalTime {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return LocalTime(seconds: Int(time.tv_sec), nanoseconds: Int(time.tv_nsec))
    }

    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// `18:53:38`
    var clock: String {
        "\(two(hour)):\(two(minute)):\(two(second))"
    }

    /// `2006-01-02T15:04:05+02:00`, with `Z` for UTC.
    var rfc3339: String {
        let minutes = abs(offset) / 60
        let zone = offset == 0 ? "Z" : "\(offset < 0 ? "-" : "+")\(two(minutes / 60)):\(two(minutes % 60))"
        return "\(year)-\(two(month + 1))-\(two(day))T\(clock)\(zone)"
    }

    /// `2006-01-02 15:04:05`
    var dateTime: String {
        "\(year)-\(two(month + 1))-\(two(day)) \(clock)"
    }

    /// `3:04PM`
    var kitchen: String {
        "\(hour % 12 == 0 ? 12 : hour % 12):\(two(minute))\(hour < 12 ? "AM" : "PM")"
    }

    /// `Jan  2 15:04:05.000000`
    var stamp: String {
        let micros = String(nanoseconds / 1_000)
        let name = Self.months.indices.contains(month) ? Self.months[month] : ""
        return "\(name) \(day < 10 ? " " : "")\(day) \(clock)."
            + String(repeating: "0", count: 6 - micros.count) + micros
    }

    private func two(_ number: Int) -> String {
        (number < 10 ? "0" : "") + String(number)
    }
}
