extension Duration {
    /// The duration as Go prints it: `2m0s`, `1.5s`, `452µs`.
    var goText: String {
        let (seconds, attoseconds) = components
        var nanoseconds = seconds * 1_000_000_000 + attoseconds / 1_000_000_000
        if nanoseconds == 0 { return "0s" }
        let sign = nanoseconds < 0 ? "-" : ""
        nanoseconds = abs(nanoseconds)
        if nanoseconds < 1_000 { return "\(sign)\(nanoseconds)ns" }
        if nanoseconds < 1_000_000 { return sign + Self.decimal(nanoseconds, 1_000) + "µs" }
        if nanoseconds < 1_000_000_000 { return sign + Self.decimal(nanoseconds, 1_000_000) + "ms" }
        let whole = nanoseconds / 1_000_000_000
        var text = sign
        if whole >= 3_600 { text += "\(whole / 3_600)h" }
        if whole >= 60 { text += "\(whole % 3_600 / 60)m" }
        return text + Self.decimal(nanoseconds % 60_000_000_000, 1_000_000_000) + "s"
    }

    private static func decimal(_ value: Int64, _ unit: Int64) -> String {
        let rest = value % unit
        guard rest > 0 else { return "\(value / unit)" }
        let width = String(unit).count - 1
        var digits = String(rest)
        digits = String(repeating: "0", count: width - digits.count) + digits
        while digits.hasSuffix("0") { digits.removeLast() }
        return "\(value / unit).\(digits)"
    }
}
