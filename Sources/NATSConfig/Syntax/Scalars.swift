/// The scalar at `index` of `bytes`, which is not ASCII; a malformed sequence is one byte wide and reads as U+FFFD.
func decodeScalar(in bytes: [UInt8], at index: Int) -> (value: UInt32, width: Int) {
    let malformed: (value: UInt32, width: Int) = (0xFFFD, 1)
    let lead = bytes[index]
    let width: Int
    var value: UInt32
    let smallest: UInt32
    switch lead {
    case 0xC2...0xDF: (width, value, smallest) = (2, UInt32(lead & 0x1F), 0x80)
    case 0xE0...0xEF: (width, value, smallest) = (3, UInt32(lead & 0x0F), 0x800)
    case 0xF0...0xF4: (width, value, smallest) = (4, UInt32(lead & 0x07), 0x10000)
    default: return malformed
    }
    guard index + width <= bytes.count else { return malformed }
    for offset in 1..<width {
        let byte = bytes[index + offset]
        guard byte & 0xC0 == 0x80 else { return malformed }
        value = value << 6 | UInt32(byte & 0x3F)
    }
    guard value >= smallest, Unicode.Scalar(value) != nil else { return malformed }
    return (value, width)
}

/// The text of one scalar.
func text(of scalar: UInt32) -> String {
    String(Character(Unicode.Scalar(scalar) ?? "\u{FFFD}"))
}

/// The classes that the configuration language tells scalars apart by.
extension UInt32 {
    /// White space in Unicode's sense, line breaks included.
    var isSpace: Bool {
        switch self {
        case 0x09...0x0D, 0x20, 0x85, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000: true
        default: false
        }
    }

    /// A blank within a line.
    var isBlank: Bool {
        self == 0x20 || self == 0x09
    }

    var isLineBreak: Bool {
        self == 0x0A || self == 0x0D
    }

    /// A decimal digit of any script.
    var isDigit: Bool {
        if self < 0x80 {
            return self >= 0x30 && self <= 0x39
        }
        return Unicode.Scalar(self)?.properties.generalCategory == .decimalNumber
    }

    var isKeySeparator: Bool {
        self == "=" || self == ":"
    }

    /// The first letter of a size such as `64k` or `1Mb`.
    var isSizeSuffix: Bool {
        switch self {
        case "k", "K", "m", "M", "g", "G", "t", "T", "p", "P", "e", "E": true
        default: false
        }
    }

    static func ~= (pattern: Unicode.Scalar, scalar: UInt32) -> Bool {
        pattern.value == scalar
    }

    static func == (left: UInt32, right: Unicode.Scalar) -> Bool {
        left == right.value
    }

    static func != (left: UInt32, right: Unicode.Scalar) -> Bool {
        left != right.value
    }
}
