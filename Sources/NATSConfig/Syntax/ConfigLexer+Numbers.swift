/// Values that begin with a digit or a minus sign: numbers, sizes, dates, addresses, and text that only looks like one.
extension ConfigLexer {
    /// What follows the first digit, which has been read.
    mutating func number() -> State {
        while true {
            let scalar = advance()
            if scalar == "-" {
                guard position - start == 5 else {
                    return fail("All ISO8601 dates must be in full Zulu form.")
                }
                return dateAfterYear()
            }
            if scalar.isDigit {
                continue
            }
            if scalar == "." {
                return fraction()
            }
            if scalar.isSizeSuffix {
                return size()
            }
            guard endsNumber(scalar) else {
                return .bareString
            }
            backUp()
            emit(.integer)
            return pop()
        }
    }

    /// What follows a minus sign, which has been read.
    mutating func negativeNumber() -> State {
        let first = advance()
        guard first.isDigit else {
            if first == "." {
                return fail("Floats must start with a digit, not '.'.")
            }
            return fail("Expected a digit but got '\(shown(first))'.")
        }
        while true {
            let scalar = advance()
            if scalar.isDigit {
                continue
            }
            if scalar == "." {
                return fraction()
            }
            if scalar.isSizeSuffix {
                return size()
            }
            backUp()
            emit(.integer)
            return pop()
        }
    }

    private func endsNumber(_ scalar: UInt32) -> Bool {
        switch scalar {
        case "}", ";", ",": true
        default: scalar.isLineBreak || scalar.isBlank || scalar == Self.endOfText
        }
    }

    /// The rest of `64kb` behind the `k`; `64kilo` is a string.
    private mutating func size() -> State {
        while true {
            let scalar = advance()
            switch scalar {
            case "b", "B", "i", "I":
                continue
            default:
                backUp()
                guard endsNumber(scalar) else {
                    return .bareString
                }
                emit(.integer)
                return pop()
            }
        }
    }

    /// The digits behind a decimal point, unless a second point makes it an address.
    private mutating func fraction() -> State {
        let first = advance()
        guard first.isDigit else {
            return fail("Floats must have a digit after the '.', but got '\(shown(first))' instead.")
        }
        while true {
            let scalar = advance()
            if scalar.isDigit {
                continue
            }
            if scalar == "." {
                return address()
            }
            backUp()
            emit(.float)
            return pop()
        }
    }

    private mutating func address() -> State {
        while true {
            let scalar = advance()
            if scalar.isDigit || scalar == "." || scalar == ":" || scalar == "-" {
                continue
            }
            backUp()
            emit(.string)
            return pop()
        }
    }

    private mutating func dateAfterYear() -> State {
        for expected in "00-00T00:00:00Z".unicodeScalars {
            let scalar = advance()
            if expected == "0" {
                guard scalar.isDigit else {
                    return fail("Expected digit in ISO8601 datetime, but found '\(shown(scalar))' instead.")
                }
            } else if scalar != expected {
                return fail("Expected '\(expected)' in ISO8601 datetime, but found '\(shown(scalar))' instead.")
            }
        }
        emit(.datetime)
        return pop()
    }
}
