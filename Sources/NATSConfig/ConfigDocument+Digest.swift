import GoFormats
import Crypto

extension ConfigDocument {
    /// What nats-server prints for a valid file, `configuration file x.conf is valid (sha256:…)`: the SHA-256 sum of the
    /// values as Go's `encoding/json` writes them.
    package var digest: String {
        var encoder = DigestEncoder()
        encoder.encode(root)
        encoder.bytes.append(UInt8(ascii: "\n"))
        return SHA256.hash(data: encoder.bytes).reduce(into: "sha256:") { text, byte in
            text += (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }
    }
}

/// Writes values as Go's `encoding/json` does, which escapes for HTML.
private struct DigestEncoder {
    var bytes: [UInt8] = []

    mutating func encode(_ content: ConfigValue.Content) {
        switch content {
        case .string(let text): encode(text)
        case .integer(let number): append(String(number))
        case .float(let number): append(json(number))
        case .bool(let truth): append(truth ? "true" : "false")
        case .datetime(let moment): encode(moment.description)
        case .array(let values):
            append("[")
            for (index, value) in values.enumerated() {
                append(index == 0 ? "" : ",")
                encode(value.content)
            }
            append("]")
        case .map(let map): encode(map)
        }
    }

    mutating func encode(_ map: ConfigMap) {
        append("{")
        let fields = map.fields.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        for (index, field) in fields.enumerated() {
            append(index == 0 ? "" : ",")
            encode(field.key)
            append(":")
            encode(field.value.content)
        }
        append("}")
    }

    private mutating func encode(_ text: String) {
        append("\"")
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": append("\\\"")
            case "\\": append("\\\\")
            case "\u{08}": append("\\b")
            case "\u{0C}": append("\\f")
            case "\n": append("\\n")
            case "\r": append("\\r")
            case "\t": append("\\t")
            case "<", ">", "&", "\u{2028}", "\u{2029}": append(escaped(scalar))
            case _ where scalar.value < 0x20: append(escaped(scalar))
            default: append(String(scalar))
            }
        }
        append("\"")
    }

    private func escaped(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16)
        return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    }

    /// Like ``GoText/described(_:)``, with the exponent's zero dropped and used below 1e-6 only.
    private func json(_ number: Double) -> String {
        let text = GoText.described(number)
        return text.hasPrefix("0e") ? "0" : text
    }

    private mutating func append(_ text: String) {
        bytes.append(contentsOf: text.utf8)
    }
}
