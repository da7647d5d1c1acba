/// Reads and writes JSON text (RFC 8259).
enum JSONText {
    /// Where a text is no JSON, and why.
    struct Problem: Error, Hashable {
        var message: String
        /// From 1.
        var line: Int
        /// In bytes from 1.
        var column: Int
    }

    /// Deeper values are refused, so that no input exhausts the stack.
    static let depthLimit = 200

    /// The values that stand one after the other in `text`: mostly one, more where a tool prints one a line.
    static func values(in text: some Sequence<UInt8>) throws(Problem) -> [JSONValue] {
        try locatedValues(in: text).values
    }

    /// The same, with the places of all values and keys in the order in which they begin: a value, then for an array its
    /// elements, for an object each key followed by its value.
    static func locatedValues(
        in text: some Sequence<UInt8>
    ) throws(Problem) -> (values: [JSONValue], places: [Range<Int>]) {
        var reader = JSONReader(bytes: Array(text))
        var values: [JSONValue] = []
        reader.skipSpace()
        while !reader.isAtEnd {
            values.append(try reader.value(depth: 0))
            reader.skipSpace()
        }
        return (values, reader.places)
    }

    /// The text as a JSON string, quotes included.
    static func quote(_ text: String) -> String {
        var result: [UInt8] = [UInt8(ascii: "\"")]
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""): result += Array("\\\"".utf8)
            case UInt8(ascii: "\\"): result += Array("\\\\".utf8)
            case UInt8(ascii: "\n"): result += Array("\\n".utf8)
            case UInt8(ascii: "\t"): result += Array("\\t".utf8)
            case 0..<0x20:
                let hexadecimal = String(byte, radix: 16)
                result += Array("\\u".utf8) + Array(repeatElement(0x30, count: 4 - hexadecimal.utf8.count))
                result += Array(hexadecimal.utf8)
            default: result.append(byte)
            }
        }
        return String(decoding: result, as: UTF8.self) + "\""
    }
}

private struct JSONReader {
    let bytes: [UInt8]
    private var index = 0
    private(set) var places: [Range<Int>] = []

    init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    var isAtEnd: Bool { index >= bytes.count }
    private var byte: UInt8? { index < bytes.count ? bytes[index] : nil }

    private func problem(_ message: String, at place: Int? = nil) -> JSONText.Problem {
        let before = bytes[..<min(place ?? index, bytes.count)]
        let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        return JSONText.Problem(
            message: message,
            line: before.count { $0 == UInt8(ascii: "\n") } + 1,
            column: before.count - lineStart + 1
        )
    }

    mutating func skipSpace() {
        while let byte, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 { index += 1 }
    }

    mutating func value(depth: Int) throws(JSONText.Problem) -> JSONValue {
        guard depth < JSONText.depthLimit else { throw problem("nested more than \(JSONText.depthLimit) deep") }
        let number = places.count
        places.append(index..<index)
        let value = try unlocatedValue(depth)
        places[number] = places[number].lowerBound..<index
        return value
    }

