/// The states between values: where keys, maps, arrays and comments begin and end.
extension ConfigLexer {
    /// What a `#` or a `/` turned out to be.
    private enum Slash {
        /// No comment sign at all.
        case other
        /// A comment begins; its text is still to be read.
        case comment
        /// A `/` that is not followed by another one. The scalar behind it is not consumed.
        case alone
    }

    private mutating func commentSign(_ scalar: UInt32, thenReturnTo state: State) -> Slash {
        switch scalar {
        case "#":
            push(state)
            return .comment
        case "/":
            if advance() == "/" {
                push(state)
                return .comment
            }
            backUp()
            return .alone
        default:
            return .other
        }
    }

    mutating func comment() -> State {
        ignore()
        while true {
            let scalar = peek()
            if scalar.isLineBreak || scalar == Self.endOfText {
                ignore()
                return pop()
            }
            _ = advance()
        }
    }

    // MARK: The top level

    mutating func top() -> State {
        let scalar = advance()
        if scalar.isSpace {
            return skip(to: .top)
        }
        if scalar == "{" {
            push(.top)
            return skip(to: .block)
        }
        switch commentSign(scalar, thenReturnTo: .top) {
        case .comment: return .comment
        case .alone: return end()
        case .other: break
        }
        if scalar == Self.endOfText {
            return end()
        }
        backUp()
        push(.topValueEnd)
        return .keyStart
    }

    mutating func topValueEnd() -> State {
        let scalar = advance()
        switch commentSign(scalar, thenReturnTo: .top) {
        case .comment: return .comment
        case .alone: return .topValueEnd
        case .other: break
        }
        if scalar.isBlank {
            return .topValueEnd
        }
        if scalar.isLineBreak || scalar == Self.endOfText || scalar == ";" || scalar == "," || scalar == "}" {
            return skip(to: .top)
        }
        return fail(
            "Expected a top-level value to end with a new line, comment or EOF, "
                + "but got '\(shown(scalar))' instead."
        )
    }

    /// Inside the braces that may surround a whole file.
    mutating func block() -> State {
        let scalar = advance()
        if scalar.isSpace {
            return skip(to: .block)
        }
        switch scalar {
        case "{":
            push(.blockEnd)
            return skip(to: .block)
        case "}":
            ignore()
            return pop()
        default:
            break
        }
        switch commentSign(scalar, thenReturnTo: .block) {
        case .comment: return .comment
        case .alone: return end()
        case .other: break
        }
        if scalar == Self.endOfText {
            return end()
        }
        backUp()
        push(.blockValueEnd)
        return .keyStart
    }

    mutating func blockValueEnd() -> State {
        let scalar = advance()
        switch commentSign(scalar, thenReturnTo: .blockValueEnd) {
        case .comment: return .comment
        case .alone: return .blockValueEnd
        case .other: break
        }
        if scalar.isBlank {
            return .blockValueEnd
        }
        if scalar.isLineBreak || scalar == ";" || scalar == "," {
            return skip(to: .block)
        }
        if scalar == "}" {
            backUp()
            return .blockEnd
        }
        return fail(
            "Expected a block-level value to end with a new line, comment or EOF, "
                + "but got '\(shown(scalar))' instead."
        )
    }

    mutating func blockEnd() -> State {
        let scalar = advance()
        switch commentSign(scalar, thenReturnTo: .block) {
        case .comment: return .comment
        case .alone: return .blockEnd
        case .other: break
        }
        if scalar.isLineBreak || scalar.isBlank {
            return .blockEnd
        }
        switch scalar {
        case ";", ",":
            return skip(to: .block)
        case "}":
            ignore()
            return pop()
        default:
            return fail("Expected a block-level to end with a '}', but got '\(shown(scalar))' instead.")
        }
    }

    // MARK: Arrays

    mutating func arrayValue() -> State {
        let scalar = advance()
        if scalar.isSpace {
            return skip(to: .arrayValue)
        }
        let slash = commentSign(scalar, thenReturnTo: .arrayValue)
        if slash == .comment {
            return .comment
        }
        if slash == .alone || scalar == "," {
            return fail("Unexpected array value terminator ','.")
        }
        if scalar == "]" {
            return arrayEnd()
        }
        backUp()
        push(.arrayValueEnd)
        return .value
    }

    mutating func arrayValueEnd() -> State {
        let scalar = advance()
        if scalar.isBlank {
            return skip(to: .arrayValueEnd)
        }
        let slash = commentSign(scalar, thenReturnTo: .arrayValueEnd)
        if slash == .comment {
            return .comment
        }
        if slash == .alone || scalar == "," || scalar.isLineBreak {
            return skip(to: .arrayValue)
        }
        if scalar == "]" {
            return arrayEnd()
        }
        return fail(
            "Expected an array value terminator \",\" or an array terminator \"]\", "
                + "but got '\(shown(scalar))' instead."
        )
    }

    private mutating func arrayEnd() -> State {
        ignore()
        emit(.arrayEnd)
        return pop()
    }

    // MARK: Maps

    mutating func mapKeyStart() -> State {
        let scalar = peek()
        if scalar.isKeySeparator {
            return fail("Unexpected key separator '\(shown(scalar))'.")
        }
        if scalar == "]" {
            return fail("Unexpected array end ']' processing map.")
        }
        if scalar.isSpace {
            _ = advance()
            return skip(to: .mapKeyStart)
        }
        if scalar == "}" {
            _ = advance()
            ignore()
            return mapEnd()
        }
        if scalar == "#" || scalar == "/" {
            _ = advance()
            if commentSign(scalar, thenReturnTo: .mapKeyStart) == .comment {
                return .comment
            }
            // A single slash is no part of the key that it stands before, and a quote behind it is.
            ignore()
            _ = advance()
            return bareKey(inMap: true)
        } else if scalar == Self.endOfText {
            return fail("Unexpected EOF processing map.")
        }
        return keyStart(inMap: true)
    }

    mutating func mapKeyEnd() -> State {
        let scalar = advance()
        if scalar.isSpace {
            return skip(to: .mapKeyEnd)
        }
        if scalar.isKeySeparator {
            return skip(to: .mapValue)
        }
        backUp()
        return .mapValue
    }

    mutating func mapValue() -> State {
        let scalar = advance()
        if scalar.isSpace {
            return skip(to: .mapValue)
        }
        if scalar == "," {
            return fail("Unexpected map value terminator \",\".")
        }
        if scalar == "}" {
            ignore()
            return mapEnd()
        }
        backUp()
        push(.mapValueEnd)
        return .value
    }

    mutating func mapValueEnd() -> State {
        let scalar = advance()
        if scalar.isBlank {
            return skip(to: .mapValueEnd)
        }
        let slash = commentSign(scalar, thenReturnTo: .mapValueEnd)
        if slash == .comment {
            return .comment
        }
        if slash == .alone || scalar == ";" || scalar == "," || scalar.isLineBreak {
            return skip(to: .mapKeyStart)
        }
        if scalar == "}" {
            ignore()
            return mapEnd()
        }
        return fail(
            "Expected a map value terminator \",\" or a map terminator \"}\", but got '\(shown(scalar))' instead."
        )
    }

    private mutating func mapEnd() -> State {
        ignore()
        emit(.mapEnd)
        return pop()
    }

    /// A scalar as messages show it: a line feed is written out, everything else stands as it is.
    func shown(_ scalar: UInt32) -> String {
        scalar == "\n" ? "\\n" : text(of: scalar)
    }
}
