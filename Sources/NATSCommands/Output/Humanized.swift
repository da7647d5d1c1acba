import NATSClient

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Values as natscli shows them to people.
enum Humanized {
    /// `1,234,567`
    static func count(_ number: Int) -> String {
        let digits = String(number.magnitude)
        var result = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 {
                result.append(",")
            }
            result.append(digit)
        }
        return (number < 0 ? "-" : "") + result
    }

    /// `512 B`, `1.5 KiB`, `20 MiB`: one decimal below ten.
    static func bytes(_ count: Int) -> String {
        guard count >= 10 else { return "\(max(0, count)) B" }
        let units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]
        var unit = 0
        var value = Double(count)
        while value >= 1024, unit < units.count - 1 {
            value /= 1024
            unit += 1
        }
        let tenths = Int((value * 10 + 0.5).rounded(.down))
        let text =
            tenths < 100 ? "\(tenths / 10).\(tenths % 10)" : "\(Int((Double(tenths) / 10).rounded(.toNearestOrEven)))"
        return "\(text) \(units[unit])"
    }

    /// `2006-01-02 15:04:05` in the local time zone.
    static func time(_ date: Date?) -> String {
        guard let date else { return "0001-01-01 00:00:00" }
        return LocalTime(date).dateTime
    }

    /// How long ago something was, `never` if it never was.
    static func age(of date: Date?, at now: Date?) -> String {
        guard let date else { return "never" }
        let seconds = (now ?? Date.now).timeIntervalSince(date)
        return CommandDuration.humanized(.nanoseconds(Int64(max(0, seconds) * 1e9)))
    }
}

extension LocalTime {
    init(_ date: Date) {
        let (seconds, nanoseconds) = date.parts
        self.init(seconds: seconds, nanoseconds: nanoseconds)
    }
}

/// Numbers of bytes as flags take them: whole, with a unit that is a power of two.
enum ByteSize {
    /// Reads `512`, `64K`, `1MB`, `2GiB`; anything negative is -1, unlimited.
    ///
    /// - Parameter flag: what the error names.
    static func parse(_ text: String, flag: String) throws(CommandError) -> Int {
        if text.hasPrefix("-") { return -1 }
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let shifts = [
            "": 0, "B": 0, "K": 10, "KB": 10, "KIB": 10, "M": 20, "MB": 20, "MIB": 20, "G": 30, "GB": 30,
            "GIB": 30, "T": 40, "TB": 40, "TIB": 40,
        ]
        guard let number = Int(digits), let shift = shifts[text.dropFirst(digits.count).uppercased()] else {
            throw CommandError("invalid bytes specification \(text) for \(flag): use a number such as 512, 64KB or 1GB")
        }
        let (size, overflow) = number.multipliedReportingOverflow(by: 1 << shift)
        guard !overflow else { throw CommandError("\(flag) \(text) is too large") }
        return size
    }
}
