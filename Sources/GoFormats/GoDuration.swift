/// Durations as Go's `time` package reads and writes them: `1h30m`, `2s`, `1.5ms`.
package enum GoDuration {
    /// Why a text is no duration, in Go's words.
    package struct Malformed: Error {
        package var message: String
    }

    private static let units: [String: Double] = [
        "ns": 1, "us": 1e3, "µs": 1e3, "μs": 1e3, "ms": 1e6, "s": 1e9, "m": 60e9, "h": 3600e9,
    ]

    /// Reads a duration such as `-1.5h`; `0` needs no unit.
    ///
    /// - Throws: ``Malformed``.
    package static func parse(_ text: String) throws(Malformed) -> Duration {
        let invalid = Malformed(message: "time: invalid duration \(quoted(text))")
        var rest = Substring(text)
        var isNegative = false
        if let sign = rest.first, sign == "-" || sign == "+" {
            isNegative = sign == "-"
            rest.removeFirst()
        }
        if rest == "0" {
            return .zero
        }
        guard !rest.isEmpty else { throw invalid }
        var total: UInt64 = 0
        while !rest.isEmpty {
            let nanoseconds = try term(&rest, of: text, or: invalid)
            let (sum, overflow) = total.addingReportingOverflow(nanoseconds)
            guard !overflow, sum <= UInt64(1) << 63 else { throw invalid }
            total = sum
        }
        if isNegative {
            return .nanoseconds(Int64(truncatingIfNeeded: 0 &- total))
        }
        guard total < UInt64(1) << 63 else { throw invalid }
        return .nanoseconds(Int64(total))
    }

    /// One number with its unit, in nanoseconds.
    private static func term(
        _ rest: inout Substring,
        of text: String,
        or invalid: Malformed
    ) throws(Malformed) -> UInt64 {
        let whole = digits(&rest)
        var fraction = Substring()
        var hasPoint = false
        if rest.first == "." {
            hasPoint = true
            rest.removeFirst()
            fraction = digits(&rest)
        }
        guard !whole.isEmpty || !fraction.isEmpty else { throw invalid }
        let unit = String(rest.prefix { $0 != "." && !isDigit($0) })
        guard !unit.isEmpty else {
            throw Malformed(message: "time: missing unit in duration \(quoted(text))")
        }
        rest.removeFirst(unit.count)
        guard let factor = units[unit] else {
            throw Malformed(message: "time: unknown unit \(quoted(unit)) in duration \(quoted(text))")
        }
        guard let count = whole.isEmpty ? 0 : UInt64(whole) else { throw invalid }
        let (product, overflow) = count.multipliedReportingOverflow(by: UInt64(factor))
        guard !overflow, product <= UInt64(1) << 63 else { throw invalid }
        guard hasPoint, let part = Double("0." + (fraction.isEmpty ? "0" : fraction)) else { return product }
        return product &+ UInt64(part * factor)
    }

    private static func digits(_ rest: inout Substring) -> Substring {
        let digits = rest.prefix { isDigit($0) }
        rest.removeFirst(digits.count)
        return digits
    }

    private static func isDigit(_ character: Character) -> Bool {
        character.isASCII && character.isNumber
    }

    /// Go's `time` quotes bytes outside ASCII one by one.
    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                quoted += "\\" + String(Unicode.Scalar(byte))
            case 0x20..<0x7F:
                quoted += String(Unicode.Scalar(byte))
            default:
                quoted += "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }
        }
        return quoted + "\""
    }

    /// Writes a duration the way `%v` does: `2m0s`, `1.5s`, `10ms`.
    package static func described(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        let sign = seconds < 0 || attoseconds < 0 ? "-" : ""
        let nanoseconds = seconds.magnitude * 1_000_000_000 + (attoseconds / 1_000_000_000).magnitude
        if nanoseconds == 0 {
            return "0s"
        }
        if nanoseconds < 1000 {
            return "\(sign)\(nanoseconds)ns"
        }
        if nanoseconds < 1_000_000 {
            return sign + decimal(nanoseconds, per: 1000) + "µs"
        }
        if nanoseconds < 1_000_000_000 {
            return sign + decimal(nanoseconds, per: 1_000_000) + "ms"
        }
        let minute: UInt64 = 60_000_000_000
        let minutes = nanoseconds / minute
        let rest = decimal(nanoseconds % minute, per: 1_000_000_000) + "s"
        if minutes == 0 {
            return sign + rest
        }
        return sign + (minutes >= 60 ? "\(minutes / 60)h" : "") + "\(minutes % 60)m" + rest
    }

    /// A number of seconds. What goes beyond Go's durations, which end after 292 years, becomes the longest of them.
    package static func seconds(_ seconds: Double) -> Duration {
        .nanoseconds(Int64(exactly: (seconds * 1e9).rounded(.towardZero)) ?? (seconds < 0 ? .min : .max))
    }

    /// Whole nanoseconds, as Go counts durations.
    package static func nanoseconds(of duration: Duration) -> Int64 {
        let (seconds, attoseconds) = duration.components
        return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    }

    private static func decimal(_ number: UInt64, per unit: UInt64) -> String {
        var fraction = String(number % unit + unit).dropFirst()
        while fraction.hasSuffix("0") {
            fraction.removeLast()
        }
        return "\(number / unit)" + (fraction.isEmpty ? "" : "." + fraction)
    }
}
