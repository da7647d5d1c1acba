/// Turns the regular expressions that people write into POSIX extended ones.
struct RegexTranslator {
    let text: [UInt8]
    private var index = 0
    private var output: [UInt8] = []

    init(text: [UInt8]) {
        self.text = text
    }

    mutating func translate() throws(LineRegex.Problem) -> String {
        while index < text.count {
            let byte = text[index]
            switch byte {
            case UInt8(ascii: "\\"):
                try escape()
            case UInt8(ascii: "["):
                try bracket()
            case UInt8(ascii: "(") where next(1) == UInt8(ascii: "?"):
                guard next(2) == UInt8(ascii: ":") else {
                    throw LineRegex.Problem(message: "groups that begin with (? are not supported", offset: index)
                }
                output.append(byte)
                index += 3
            case UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "?"), UInt8(ascii: "}"):
                output.append(byte)
                index += 1
                // A lazy quantifier finds the same whole lines as a greedy one.
                if next(0) == UInt8(ascii: "?") { index += 1 }
            default:
                output.append(byte)
                index += 1
            }
        }
        return String(decoding: output, as: UTF8.self)
    }

    private func next(_ offset: Int) -> UInt8? {
        index + offset < text.count ? text[index + offset] : nil
    }

    /// The members that `\d` and its like stand for inside a bracket expression.
    private static func members(_ byte: UInt8) -> String? {
        switch byte {
        case UInt8(ascii: "d"): "0-9"
        case UInt8(ascii: "s"): "[:space:]"
        case UInt8(ascii: "w"): "[:alnum:]_"
        case UInt8(ascii: "t"): "\t"
        default: nil
        }
    }

    private mutating func escape() throws(LineRegex.Problem) {
        guard let byte = next(1) else {
            throw LineRegex.Problem(message: "a backslash with nothing behind it", offset: index)
        }
        if let members = Self.members(byte) {
            output.append(contentsOf: "[\(members)]".utf8)
        } else if let members = Self.members(byte | 0x20), byte.isUppercase, byte != UInt8(ascii: "T") {
            output.append(contentsOf: "[^\(members)]".utf8)
        } else if byte == UInt8(ascii: "b") || byte == UInt8(ascii: "B") {
            output.append(contentsOf: [UInt8(ascii: "\\"), byte])
        } else if byte.isDigit {
            throw LineRegex.Problem(message: "back references are not supported", offset: index)
        } else if byte.isLetter {
            throw LineRegex.Problem(message: "unknown escape \\\(Character(Unicode.Scalar(byte)))", offset: index)
        } else if Array("^$.[]|()*+?{}\\".utf8).contains(byte) {
            output.append(contentsOf: [UInt8(ascii: "\\"), byte])
        } else {
            output.append(byte)
        }
        index += 2
    }

    /// A bracket expression. POSIX knows no backslash in it, so `]`, `^` and `-` that were escaped move to where they are
    /// literal.
    private mutating func bracket() throws(LineRegex.Problem) {
        let start = index
        var members: [UInt8] = []
        var closing = false
        var caret = false
        var dash = false
        index += 1
        let negated = next(0) == UInt8(ascii: "^")
        if negated { index += 1 }
        var isFirst = true
        while true {
            guard let byte = next(0) else {
                throw LineRegex.Problem(message: "unclosed [", offset: start)
            }
            if byte == UInt8(ascii: "]"), !isFirst { break }
            isFirst = false
            if byte == UInt8(ascii: "]") {
                closing = true
                index += 1
            } else if byte == UInt8(ascii: "\\"), let escaped = next(1) {
                switch escaped {
                case UInt8(ascii: "]"): closing = true
                case UInt8(ascii: "^"): caret = true
                case UInt8(ascii: "-"): dash = true
                default:
                    if let special = Self.members(escaped) {
                        members.append(contentsOf: special.utf8)
                    } else if escaped.isAlphanumeric {
                        throw LineRegex.Problem(message: "unknown escape in a bracket expression", offset: index)
                    } else {
                        members.append(escaped)
                    }
                }
                index += 2
            } else if byte == UInt8(ascii: "["), let kind = next(1), Array(":.=".utf8).contains(kind) {
                repeat {
                    guard let inner = next(0) else {
                        throw LineRegex.Problem(message: "unclosed [", offset: start)
                    }
                    members.append(inner)
                    index += 1
                } while !(members.suffix(2) == [kind, UInt8(ascii: "]")])
            } else {
                members.append(byte)
                index += 1
            }
        }
        index += 1
        if members.isEmpty, caret, !closing, !dash, !negated {
            output.append(contentsOf: "\\^".utf8)
            return
        }
        output.append(UInt8(ascii: "["))
        if negated { output.append(UInt8(ascii: "^")) }
        if closing { output.append(UInt8(ascii: "]")) }
        output.append(contentsOf: members)
        if caret, members.isEmpty, !closing, !negated, dash {
            output.append(contentsOf: "-^]".utf8)
            return
        }
        if caret { output.append(UInt8(ascii: "^")) }
        if dash { output.append(UInt8(ascii: "-")) }
        output.append(UInt8(ascii: "]"))
    }
}
