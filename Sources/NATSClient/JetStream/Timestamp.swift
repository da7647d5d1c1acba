#if canImport(FoundationEssentials)
package import FoundationEssentials
#else
package import Foundation
#endif

/// Times as RFC 3339 writes them, which is how they stand in JetStream's documents.
package enum Timestamp {
    /// Reads `2006-01-02T15:04:05.123456789Z`, or the same with an offset such as `+02:00`; `nil` for other texts.
    package static func parse(_ text: String) -> Date? {
        nanoseconds(text).map { Date(nanoseconds: $0) }
    }

    /// Reads the same as whole nanoseconds since 1970, which a `Date` can't hold.
    package static func nanoseconds(_ text: String) -> Int? {
        var digits = text.utf8[...]
        guard let year = number(&digits, 4), skip(&digits, "-"), let month = number(&digits, 2), skip(&digits, "-"),
            let day = number(&digits, 2), skip(&digits, "T"), let hour = number(&digits, 2), skip(&digits, ":"),
            let minute = number(&digits, 2), skip(&digits, ":"), let second = number(&digits, 2),
            (1...12).contains(month), (1...31).contains(day)
        else { return nil }
        var nanoseconds = 0
        if skip(&digits, ".") {
            let fraction = digits.prefix { (0x30...0x39).contains($0) }
            digits = digits.dropFirst(fraction.count)
            for place in 0..<9 {
                let index = fraction.index(fraction.startIndex, offsetBy: place, limitedBy: fraction.endIndex)
                let digit = index.flatMap { $0 < fraction.endIndex ? Int(fraction[$0]) - 0x30 : nil } ?? 0
                nanoseconds = nanoseconds * 10 + digit
            }
        }
        guard let offset = zone(digits) else { return nil }
        let seconds = days(year, month, day) * 86_400 + hour * 3_600 + minute * 60 + second - offset
        return seconds * 1_000_000_000 + nanoseconds
    }

    /// The time in UTC, with as many decimals as it has, up to nanoseconds.
    package static func text(_ date: Date) -> String {
        let (seconds, nanoseconds) = date.parts
        return text(seconds, nanoseconds)
    }

    /// The time that is so many nanoseconds after 1970 began.
    package static func text(nanoseconds: Int) -> String {
        let rest = ((nanoseconds % 1_000_000_000) + 1_000_000_000) % 1_000_000_000
        return text((nanoseconds - rest) / 1_000_000_000, rest)
    }

    private static func text(_ seconds: Int, _ nanoseconds: Int) -> String {
        let rest = ((seconds % 86_400) + 86_400) % 86_400
        let day = (seconds - rest) / 86_400
        let (year, month, dayOfMonth) = civil(day)
        var text = "\(padded(year, 4))-\(padded(month, 2))-\(padded(dayOfMonth, 2))T"
        text += "\(padded(rest / 3_600, 2)):\(padded(rest / 60 % 60, 2)):\(padded(rest % 60, 2))"
        if nanoseconds > 0 {
            var fraction = padded(nanoseconds, 9)
            while fraction.hasSuffix("0") { fraction.removeLast() }
            text += "." + fraction
        }
        return text + "Z"
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, width - text.count)) + text
    }

    private static func number(_ text: inout Substring.UTF8View, _ width: Int) -> Int? {
        guard let number = Int(String(Substring(text.prefix(width)))), text.count >= width else { return nil }
        text = text.dropFirst(width)
        return number
    }

    private static func skip(_ text: inout Substring.UTF8View, _ character: Unicode.Scalar) -> Bool {
        guard let first = text.first, UInt32(first | 0x20) == character.value | 0x20 else { return false }
        text = text.dropFirst()
        return true
    }

    /// The seconds by which a zone is ahead of UTC.
    private static func zone(_ text: Substring.UTF8View) -> Int? {
        var text = text
        if skip(&text, "Z") { return text.isEmpty ? 0 : nil }
        let sign = text.first == UInt8(ascii: "-") ? -1 : 1
        text = text.dropFirst()
        guard let hours = number(&text, 2), skip(&text, ":"), let minutes = number(&text, 2), text.isEmpty else {
            return nil
        }
        return sign * (hours * 3_600 + minutes * 60)
    }

    /// Days since 1970 of a date in the Gregorian calendar. Years begin in March here, so that leap days come last.
    private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let year = month <= 2 ? year - 1 : year
        let era = (year >= 0 ? year : year - 399) / 400
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    /// The date that is the given number of days after 1970 began.
    private static func civil(_ days: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }
}

extension Date {
    /// A moment given by the nanoseconds since 1970.
    package init(nanoseconds: Int) {
        let (seconds, rest) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
        self.init(timeIntervalSince1970: Double(seconds) + Double(rest) / 1e9)
    }

    /// The seconds since 1970, rounded down, and the nanoseconds after them. A `Date` is exact to a few hundred nanoseconds
    /// in our times, so what it can't hold is rounded to microseconds.
    package var parts: (seconds: Int, nanoseconds: Int) {
        let whole = timeIntervalSince1970.rounded(.down)
        let micros = Int(((timeIntervalSince1970 - whole) * 1e6).rounded())
        return micros == 1_000_000 ? (Int(whole) + 1, 0) : (Int(whole), micros * 1_000)
    }
}
