import GoFormats

/// Values of a configuration the way Go's `fmt` writes them.
extension GoText {
    /// A value, `%v`. Arrays and maps, of which Go prints addresses, show their contents.
    static func described(_ content: ConfigValue.Content) -> String {
        switch content {
        case .string(let text): text
        case .integer(let number): String(number)
        case .float(let number): described(number)
        case .bool(let truth): String(truth)
        case .datetime(let moment): described(moment)
        case .array(let values): "[" + values.map { described($0.content) }.joined(separator: " ") + "]"
        case .map(let map): "map[" + map.fields.map { described($0) }.sorted().joined(separator: " ") + "]"
        }
    }

    private static func described(_ field: ConfigMap.Field) -> String {
        field.key + ":" + described(field.value.content)
    }

    private static func described(_ moment: ConfigDateTime) -> String {
        let text = moment.description
        return text.prefix(10) + " " + text.dropFirst(11).dropLast() + " +0000 UTC"
    }

    /// The shortest number that reads back the same, with an exponent from 1e21 on and below 1e-4.
    static func described(_ number: Double) -> String {
        var text = number.description
        if text.hasSuffix(".0") {
            text.removeLast(2)
        }
        guard let mark = text.firstIndex(of: "e") else {
            return text
        }
        var mantissa = String(text[..<mark])
        guard let exponent = Int(text[text.index(after: mark)...]) else { return text }
        if mantissa.hasSuffix(".0") {
            mantissa.removeLast(2)
        }
        if 0..<21 ~= exponent {
            return String(Int64(exactly: number).map(String.init) ?? plain(mantissa, exponent))
        }
        let sign = exponent < 0 ? "-" : "+"
        let digits = String(exponent.magnitude)
        return mantissa + "e" + sign + (digits.count < 2 ? "0" : "") + digits
    }

    private static func plain(_ mantissa: String, _ exponent: Int) -> String {
        let parts = mantissa.split(separator: ".")
        let fraction = parts.count > 1 ? String(parts[1]) : ""
        return parts[0] + fraction + String(repeating: "0", count: max(0, exponent - fraction.count))
    }

    /// A value given to `%s`, which is for strings and says so when it gets something else.
    static func formattedAsString(_ content: ConfigValue.Content) -> String {
        if case .string(let text) = content {
            return text
        }
        return "%!s(\(typeName(content))=\(described(content)))"
    }

    /// The name of a value's Go type, `%T`.
    static func typeName(_ content: ConfigValue.Content) -> String {
        switch content {
        case .string: "string"
        case .integer: "int64"
        case .float: "float64"
        case .bool: "bool"
        case .datetime: "time.Time"
        case .array: "[]interface {}"
        case .map: "map[string]interface {}"
        }
    }
}
