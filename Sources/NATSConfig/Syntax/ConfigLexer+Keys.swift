/// Keys, and the one keyword that stands where a key may: `include`.
extension ConfigLexer {
    /// The beginning of a key, quoted or not.
    mutating func keyStart(inMap: Bool) -> State {
        let scalar = peek()
        if !inMap {
            if scalar.isKeySeparator {
                return fail("Unexpected key separator '\(shown(scalar))'")
            }
            if scalar.isSpace {
                _ = advance()
                return skip(to: .keyStart)
            }
        }
        if scalar == "\"" || scalar == "'" {
            _ = advance()
            ignore()
            return quotedKey(endingWith: scalar, inMap: inMap)
        }
        ignore()
        _ = advance()
        return bareKey(inMap: inMap)
    }

    private mutating func quotedKey(endingWith quote: UInt32, inMap: Bool) -> State {
        while true {
            let scalar = peek()
            if scalar == quote {
                emit(.key)
                _ = advance()
                return skip(to: inMap ? .mapKeyEnd : .keyEnd)
            }
            if scalar == Self.endOfText {
                guard inMap else { return end() }
                let kind = quote == "\"" ? "double quoted" : "quoted"
                return fail("Unexpected EOF processing \(kind) map key.")
            }
            _ = advance()
        }
    }

    /// The rest of a key without quotes, whose first scalar has been read.
    mutating func bareKey(inMap: Bool) -> State {
        while true {
            let scalar = peek()
            if scalar == Self.endOfText, inMap {
                return fail("Unexpected EOF processing map key.")
            }
            if scalar.isSpace {
                if isInclude {
                    ignore()
                    if inMap {
                        push(.mapValueEnd)
                    }
                    return includedPath()
                }
                emit(.key)
                return inMap ? .mapKeyEnd : .keyEnd
            }
            if scalar.isKeySeparator || scalar == Self.endOfText {
                emit(.key)
                return inMap ? .mapKeyEnd : .keyEnd
            }
            _ = advance()
        }
    }

    mutating func keyEnd() -> State {
        let scalar = advance()
        if scalar.isSpace {
            return skip(to: .keyEnd)
        }
        if scalar.isKeySeparator {
            return skip(to: .value)
        }
        if scalar == Self.endOfText {
            emit(.end)
            return .stopped
        }
        backUp()
        return .value
    }

    // MARK: include

    private var isInclude: Bool {
        position - start == 7 && input[start..<position].elementsEqual("include".utf8) { $0 | 0x20 == $1 }
    }

    private mutating func includedPath() -> State {
        while advance().isBlank {
            ignore()
        }
        backUp()
        let scalar = advance()
        switch scalar {
        case "'":
            ignore()
            return quotedPath(endingWith: scalar, "Unexpected EOF in quoted include")
        case "\"":
            ignore()
            return quotedPath(endingWith: scalar, "Unexpected EOF in double quoted include")
        case "[": return fail("Expected include value but found start of an array")
        case "{": return fail("Expected include value but found start of a map")
        case "(": return fail("Expected include value but found start of a block")
        case "-": return fail("Expected include value but found start of a number")
        case "\\": return fail("Expected include value but found escape sequence")
        default: break
        }
        if scalar.isDigit {
            return fail("Expected include value but found start of a number")
        }
        if scalar.isLineBreak {
            return fail("Expected include value but found new line")
        }
        backUp()
        return barePath()
    }

    private mutating func quotedPath(endingWith quote: UInt32, _ unclosed: String) -> State {
        while true {
            let scalar = advance()
            if scalar == quote {
                backUp()
                emit(.include)
                _ = advance()
                ignore()
                return pop()
            }
            if scalar == Self.endOfText {
                return fail(unclosed)
            }
        }
    }

    private mutating func barePath() -> State {
        while true {
            let scalar = advance()
            if scalar.isLineBreak || scalar == Self.endOfText || scalar == ";" || scalar == "}" || scalar.isBlank {
                backUp()
                emit(.include)
                return pop()
            }
            if scalar == "'" {
                backUp()
                emit(.include)
                _ = advance()
                ignore()
                return pop()
            }
        }
    }
}
