/// Text as Go's `%q` prints it, which is how nats-server puts subjects and snippets into its messages.
enum GoQuote {
    static func quote(_ bytes: some Sequence<UInt8>) -> String {
        var text = "\""
        for scalar in String(decoding: Array(bytes), as: UTF8.self).unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case "\u{7}": text += "\\a"
            case "\u{8}": text += "\\b"
            case "\u{B}": text += "\\v"
            case "\u{C}": text += "\\f"
            case "\u{0}"..<"\u{20}", "\u{7F}":
                let hex = String(scalar.value, radix: 16)
                text += "\\x" + (hex.count < 2 ? "0" : "") + hex
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text + "\""
    }

    static func quote(_ text: String) -> String {
        quote(text.utf8)
    }
}