    private mutating func unlocatedValue(_ depth: Int) throws(JSONText.Problem) -> JSONValue {
        switch byte {
        case UInt8(ascii: "{"): return try object(depth)
        case UInt8(ascii: "["): return try array(depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case nil: throw problem("a value is missing at the end")
        case let byte? where byte == UInt8(ascii: "-") || byte.isDigit: return try number()
        default: throw problem("a value was expected here")
        }
    }

    private mutating func word(_ word: String, _ value: JSONValue) throws(JSONText.Problem) -> JSONValue {
        guard bytes[index...].starts(with: word.utf8) else { throw problem("a value was expected here") }
        index += word.utf8.count
        return value
    }

    private mutating func number() throws(JSONText.Problem) -> JSONValue {
        let start = index
        if byte == UInt8(ascii: "-") { index += 1 }
        let first = index
        guard digits() else { throw problem("digits were expected here") }
        if bytes[first] == UInt8(ascii: "0"), index > first + 1 {
            throw problem("a number can't start with 0", at: first)
        }
        if byte == UInt8(ascii: ".") {
            index += 1
            guard digits() else { throw problem("digits were expected here") }
        }
        if byte == UInt8(ascii: "e") || byte == UInt8(ascii: "E") {
            index += 1
            if byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") { index += 1 }
            guard digits() else { throw problem("digits were expected here") }
        }
        return .number(JSONNumber(String(decoding: bytes[start..<index], as: UTF8.self)))
    }

    private mutating func digits() -> Bool {
        let start = index
        while let byte, byte.isDigit { index += 1 }
        return index > start
    }

    private mutating func array(_ depth: Int) throws(JSONText.Problem) -> JSONValue {
        index += 1
        var values: [JSONValue] = []
        skipSpace()
        if byte == UInt8(ascii: "]") {
            index += 1
            return .array(values)
        }
        while true {
            skipSpace()
            values.append(try value(depth: depth + 1))
            skipSpace()
            if byte == UInt8(ascii: ",") {
                index += 1
            } else if byte == UInt8(ascii: "]") {
                index += 1
                return .array(values)
            } else {
                throw problem("\",\" or \"]\" was expected here")
            }
        }
    }

    private mutating func object(_ depth: Int) throws(JSONText.Problem) -> JSONValue {
        index += 1
        var members: [(key: String, value: JSONValue)] = []
        skipSpace()
        if byte == UInt8(ascii: "}") {
            index += 1
            return .object(members)
        }
        while true {
            skipSpace()
            guard byte == UInt8(ascii: "\"") else { throw problem("a key in double quotes was expected here") }
            let start = index
            let key = try string()
            places.append(start..<index)
            skipSpace()
            guard byte == UInt8(ascii: ":") else { throw problem("\":\" was expected here") }
            index += 1
            skipSpace()
            members.append((key, try value(depth: depth + 1)))
            skipSpace()
            if byte == UInt8(ascii: ",") {
                index += 1
            } else if byte == UInt8(ascii: "}") {
                index += 1
                return .object(members)
            } else {
                throw problem("\",\" or \"}\" was expected here")
            }
        }
    }

    private mutating func string() throws(JSONText.Problem) -> String {
        let start = index
        index += 1
        var result: [UInt8] = []
        while let byte {
            switch byte {
            case UInt8(ascii: "\""):
                index += 1
                return String(decoding: result, as: UTF8.self)
            case UInt8(ascii: "\\"):
                try escape(into: &result)
            case 0..<0x20:
                throw problem("a control character in a string")
            default:
                result.append(byte)
                index += 1
            }
        }
        throw problem("this string has no end", at: start)
    }

    private mutating func escape(into result: inout [UInt8]) throws(JSONText.Problem) {
        let start = index
        index += 2
        switch start + 1 < bytes.count ? bytes[start + 1] : 0 {
        case UInt8(ascii: "n"): result.append(0x0a)
        case UInt8(ascii: "t"): result.append(0x09)
        case UInt8(ascii: "r"): result.append(0x0d)
        case UInt8(ascii: "b"): result.append(0x08)
        case UInt8(ascii: "f"): result.append(0x0c)
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): result.append(bytes[start + 1])
        case UInt8(ascii: "u"):
            var unit = try hexadecimal(start)
            if (0xd800..<0xdc00).contains(unit), bytes[index...].starts(with: "\\u".utf8) {
                let saved = index
                index += 2
                let low = try hexadecimal(saved)
                if (0xdc00..<0xe000).contains(low) {
                    unit = 0x10000 + (unit - 0xd800) << 10 + (low - 0xdc00)
                } else {
                    index = saved
                }
            }
            result.append(contentsOf: String(Unicode.Scalar(unit) ?? "\u{fffd}").utf8)
        default:
            throw problem("unknown escape in a string", at: start)
        }
    }

    private mutating func hexadecimal(_ start: Int) throws(JSONText.Problem) -> UInt32 {
        let digits = String(decoding: bytes[min(index, bytes.count)..<min(index + 4, bytes.count)], as: UTF8.self)
        guard digits.utf8.count == 4, let value = UInt32(digits, radix: 16), digits.first != "+" else {
            throw problem("\\u needs four hexadecimal digits", at: start)
        }
        index += 4
        return value
    }
}
