/// Reads the values of the attributes that say how a block is run.
enum AttributeValues {
    /// `5s`, `500ms`, `2m`, `1.5h`: a positive number and its unit.
    static func duration(_ text: String) -> Duration? {
        let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        guard let number = Double(digits), number > 0, digits.first != "." else { return nil }
        let milliseconds: Double
        switch text.dropFirst(digits.count) {
        case "ms": milliseconds = number
        case "s": milliseconds = number * 1_000
        case "m": milliseconds = number * 60_000
        case "h": milliseconds = number * 3_600_000
        default: return nil
        }
        guard milliseconds >= 1, milliseconds <= 24 * 3_600_000 else { return nil }
        return .milliseconds(Int64(milliseconds))
    }

    /// Names between commas; nil when one of them is empty.
    static func list(_ text: String) -> [String]? {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false).map { String(trim($0)) }
        return parts.contains("") ? nil : parts
    }

    /// `true` (or nothing behind the key) and `false`.
    static func flag(_ text: String) -> Bool? {
        switch text {
        case "", "true": true
        case "false": false
        default: nil
        }
    }

    /// `tcp:4222`, `tcp:HOST:4222`, `http:URL`, `http://…`, `log:TEXT`, several between commas.
    ///
    /// A comma that is not followed by one of these words belongs to the text before it.
    static func readiness(_ text: String) -> [Readiness]? {
        var parts: [String] = []
        for piece in text.split(separator: ",", omittingEmptySubsequences: false) {
            if parts.isEmpty || ["tcp:", "http:", "https:", "log:"].contains(where: { trim(piece).hasPrefix($0) }) {
                parts.append(String(trim(piece)))
            } else {
                parts[parts.count - 1] += "," + piece
            }
        }
        let conditions = parts.compactMap(condition)
        return conditions.count == parts.count && !parts.isEmpty ? conditions : nil
    }

    private static func condition(_ text: String) -> Readiness? {
        if text.hasPrefix("log:") {
            let line = text.dropFirst(4)
            return line.isEmpty ? nil : .log(String(line))
        }
        if text.hasPrefix("tcp:") {
            let address = text.dropFirst(4)
            let colon = address.lastIndex(of: ":")
            let host = colon.map { address[..<$0] } ?? "127.0.0.1"
            let port = colon.map { address[address.index(after: $0)...] } ?? address
            guard let number = Int(port), (1...65_535).contains(number), !host.isEmpty else { return nil }
            let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
            return .tcp(host: String(isBracketed ? host.dropFirst().dropLast() : host), port: number)
        }
        for scheme in ["http://", "https://"] {
            if text.hasPrefix(scheme), text.count > scheme.count { return .http(text) }
            if text.hasPrefix("http:" + scheme), text.count > scheme.count + 5 {
                return .http(String(text.dropFirst(5)))
            }
        }
        if text.hasPrefix("http:"), !text.hasPrefix("http:/"), text.count > 5 {
            return .http("http://" + text.dropFirst(5))
        }
        return nil
    }

    private static func trim(_ text: Substring) -> Substring {
        var text = text.drop { $0 == " " }
        while text.last == " " { text.removeLast() }
        return text
    }
}
