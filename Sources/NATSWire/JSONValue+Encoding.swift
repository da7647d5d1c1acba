extension JSONValue {
    /// The document as Go's `encoding/json` prints it: compact, or with two blanks a level.
    package func encoded(pretty: Bool = false) -> [UInt8] {
        var out: [UInt8] = []
        write(to: &out, indent: pretty ? 0 : nil)
        return out
    }

    /// - Parameter indent: the depth, or nil for the compact form.
    private func write(to out: inout [UInt8], indent: Int?) {
        switch self {
        case .null: out += "null".utf8
        case .bool(let value): out += (value ? "true" : "false").utf8
        case .int(let value): out += String(value).utf8
        case .unsigned(let value): out += String(value).utf8
        case .double(let value): out += Self.text(of: value).utf8
        case .string(let value): Self.write(value, to: &out)
        case .array(let values):
            Self.write(values, "[]", to: &out, indent: indent) { value, out, inner in
                value.write(to: &out, indent: inner)
            }
        case .object(let members):
            Self.write(members, "{}", to: &out, indent: indent) { member, out, inner in
                Self.write(member.key, to: &out)
                out.append(UInt8(ascii: ":"))
                if inner != nil { out.append(UInt8(ascii: " ")) }
                member.value.write(to: &out, indent: inner)
            }
        }
    }

    private static func write<Element>(
        _ elements: [Element],
        _ brackets: StaticString,
        to out: inout [UInt8],
        indent: Int?,
        _ body: (Element, inout [UInt8], Int?) -> Void
    ) {
        out.append(brackets.utf8Start[0])
        for (index, element) in elements.enumerated() {
            if index > 0 { out.append(UInt8(ascii: ",")) }
            breakLine(&out, indent.map { $0 + 1 })
            body(element, &out, indent.map { $0 + 1 })
        }
        if !elements.isEmpty { breakLine(&out, indent) }
        out.append(brackets.utf8Start[1])
    }

    private static func breakLine(_ out: inout [UInt8], _ depth: Int?) {
        guard let depth else { return }
        out.append(0x0A)
        for _ in 0..<depth * 2 { out.append(0x20) }
    }

    /// Whole numbers without a fraction, others in the shortest form that reads back the same.
    private static func text(of value: Double) -> String {
        let text = String(describing: value)
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }

    /// Also escapes `<`, `>` and `&`, as Go does so that a document can stand in HTML.
    private static func write(_ text: String, to out: inout [UInt8]) {
        out.append(UInt8(ascii: "\""))
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": out += "\\\"".utf8
            case "\\": out += "\\\\".utf8
            case "\n": out += "\\n".utf8
            case "\r": out += "\\r".utf8
            case "\t": out += "\\t".utf8
            case "\u{8}": out += "\\b".utf8
            case "\u{C}": out += "\\f".utf8
            case "<", ">", "&", "\u{2028}", "\u{2029}", "\u{0}"..<"\u{20}":
                let hex = String(scalar.value, radix: 16)
                out += ("\\u" + String(repeating: "0", count: 4 - hex.count) + hex).utf8
            default: out += UTF8.encode(scalar).map { Array($0) } ?? []
            }
        }
        out.append(UInt8(ascii: "\""))
    }
}
