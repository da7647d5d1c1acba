/// Why bytes are not a JSON document, in the words that Go's `encoding/json` uses, which nats-server's log shows.
package struct JSONError: Error, Equatable, CustomStringConvertible {
    /// What is wrong.
    package var description: String
    /// The offset of the byte at which it was found.
    package var offset: Int
}

extension JSONValue {
    /// Reads one document that takes up all of `bytes`, white space around it aside.
    ///
    /// - Throws: ``JSONError`` for anything else, and for nesting deeper than 1,000 levels.
    package init(parsing bytes: UnsafeRawBufferPointer) throws(JSONError) {
        var parser = JSONParser(bytes: bytes)
        self = try parser.document()
    }

    /// Reads one document, as ``init(parsing:)-(UnsafeRawBufferPointer)`` does.
    package init(parsing bytes: [UInt8]) throws(JSONError) {
        let result: Result<JSONValue, JSONError> = bytes.withUnsafeBytes { buffer in
            do throws(JSONError) {
                return .success(try JSONValue(parsing: buffer))
            } catch {
                return .failure(error)
            }
        }
        self = try result.get()
    }
}

/// A recursive descent over the bytes of one document.
private struct JSONParser {
    let bytes: UnsafeRawBufferPointer
    var index = 0
    var depth = 0

    init(bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    mutating func document() throws(JSONError) -> JSONValue {
        let value = try self.value()
        skipSpace()
        if index < bytes.count { throw unexpected("after top-level value") }
        return value
    }

    private mutating func value() throws(JSONError) -> JSONValue {
        skipSpace()
        guard index < bytes.count else { throw ended }
        switch bytes[index] {
        case UInt8(ascii: "{"): return try nested { parser throws(JSONError) in try parser.object() }
        case UInt8(ascii: "["): return try nested { parser throws(JSONError) in try parser.array() }
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        default: throw unexpected("looking for beginning of value")
        }
    }

    private mutating func nested(
        _ body: (inout JSONParser) throws(JSONError) -> JSONValue
    ) throws(JSONError) -> JSONValue {
        guard depth < 1_000 else { throw JSONError(description: "exceeded max depth", offset: index) }
        depth += 1
        defer { depth -= 1 }
        index += 1
        return try body(&self)
    }

    private mutating func object() throws(JSONError) -> JSONValue {
        var members: [JSONValue.Member] = []
        skipSpace()
        if take(UInt8(ascii: "}")) { return .object([]) }
        while true {
            skipSpace()
            guard index < bytes.count else { throw ended }
            guard bytes[index] == UInt8(ascii: "\"") else {
                throw unexpected("looking for beginning of object key string")
            }
            let key = try string()
            skipSpace()
            guard take(UInt8(ascii: ":")) else { throw index < bytes.count ? unexpected("after object key") : ended }
            members.append(.init(key, try value()))
            skipSpace()
            if take(UInt8(ascii: ",")) { continue }
            if take(UInt8(ascii: "}")) { return .object(members) }
            throw index < bytes.count ? unexpected("after object key:value pair") : ended
        }
    }

    private mutating func array() throws(JSONError) -> JSONValue {
        var values: [JSONValue] = []
        skipSpace()
        if take(UInt8(ascii: "]")) { return .array([]) }
        while true {
            values.append(try value())
            skipSpace()
            if take(UInt8(ascii: ",")) { continue }
            if take(UInt8(ascii: "]")) { return .array(values) }
            throw index < bytes.count ? unexpected("after array element") : ended
        }
    }

    private mutating func literal(_ word: StaticString, _ value: JSONValue) throws(JSONError) -> JSONValue {
        for offset in 0..<word.utf8CodeUnitCount {
            guard index < bytes.count else { throw ended }
            guard bytes[index] == word.utf8Start[offset] else {
                let letter = Character(UnicodeScalar(word.utf8Start[offset]))
                throw unexpected("in literal \(word) (expecting '\(letter)')")
            }
            index += 1
        }
        return value
    }

    private mutating func number() throws(JSONError) -> JSONValue {
        let start = index
        var isWhole = true
        _ = take(UInt8(ascii: "-"))
        if !take(UInt8(ascii: "0")) { try digits() }
        if take(UInt8(ascii: ".")) {
            isWhole = false
            try digits()
        }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            isWhole = false
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            try digits()
        }
        let text = String(decoding: bytes[start..<index], as: UTF8.self)
        if isWhole, let whole = Int64(text) { return .int(whole) }
        return .double(Double(text) ?? 0)
    }

    private mutating func digits() throws(JSONError) {
        let start = index
        while index < bytes.count, bytes[index] >= 0x30, bytes[index] <= 0x39 { index += 1 }
        if index == start { throw index < bytes.count ? unexpected("in numeric literal") : ended }
    }

    private mutating func string() throws(JSONError) -> String {
        index += 1
        var text: [UInt8] = []
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"): try escape(&text)
            case 0..<0x20:
                index -= 1
                throw unexpected("in string")
            default: text.append(byte)
            }
        }
        throw ended
    }

    private mutating func escape(_ text: inout [UInt8]) throws(JSONError) {
        guard index < bytes.count else { throw ended }
        let byte = bytes[index]
        index += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"):
            var unit = try hexadecimal()
            if unit >= 0xD800, unit < 0xDC00, index + 1 < bytes.count, bytes[index] == UInt8(ascii: "\\"),
                bytes[index + 1] == UInt8(ascii: "u")
            {
                index += 2
                let low = try hexadecimal()
                unit = low >= 0xDC00 && low < 0xE000 ? 0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00) : 0xFFFD
            }
            text += String(Character(UnicodeScalar(unit) ?? "\u{FFFD}")).utf8
        default: throw badEscape(from: index - 2, length: 2)
        }
    }

    private mutating func hexadecimal() throws(JSONError) -> UInt32 {
        let start = index
        guard start + 4 <= bytes.count else { throw ended }
        var value: UInt32 = 0
        while index < start + 4 {
            guard let digit = Character(UnicodeScalar(bytes[index])).hexDigitValue else {
                throw badEscape(from: start - 2, length: 6)
            }
            value = value << 4 | UInt32(digit)
            index += 1
        }
        return value
    }

    private func badEscape(from start: Int, length: Int) -> JSONError {
        let shown = String(decoding: bytes[start..<start + length], as: UTF8.self)
        return JSONError(
            description: "invalid escape sequence `\(shown)` in string", offset: start + length - 1)
    }

    private mutating func skipSpace() {
        while index < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[index]) { index += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard index < bytes.count, bytes[index] == byte else { return false }
        index += 1
        return true
    }

    private var ended: JSONError {
        JSONError(description: "unexpected end of JSON input", offset: bytes.count)
    }

    private func unexpected(_ place: String) -> JSONError {
        let byte = bytes[index]
        let shown =
            switch byte {
            case UInt8(ascii: "'"): "'\\''"
            case UInt8(ascii: "\""): "'\"'"
            case UInt8(ascii: "\r"): "'\\r'"
            case UInt8(ascii: "\n"): "'\\n'"
            case UInt8(ascii: "\t"): "'\\t'"
            case 0x07: "'\\a'"
            case 0x08: "'\\b'"
            case 0x0B: "'\\v'"
            case 0x0C: "'\\f'"
            case 0..<0x10: "'\\x0\(String(byte, radix: 16))'"
            case 0x10..<0x20, 0x7F: "'\\x\(String(byte, radix: 16))'"
            default: "'\(Character(UnicodeScalar(byte)))'"
            }
        return JSONError(description: "invalid character \(shown) \(place)", offset: index)
    }
}
