/// Text as Go's `fmt` and `strconv` write it, because the messages of nats-server and natscli hold values.
package enum GoText {
    /// `text` in double quotes, `%q`; quotes, backslashes and what can't be seen are escaped.
    package static func quoted(_ text: String) -> String {
        quoted(text.utf8)
    }

    /// Bytes in double quotes; those that are no UTF-8 appear as `\xff`.
    package static func quoted(_ bytes: some Sequence<UInt8>) -> String {
        var result = "\""
        var rest = Array(bytes)[...]
        var decoder = UTF8()
        while !rest.isEmpty {
            var iterator = rest.makeIterator()
            guard case .scalarValue(let scalar) = decoder.decode(&iterator) else {
                result += "\\x" + hex(UInt32(rest.removeFirst()), digits: 2)
                decoder = UTF8()
                continue
            }
            rest = rest.dropFirst(UTF8.width(scalar))
            decoder = UTF8()
            result += escaped(scalar)
        }
        return result + "\""
    }

    /// A list of strings, each quoted: `%q` of a `[]string`.
    package static func quoted(_ texts: [String]) -> String {
        "[" + texts.map { quoted($0) }.joined(separator: " ") + "]"
    }

    private static func escaped(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "\"": return "\\\""
        case "\\": return "\\\\"
        case "\u{07}": return "\\a"
        case "\u{08}": return "\\b"
        case "\u{0C}": return "\\f"
        case "\n": return "\\n"
        case "\r": return "\\r"
        case "\t": return "\\t"
        case "\u{0B}": return "\\v"
        default: break
        }
        if scalar.value < 0x20 || scalar.value == 0x7F {
            return "\\x" + hex(scalar.value, digits: 2)
        }
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator:
            return scalar.value < 0x10000 ? "\\u" + hex(scalar.value, digits: 4) : "\\U" + hex(scalar.value, digits: 8)
        case .spaceSeparator where scalar != " ":
            return "\\u" + hex(scalar.value, digits: 4)
        default:
            return String(scalar)
        }
    }

    private static func hex(_ value: UInt32, digits: Int) -> String {
        let text = String(value, radix: 16)
        return String(repeating: "0", count: max(0, digits - text.count)) + text
    }
}
