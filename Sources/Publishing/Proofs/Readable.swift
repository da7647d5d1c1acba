/// Numbers and dates as people read them.
package enum Readable {
    /// `850 µs`, `42 ms`, `1.3 s`, `2 min 5 s`.
    package static func duration(milliseconds: Double) -> String {
        switch milliseconds {
        case ..<1: return "\(Int((milliseconds * 1000).rounded())) µs"
        case ..<1000: return "\(Int(milliseconds.rounded())) ms"
        case ..<60_000:
            let tenths = Int((milliseconds / 100).rounded())
            return tenths % 10 == 0 ? "\(tenths / 10) s" : "\(tenths / 10).\(tenths % 10) s"
        default:
            let seconds = Int((milliseconds / 1000).rounded())
            return seconds % 60 == 0 ? "\(seconds / 60) min" : "\(seconds / 60) min \(seconds % 60) s"
        }
    }

    /// `22 Nov 2026, 03:14 UTC` for an ISO 8601 date in UTC; anything else stays as it is.
    package static func date(_ iso: String) -> String {
        let day = day(iso)
        return day == iso || !iso.hasSuffix("Z") ? iso : "\(day), \(iso.dropFirst(11).prefix(5)) UTC"
    }

    /// `22 Nov 2026` for an ISO 8601 date; anything else stays as it is.
    package static func day(_ iso: String) -> String {
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let bytes = Array(iso.utf8)
        guard bytes.count >= 16, bytes[4] == UInt8(ascii: "-"), bytes[10] == UInt8(ascii: "T"),
            let year = Int(iso.prefix(4)), let month = Int(iso.dropFirst(5).prefix(2)), (1...12).contains(month),
            let day = Int(iso.dropFirst(8).prefix(2))
        else { return iso }
        return "\(day) \(months[month - 1]) \(year)"
    }

    /// `1 line`, `3 lines`.
    package static func count(_ number: Int, _ noun: String) -> String {
        "\(number) \(noun)\(number == 1 ? "" : "s")"
    }
}
