/// Recognises open tags and e-mail addresses in angle brackets, whose underscores libcmark must see to know them.
struct TagScanner {
    private let bytes: [UInt8]
    private var index: Int

    /// Where the tag or address that starts at the `<` at `start` ends, or nil when it is neither.
    static func end(of start: Int, in bytes: [UInt8]) -> Int? {
        var tag = TagScanner(bytes: bytes, index: start + 1)
        if tag.scanTag() {
            return tag.index
        }
        var address = TagScanner(bytes: bytes, index: start + 1)
        return address.scanAddress() ? address.index : nil
    }

    private var byte: UInt8? { index < bytes.count ? bytes[index] : nil }

    private mutating func scanTag() -> Bool {
        guard let first = byte, first.isLetter else {
            return false
        }
        skip { $0.isLetterOrDigit || $0 == UInt8(ascii: "-") }
        while true {
            let spaced = skip(\.isTagSpace)
            if let byte, spaced, byte.isLetter || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ":") {
                skip { $0.isLetterOrDigit || ":._-".utf8.contains($0) }
                guard scanValue() else {
                    return false
                }
            } else {
                break
            }
        }
        skipOne(UInt8(ascii: "/"))
        return skipOne(UInt8(ascii: ">"))
    }

    /// Skips `= value` behind an attribute's name, where there is one.
    private mutating func scanValue() -> Bool {
        let name = index
        skip(\.isTagSpace)
        guard skipOne(UInt8(ascii: "=")) else {
            index = name
            return true
        }
        skip(\.isTagSpace)
        if let quote = byte, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") {
            index += 1
            skip { $0 != quote }
            return skipOne(quote)
        }
        return skip { !$0.isTagSpace && !"\"'=<>`".utf8.contains($0) }
    }

    private mutating func scanAddress() -> Bool {
        guard skip({ $0.isLetterOrDigit || ".!#$%&'*+/=?^_`{|}~-".utf8.contains($0) }), skipOne(UInt8(ascii: "@"))
        else {
            return false
        }
        return skip { $0.isLetterOrDigit || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") }
            && skipOne(UInt8(ascii: ">"))
    }

    @discardableResult
    private mutating func skip(_ belongs: (UInt8) -> Bool) -> Bool {
        let start = index
        while let byte, belongs(byte) {
            index += 1
        }
        return index > start
    }

    @discardableResult
    private mutating func skipOne(_ expected: UInt8) -> Bool {
        guard byte == expected else {
            return false
        }
        index += 1
        return true
    }
}

extension UInt8 {
    var isLetter: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        default: false
        }
    }

    var isLetterOrDigit: Bool { isLetter || UInt8(ascii: "0")...UInt8(ascii: "9") ~= self }

    fileprivate var isTagSpace: Bool { self == 0x20 || 0x09...0x0D ~= self }
}
