/// Values that are text: quoted, bare and block strings, and what bare ones turn out to be.
extension ConfigLexer {
    /// The beginning of any value. A line break may not stand before it.
    mutating func value() -> State {
        let scalar = advance()
        if scalar.isBlank {
            return skip(to: .value)
        }
        switch scalar {
        case "[":
            ignore()
            emit(.arrayStart)
            return .arrayValue
        case "{":
            ignore()
            emit(.mapStart)
            return .mapKeyStart
        case "'":
            ignore()
            return quotedString()
        case "\"":
            return skip(to: .doubleQuotedString)
        case "-":
            return negativeNumber()
        case "(":
            ignore()
            return blockString()
        case ".":
            return fail("Floats must start with a digit")
        default:
            break
        }
        if scalar.isDigit {
            return number()
        }
        if scalar.isLineBreak {
            return fail("Expected value but found new line")
        }
        backUp()
        return .bareString
    }

    /// A string in single quotes: nothing in it is special.
    private mutating func quotedString() -> State {
        while true {
            let scalar = advance()
            if scalar == "'" {
                backUp()
                emit(.string)
                _ = advance()
                ignore()
                return pop()
            }
            if scalar == Self.endOfText {
                return end()
            }
        }
    }

    mutating func doubleQuotedString() -> State {
        while true {
            let scalar = advance()
            if scalar == "\\" {
                return escape(thenReturnTo: .doubleQuotedString)
            }
            if scalar == "\"" {
                backUp()
                emit(.string)
                _ = advance()
                ignore()
                return pop()
            }
            if scalar == Self.endOfText {
                return end()
            }
        }
    }

    mutating func bareString() -> State {
        while true {
            let scalar = advance()
            if scalar == "\\" {
                return escape(thenReturnTo: .bareString)
            }
            if endsBareString(scalar) {
                backUp()
                emitBareString()
                return pop()
            }
            if scalar == "'" {
                backUp()
                emit(.string)
                _ = advance()
                ignore()
                return pop()
            }
        }
    }

    private func endsBareString(_ scalar: UInt32) -> Bool {
        switch scalar {
        case ";", ",", "]", "}": true
        default: scalar.isLineBreak || scalar.isBlank || scalar == Self.endOfText
        }
    }

    private mutating func emitBareString() {
        if hasEscapes {
            emit(.string)
        } else if isBool {
            emit(.bool)
        } else if start < input.count, input[start] == UInt8(ascii: "$") {
            start += 1
            emit(.variable)
        } else {
            emit(.string)
        }
    }

    private var isBool: Bool {
        guard position - start <= 5, position >= start else { return false }
        switch String(decoding: input[start..<position], as: UTF8.self).lowercased() {
        case "true", "false", "on", "off", "yes", "no": return true
        default: return false
        }
    }

    /// A string in parentheses, up to a `)` that has a line to itself.
    private mutating func blockString() -> State {
        while true {
            let scalar = advance()
            if scalar == ")" {
                // Look at the scalar before the parenthesis, then behind it.
                backUp()
                backUp()
                guard advance() == "\n" else {
                    _ = advance()
                    continue
                }
                _ = advance()
                let next = advance()
                if next == "\n" || next == Self.endOfText {
                    backUp()
                    backUp()
                    emit(.string)
                    _ = advance()
                    ignore()
                    return pop()
                }
                backUp()
            } else if scalar == Self.endOfText {
                return fail("Unexpected EOF processing block.")
            }
        }
    }

    // MARK: Escapes

    /// What follows a backslash that has been read.
    private mutating func escape(thenReturnTo state: State) -> State {
        unescaped.append(contentsOf: input[start..<position - 1])
        hasEscapes = true
        start = position
        let scalar = advance()
        switch scalar {
        case "t": unescaped.append(UInt8(ascii: "\t"))
        case "n": unescaped.append(UInt8(ascii: "\n"))
        case "r": unescaped.append(UInt8(ascii: "\r"))
        case "\"": unescaped.append(UInt8(ascii: "\""))
        case "\\": unescaped.append(UInt8(ascii: "\\"))
        case "x":
            if let message = hexEscape() {
                return fail(message)
            }
        default:
            return fail(
                "Invalid escape character '\(shown(scalar))'. Only the following escape characters are allowed: "
                    + #"\xXX, \t, \n, \r, \", \\."#
            )
        }
        start = position
        return state
    }

    /// Reads the two digits of `\xXX`; returns what is wrong with them, if anything.
    private mutating func hexEscape() -> String? {
        for _ in 0..<2 {
            guard !advance().isLineBreak else {
                return #"Expected two hexadecimal digits after '\x', but hit end of line"#
            }
        }
        let digits = input[(position - 2)..<position]
        var byte: UInt8 = 0
        for digit in digits {
            guard let value = Character(Unicode.Scalar(digit)).hexDigitValue, digit < 0x80 else {
                let shown = String(decoding: digits, as: UTF8.self)
                return #"Expected two hexadecimal digits after '\x', but got '\#(shown)'"#
            }
            byte = byte << 4 | UInt8(value)
        }
        unescaped.append(byte)
        return nil
    }
}
