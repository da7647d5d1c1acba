import GoFormats

/// The part of a request's target behind `?`.
struct MonitoringQuery {
    private var values: [String: String] = [:]

    /// A value that cannot be read; `description` is what the client is told, with status 400.
    struct Failure: Error, Equatable, CustomStringConvertible {
        var description: String
    }

    init(_ text: some StringProtocol) {
        // Go drops a pair that holds a semicolon, which once separated pairs.
        for pair in text.split(separator: "&") where !pair.contains(";") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let key = Self.decoded(parts[0])
            if values[key] == nil { values[key] = parts.count > 1 ? Self.decoded(parts[1]) : "" }
        }
    }

    /// The value of `key`; empty where there is none.
    subscript(key: String) -> String { values[key] ?? "" }

    func bool(_ key: String) throws(Failure) -> Bool {
        switch self[key] {
        case "", "0", "f", "F", "false", "FALSE", "False": return false
        case "1", "t", "T", "true", "TRUE", "True": return true
        default: throw bad(key, "boolean", "ParseBool")
        }
    }

    /// 0 where there is none.
    func int(_ key: String) throws(Failure) -> Int {
        let digits = self[key].first.map { "+-".contains($0) } ?? false ? self[key].dropFirst() : self[key][...]
        return try number(key, digits, "int", "Atoi")
    }

    /// 0 where there is none.
    func uint64(_ key: String) throws(Failure) -> UInt64 {
        try number(key, self[key][...], "uint64", "ParseUint")
    }

    /// - Parameter digits: what must be digits of the value.
    private func number<Number: FixedWidthInteger>(
        _ key: String,
        _ digits: Substring,
        _ type: String,
        _ function: String
    ) throws(Failure) -> Number {
        if self[key].isEmpty { return 0 }
        guard !digits.isEmpty, digits.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }) else {
            throw bad(key, type, function)
        }
        guard let value = Number(self[key]) else { throw bad(key, type, function, "value out of range") }
        return value
    }

    private func bad(
        _ key: String,
        _ type: String,
        _ function: String,
        _ reason: String = "invalid syntax"
    ) -> Failure {
        Failure(
            description:
                "Error decoding \(type) for '\(key)': strconv.\(function): parsing \(GoText.quoted(self[key])): "
                + reason)
    }

    private static func decoded(_ text: some StringProtocol) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "+") {
                bytes.append(0x20)
            } else if byte == UInt8(ascii: "%"),
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
