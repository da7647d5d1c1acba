/// Nanoseconds as Go prints a `time.Duration`: `1m30s`, `1.5s`, `20ms`.
func goDuration(_ nanoseconds: Int64) -> String {
    guard nanoseconds != 0 else { return "0s" }
    let sign = nanoseconds < 0 ? "-" : ""
    let value = nanoseconds.magnitude
    func scaled(_ value: UInt64, _ digits: Int) -> String {
        var scale: UInt64 = 1
        for _ in 0..<digits { scale *= 10 }
        var fraction = String(value % scale)
        fraction = String(repeating: "0", count: digits - fraction.utf8.count) + fraction
        while fraction.hasSuffix("0") { fraction.removeLast() }
        return fraction.isEmpty ? "\(value / scale)" : "\(value / scale).\(fraction)"
    }
    if value < 1_000 { return "\(sign)\(value)ns" }
    if value < 1_000_000 { return "\(sign)\(scaled(value, 3))µs" }
    if value < 1_000_000_000 { return "\(sign)\(scaled(value, 6))ms" }
    let minute: UInt64 = 60_000_000_000
    var text = ""
    if value >= 60 * minute { text += "\(value / (60 * minute))h" }
    if value >= minute { text += "\(value / minute % 60)m" }
    return sign + text + scaled(value % minute, 9) + "s"
}

/// Reads what ``goDuration(_:)`` prints, and every other form that Go's `time.ParseDuration` takes; nil for anything else.
func parseGoDuration(_ text: some Collection<UInt8>) -> Int64? {
    var rest = Array(text)[...]
    var sign = 1.0
    if let first = rest.first, first == UInt8(ascii: "-") || first == UInt8(ascii: "+") {
        if first == UInt8(ascii: "-") { sign = -1 }
        rest.removeFirst()
    }
    if rest.elementsEqual("0".utf8) { return 0 }
    guard !rest.isEmpty else { return nil }
    var total = 0.0
    while !rest.isEmpty {
        let digits = rest.prefix { (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }
        rest = rest.dropFirst(digits.count)
        let unit = rest.prefix { !(0x30...0x39).contains($0) && $0 != UInt8(ascii: ".") }
        rest = rest.dropFirst(unit.count)
        let scale: Double? =
            switch String(decoding: unit, as: UTF8.self) {
            case "ns": 1
            case "us", "µs", "μs": 1e3
            case "ms": 1e6
            case "s": 1e9
            case "m": 60e9
            case "h": 3_600e9
            default: nil
            }
        var number = String(decoding: digits, as: UTF8.self)
        guard number != ".", number.utf8.count > 0 else { return nil }
        if number.hasSuffix(".") { number += "0" }
        if number.hasPrefix(".") { number = "0" + number }
        guard let scale, let value = Double(number) else { return nil }
        total += value * scale
    }
    return total < 9.2e18 ? Int64((sign * total).rounded()) : nil
}
