/// Reads the values of attributes; nil where a value is not valid.
///
/// The one place that knows how values are written: parsing refuses by it, and proving reads by it.
package enum AttributeValues {
    /// `5s`, `500ms`, `2m`, `1.5h`: a number and its unit, from a millisecond to a day.
    package static func duration(_ text: String) -> Duration? {
        let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        guard let number = Double(digits), number > 0, digits.first != "." else {
            return nil
        }
        let milliseconds: Double
        switch text.dropFirst(digits.count) {
        case "ms": milliseconds = number
        case "s": milliseconds = number * 1_000
        case "m": milliseconds = number * 60_000
        case "h": milliseconds = number * 3_600_000
        default: return nil
        }
        guard milliseconds >= 1, milliseconds <= 24 * 3_600_000 else {
            return nil
        }
        return .milliseconds(Int64(milliseconds))
    }

    /// A name of letters, digits, `-`, `_` and `.`.
    package static func name(_ text: String) -> String? {
        let isName = text.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x80...: true
            default: "-_.".utf8.contains(byte)
            }
        }
        return isName && !text.isEmpty ? text : nil
    }

    /// Names between commas.
    package static func names(_ text: String) -> [String]? {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        let names = parts.compactMap { name(String($0.trimmed)) }
        return names.count == parts.count ? names : nil
    }

    /// A text that is more than blanks.
    package static func text(_ text: String) -> String? {
        text.contains { $0 != " " } ? text : nil
    }

    /// `true`, also where the key stands alone.
    package static func flag(_ text: String) -> Bool? {
        text == "true" ? true : nil
    }

    /// An exit status from 0 to 255, written in digits alone.
    package static func status(_ text: String) -> Int? {
        text.utf8.allSatisfy { (0x30...0x39).contains($0) } ? UInt8(text).map(Int.init) : nil
    }

    /// An octal file mode of three or four digits.
    package static func mode(_ text: String) -> UInt16? {
        let isOctal = (3...4).contains(text.utf8.count) && text.utf8.allSatisfy { (0x30...0x37).contains($0) }
        return isOctal ? UInt16(text, radix: 8) : nil
    }

    /// Line numbers and ranges of lines, from 1: `2,5-7`.
    package static func lines(_ text: String) -> [ClosedRange<Int>]? {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        let ranges = parts.compactMap { part -> ClosedRange<Int>? in
            let ends = part.split(separator: "-", omittingEmptySubsequences: false).compactMap { Int($0) }
            guard ends.count == part.count(where: { $0 == "-" }) + 1, let first = ends.first, let last = ends.last,
                ends.count <= 2, first > 0, first <= last
            else {
                return nil
            }
            return first...last
        }
        return ranges.count == parts.count ? ranges : nil
    }

    /// `tcp:4222`, `tcp:HOST:4222`, `http:URL`, `http://…`, `log:TEXT`, several between commas.
    ///
    /// A comma that is not followed by one of these words belongs to the text before it.
    package static func readiness(_ text: String) -> [Readiness]? {
        var parts: [String] = []
        for piece in text.split(separator: ",", omittingEmptySubsequences: false) {
            if parts.isEmpty || ["tcp:", "http:", "https:", "log:"].contains(where: piece.trimmed.hasPrefix) {
                parts.append(String(piece.trimmed))
            } else {
                parts[parts.count - 1] += "," + piece
            }
        }
        let conditions = parts.compactMap(Readiness.init)
        return conditions.count == parts.count && !parts.isEmpty ? conditions : nil
    }
}

/// A condition that says that a `serve` command has come up.
package enum Readiness: Sendable, Hashable {
    /// Something accepts connections (`tcp:4222`, `tcp:127.0.0.1:4222`).
    case tcp(host: String, port: Int)
    /// The address answers with a status below 400 (`http:http://localhost:8222/healthz`, `http://…` as well).
    case http(String)
    /// The command printed a line that contains the text (`log:Server is ready`).
    case log(String)

    /// Reads one condition as it stands in `ready=`.
    init?(_ text: String) {
        if text.hasPrefix("log:") {
            let line = text.dropFirst(4)
            guard line.contains(where: { $0 != " " }) else {
                return nil
            }
            self = .log(String(line))
        } else if text.hasPrefix("tcp:") {
            let address = text.dropFirst(4)
            let colon = address.lastIndex(of: ":")
            let host = colon.map { address[..<$0] } ?? "127.0.0.1"
            let port = colon.map { address[address.index(after: $0)...] } ?? address
            guard let number = Int(port), (1...65_535).contains(number), !host.isEmpty else {
                return nil
            }
            let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
            self = .tcp(host: String(isBracketed ? host.dropFirst().dropLast() : host), port: number)
        } else if let address = Self.address(text) {
            self = .http(address)
        } else {
            return nil
        }
    }

    private static func address(_ text: String) -> String? {
        for scheme in ["http://", "https://"] {
            if text.hasPrefix(scheme) {
                return text.utf8.count > scheme.utf8.count ? text : nil
            }
            if text.hasPrefix("http:" + scheme) {
                return text.utf8.count > scheme.utf8.count + 5 ? String(text.dropFirst(5)) : nil
            }
        }
        guard text.hasPrefix("http:"), !text.hasPrefix("http:/"), text.utf8.count > 5 else {
            return nil
        }
        return "http://" + text.dropFirst(5)
    }
}

extension Substring {
    /// Without blanks at both ends.
    fileprivate var trimmed: Substring {
        var text = drop { $0 == " " }
        while text.last == " " {
            text.removeLast()
        }
        return text
    }
}
