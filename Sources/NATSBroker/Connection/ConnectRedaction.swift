import NATSWire

/// The arguments of CONNECT as the log may show them: as they were sent, but for the values of passwords, tokens, keys and
/// signatures.
enum ConnectRedaction {
    /// - Returns: `[REDACTED]` alone for what is no JSON object, since there is no telling what is secret in it.
    static func text(_ bytes: Slice<UnsafeRawBufferPointer>) -> String {
        let mark = "[REDACTED]"
        guard case .object? = try? JSONValue(parsing: UnsafeRawBufferPointer(rebasing: bytes)) else { return mark }
        var text: [UInt8] = []
        var rest = bytes
        var key: String?
        while let first = rest.first {
            let token = rest.prefix(tokenLength(rest))
            rest = rest.dropFirst(token.count)
            switch first {
            case UInt8(ascii: ":") where key.map(isSecret) ?? false:
                text += token
                let blanks = rest.prefix { isBlank($0) }
                text += blanks
                rest = rest.dropFirst(blanks.count)
                let isString = rest.first == UInt8(ascii: "\"")
                rest = rest.dropFirst(valueLength(rest))
                text += (isString ? "\"\(mark)\"" : mark).utf8
            case UInt8(ascii: "\""):
                key = String(decoding: token.dropFirst().dropLast(), as: UTF8.self)
                text += token
            default:
                if !isBlank(first), first != UInt8(ascii: ":") { key = nil }
                text += token
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    private static func isSecret(_ key: String) -> Bool {
        let key = key.lowercased()
        return key.contains("pass") || ["auth_token", "nkey", "sig", "proxy_sig"].contains(key)
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D || byte == 0x0A }

    /// A string is one token, anything else goes byte by byte.
    private static func tokenLength(_ bytes: Slice<UnsafeRawBufferPointer>) -> Int {
        guard bytes.first == UInt8(ascii: "\"") else { return 1 }
        var isEscaped = false
        for (offset, byte) in bytes.enumerated().dropFirst() {
            if byte == UInt8(ascii: "\""), !isEscaped { return offset + 1 }
            isEscaped = byte == UInt8(ascii: "\\") && !isEscaped
        }
        return bytes.count
    }

    /// The length of the value that `bytes` begin with: to the comma or the bracket that ends it.
    private static func valueLength(_ bytes: Slice<UnsafeRawBufferPointer>) -> Int {
        var depth = 0
        var length = 0
        while length < bytes.count {
            let here = bytes.dropFirst(length)
            switch here.first {
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: ","), UInt8(ascii: "}"), UInt8(ascii: "]"):
                if depth == 0 { return length }
                if here.first != UInt8(ascii: ",") { depth -= 1 }
            default: break
            }
            length += tokenLength(here)
        }
        return length
    }
}
