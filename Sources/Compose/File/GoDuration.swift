/// A length of time as Go and Compose write it: `1m30s`, `500ms`, `2h`.
struct GoDuration: Sendable, Hashable, Codable {
    var nanoseconds: Int

    init(nanoseconds: Int) {
        self.nanoseconds = nanoseconds
    }

    init?(_ text: String) {
        let units: [(String, Double)] = [
            ("ns", 1), ("us", 1e3), ("µs", 1e3), ("ms", 1e6), ("s", 1e9), ("m", 60e9), ("h", 3600e9), ("d", 86_400e9),
        ]
        var rest = Substring(text)
        guard !rest.isEmpty else { return nil }
        if rest == "0" {
            nanoseconds = 0
            return
        }
        var total = 0.0
        while !rest.isEmpty {
            let number = rest.prefix { $0.isNumber || $0 == "." }
            guard let value = Double(number) else { return nil }
            rest.removeFirst(number.count)
            let name = rest.prefix { !$0.isNumber && $0 != "." }
            guard let unit = units.first(where: { $0.0 == name }) else { return nil }
            rest.removeFirst(name.count)
            total += value * unit.1
        }
        guard total < Double(Int.max) else { return nil }
        nanoseconds = Int(total)
    }

    static func seconds(_ count: Int) -> GoDuration {
        GoDuration(nanoseconds: count * 1_000_000_000)
    }

    var duration: Duration { .nanoseconds(nanoseconds) }

    /// As Go prints it: `1m30s`, `1.5s`, `500ms`.
    var text: String {
        guard nanoseconds != 0 else { return "0s" }
        if nanoseconds < 1_000_000_000 {
            if nanoseconds < 1000 { return "\(nanoseconds)ns" }
            let (unit, name) = nanoseconds < 1_000_000 ? (1000, "µs") : (1_000_000, "ms")
            return Self.decimal(nanoseconds, unit) + name
        }
        let seconds = nanoseconds / 1_000_000_000
        let (hours, minutes) = (seconds / 3600, seconds / 60 % 60)
        let rest = Self.decimal(nanoseconds % 60_000_000_000, 1_000_000_000) + "s"
        if hours > 0 { return "\(hours)h\(minutes)m\(rest)" }
        return minutes > 0 ? "\(minutes)m\(rest)" : rest
    }

    private static func decimal(_ value: Int, _ unit: Int) -> String {
        let whole = value / unit
        guard value % unit != 0 else { return "\(whole)" }
        var fraction = String(value % unit + unit).dropFirst()
        while fraction.last == "0" { fraction.removeLast() }
        return "\(whole).\(fraction)"
    }
}
