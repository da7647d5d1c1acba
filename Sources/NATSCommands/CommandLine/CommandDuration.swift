import GoFormats

/// Durations as natscli reads and prints them: Go's notation, and days, weeks, months and years besides.
enum CommandDuration {
    struct Invalid: Error {
        var text: String
    }

    private static let nanosecondsPerUnit: [String: Double] = [
        "ns": 1, "us": 1e3, "µs": 1e3, "μs": 1e3, "ms": 1e6, "s": 1e9, "m": 60e9, "h": 3600e9,
        "d": 86400e9, "D": 86400e9, "w": 604_800e9, "W": 604_800e9, "M": 2_592_000e9, "y": 31_536_000e9,
        "Y": 31_536_000e9,
    ]

    /// Reads `1h30m`, `500ms`, `-2s`, `1d`, `0`.
    static func parse(_ text: String) throws(Invalid) -> Duration {
        if text == "0" {
            return .zero
        }
        var rest = text[...]
        var sign = 1.0
        if let first = rest.first, first == "-" || first == "+" {
            sign = first == "-" ? -1 : 1
            rest = rest.dropFirst()
        }
        guard !rest.isEmpty else { throw Invalid(text: text) }
        var nanoseconds = 0.0
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
            rest = rest.dropFirst(digits.count)
            let unit = rest.prefix { $0.isLetter }
            rest = rest.dropFirst(unit.count)
            guard let count = Double(digits), let scale = nanosecondsPerUnit[String(unit)] else {
                throw Invalid(text: text)
            }
            nanoseconds += count * scale
        }
        guard let whole = Int64(exactly: (sign * nanoseconds).rounded()) else { throw Invalid(text: text) }
        return .nanoseconds(whole)
    }

    /// A duration for people: rounded to microseconds or milliseconds, `1.50s`, `2m5s`, `1h0m3s`, `3d4h5m6s`.
    static func humanized(_ duration: Duration) -> String {
        let total = GoDuration.nanoseconds(of: duration)
        if total < 1_000_000 {
            return GoDuration.described(.nanoseconds(rounded(total, to: 1_000)))
        }
        if total < 1_000_000_000 {
            return GoDuration.described(.nanoseconds(rounded(total, to: 1_000_000)))
        }
        let seconds = total / 1_000_000_000
        let (minutes, hours, days) = (seconds / 60, seconds / 3_600, seconds / 86_400)
        let tail = "\(minutes % 60)m\(seconds % 60)s"
        if days >= 365 {
            return "\(days / 365)y\(days % 365)d\(hours % 24)h" + tail
        }
        if days > 0 {
            return "\(days)d\(hours % 24)h" + tail
        }
        if hours > 0 {
            return "\(hours % 24)h" + tail
        }
        if minutes > 0 {
            return tail
        }
        let hundredths = rounded(total, to: 10_000_000) / 10_000_000
        return "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100)s"
    }

    private static func rounded(_ value: Int64, to step: Int64) -> Int64 {
        (value + step / 2) / step * step
    }
}
