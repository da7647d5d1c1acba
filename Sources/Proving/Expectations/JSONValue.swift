/// A JSON value with its numbers as written: exact, and in no need of Foundation.
indirect enum JSONValue: Sendable, Hashable {
    case null
    case bool(Bool)
    case number(JSONNumber)
    case string(String)
    case array([JSONValue])
    /// Members in document order; a repeated key keeps its last value, as in most readers.
    case object([(key: String, value: JSONValue)])

    static func == (left: JSONValue, right: JSONValue) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.bool(let one), .bool(let two)): one == two
        case (.number(let one), .number(let two)): one == two
        case (.string(let one), .string(let two)): one == two
        case (.array(let one), .array(let two)): one == two
        case (.object(let one), .object(let two)):
            Dictionary(one.map { ($0.key, $0.value) }) { $1 } == Dictionary(two.map { ($0.key, $0.value) }) { $1 }
        default: false
        }
    }

    func hash(into hasher: inout Hasher) {
        switch self {
        case .null: hasher.combine(0)
        case .bool(let value): hasher.combine(value)
        case .number(let value): hasher.combine(value)
        case .string(let value): hasher.combine(value)
        case .array(let values): hasher.combine(values)
        case .object(let members): hasher.combine(members.count)
        }
    }

    /// The value in one line, cut where it is long; for messages.
    var summary: String {
        let text = text
        return text.count <= 80 ? text : text.prefix(79) + "…"
    }

    /// The value as JSON text in one line.
    var text: String {
        switch self {
        case .null: "null"
        case .bool(let value): value ? "true" : "false"
        case .number(let value): value.text
        case .string(let value): JSONText.quote(value)
        case .array(let values): "[" + values.map(\.text).joined(separator: ",") + "]"
        case .object(let members):
            "{" + members.map { JSONText.quote($0.key) + ":" + $0.value.text }.joined(separator: ",") + "}"
        }
    }
}

/// A number as JSON writes it. Equal when it has the same value: `1.50`, `1.5` and `15e-1` are.
struct JSONNumber: Sendable, Hashable {
    var text: String
    /// Sign, significant digits without zeros at either end, and the power of ten of the last one.
    private var negative = false
    private var digits: [UInt8] = []
    private var exponent = 0

    init(_ text: String) {
        self.text = text
        var seenPoint = false
        var bytes = Array(text.utf8)[...]
        if bytes.first == UInt8(ascii: "-") {
            negative = true
            bytes.removeFirst()
        }
        while let byte = bytes.first, byte.isDigit || byte == UInt8(ascii: ".") {
            bytes.removeFirst()
            if byte == UInt8(ascii: ".") {
                seenPoint = true
                continue
            }
            if seenPoint { exponent -= 1 }
            if byte != UInt8(ascii: "0") || !digits.isEmpty { digits.append(byte) }
        }
        if !bytes.isEmpty {
            let written = Int(String(decoding: bytes.dropFirst(), as: UTF8.self)) ?? 0
            exponent += min(max(written, -1_000_000_000), 1_000_000_000)
        }
        while digits.last == UInt8(ascii: "0") {
            digits.removeLast()
            exponent += 1
        }
        if digits.isEmpty {
            exponent = 0
            negative = false
        }
    }

    static func == (left: JSONNumber, right: JSONNumber) -> Bool {
        left.negative == right.negative && left.digits == right.digits && left.exponent == right.exponent
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(negative)
        hasher.combine(digits)
        hasher.combine(exponent)
    }
}
