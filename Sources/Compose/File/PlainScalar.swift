#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What a text without quotes means in YAML, as go-yaml and with it Compose take it.
enum PlainScalar: Sendable, Hashable {
    case null
    case bool(Bool)
    case integer(Int)
    case float(Double)
    /// - Parameter time: the time of the day with its zone, such as `10:00:00 +0000 UTC`.
    case timestamp(date: String, time: String)
    case text

    init(_ text: String) {
        switch text {
        case "", "~", "null", "Null", "NULL": self = .null
        case "true", "True", "TRUE": self = .bool(true)
        case "false", "False", "FALSE": self = .bool(false)
        case ".nan", ".NaN", ".NAN": self = .float(.nan)
        case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF": self = .float(.infinity)
        case "-.inf", "-.Inf", "-.INF": self = .float(-.infinity)
        default: self = Self.number(text) ?? Self.timestamp(text) ?? .text
        }
    }

    /// As Go prints the value; nil for a text, which stays what it is.
    var goText: String? {
        switch self {
        case .null, .text: nil
        case .bool(let value): value ? "true" : "false"
        case .integer(let value): String(value)
        case .float(let value): Self.goText(of: value)
        case .timestamp(let date, let time): "\(date) \(time)"
        }
    }

    /// What YAML 1.1 took for a truth value or, with colons, for a number to base 60.
    static func isText(onlySince12 text: String) -> Bool {
        ["y", "yes", "n", "no", "on", "off"].contains { [$0, $0.capitalized, $0.uppercased()].contains(text) }
            || isSexagesimal(text)
    }

    private static func number(_ text: String) -> PlainScalar? {
        let plain = text.filter { $0 != "_" }
        guard let first = plain.unicodeScalars.first, "+-.0123456789".unicodeScalars.contains(first) else { return nil }
        // Go knows a negative zero among floating-point numbers alone.
        if plain == "-0" { return .float(-0.0) }
        let isNegative = first == "-"
        let digits = Substring(first == "-" || first == "+" ? plain.dropFirst() : plain[...])
        for (prefix, base) in [("0x", 16), ("0X", 16), ("0o", 8), ("0O", 8), ("0b", 2), ("0B", 2), ("0", 8), ("", 10)]
        where digits.hasPrefix(prefix) && digits.count > prefix.count {
            let rest = digits.dropFirst(prefix.count)
            if let first = rest.first, first.isHexDigit, let value = Int((isNegative ? "-" : "") + rest, radix: base) {
                return .integer(value)
            }
            if prefix.count == 2 { return nil }
        }
        let isFloat = plain.wholeMatch(of: #/[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?/#) != nil
        // Swift wants digits on both sides of the point.
        guard isFloat, let value = Double(plain) ?? Double("0" + plain) ?? Double(plain + "0") else { return nil }
        return .float(value)
    }

    private static func timestamp(_ text: String) -> PlainScalar? {
        guard let match = text.wholeMatch(of: #/([0-9]{4}-[0-9]{2}-[0-9]{2})([Tt ]([0-9]{2}:[0-9]{2}:[0-9]{2})Z)?/#)
        else { return nil }
        return .timestamp(date: String(match.1), time: (match.3.map(String.init) ?? "00:00:00") + " +0000 UTC")
    }

    /// `%v` of Go: the shortest digits, with an exponent where it is below -4 or at least 6.
    private static func goText(of value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        if value == 0 { return value.sign == .minus ? "-0" : "0" }
        let parts = "\(value.magnitude)".split(separator: "e")
        let halves = parts[0].split(separator: ".", omittingEmptySubsequences: false)
        let written = halves[0] + (halves.count > 1 ? halves[1] : "")
        let digits = String(String(written.drop { $0 == "0" }.reversed().drop { $0 == "0" }.reversed()))
        let zeros = written.prefix { $0 == "0" }.count
        let exponent = halves[0].count - zeros - 1 + (parts.count > 1 ? Int(parts[1]) ?? 0 : 0)
        let sign = value < 0 ? "-" : ""
        if exponent < -4 || exponent >= 6 {
            let size = String(abs(exponent))
            return sign + digits.prefix(1) + (digits.count > 1 ? "." + digits.dropFirst() : "") + "e"
                + (exponent < 0 ? "-" : "+") + (size.count < 2 ? "0" : "") + size
        }
        if exponent < 0 { return sign + "0." + String(repeating: "0", count: -exponent - 1) + digits }
        let whole = digits.prefix(exponent + 1)
        let fraction = digits.dropFirst(exponent + 1)
        return sign + whole + String(repeating: "0", count: exponent + 1 - whole.count)
            + (fraction.isEmpty ? "" : "." + fraction)
    }

    private static func isSexagesimal(_ text: String) -> Bool {
        text.wholeMatch(of: #/[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?/#) != nil
    }
}
