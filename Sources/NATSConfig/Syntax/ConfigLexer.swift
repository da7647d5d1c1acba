/// Splits the text of a configuration into tokens, the way nats-server's `conf` package does.
///
/// It is a state machine with a stack of states to come back to, so that arbitrarily deep nesting costs no call stack. The
/// states are nats-server's own, since their quirks are part of the language: what ends a bare string, where a lone `/` is
/// skipped, that a NUL byte reads as the end of the file, how columns are counted.
struct ConfigLexer {
    /// What the lexer found.
    enum TokenKind: Equatable {
        case key, string, bool, integer, float, datetime, variable, include
        case mapStart, mapEnd, arrayStart, arrayEnd
        case end, failure
    }

    /// A piece of the text; `text` is the message when the kind is `failure`.
    struct Token {
        var kind: TokenKind
        var text: String
        var line: Int
        var column: Int
    }

    enum State: UInt8 {
        case top, topValueEnd
        case block, blockValueEnd, blockEnd
        case keyStart, keyEnd
        case value
        case arrayValue, arrayValueEnd
        case mapKeyStart, mapKeyEnd, mapValue, mapValueEnd
        case doubleQuotedString, bareString
        case comment
        case stopped
    }

    /// What a scalar that is not there reads as.
    static let endOfText: UInt32 = 0

    let input: [UInt8]
    var position = 0
    /// Where the current token began.
    var start = 0
    /// The width of the scalar that was read last: what ``backUp()`` steps over.
    private var width = 0
    var line = 1
    /// The index of the line break before the current line, 0 on the first line.
    var lineStart = 0
    /// ``lineStart`` when the current token began.
    private var tokenLineStart = 0
    private var returns: [State] = []
    private var state = State.top
    private var found: Token?
    /// The part of a string before the last escape, with escapes resolved.
    var unescaped: [UInt8] = []
    var hasEscapes = false

    init(_ input: [UInt8]) {
        self.input = input
    }

    /// The next token. After `end` or `failure` there are no more.
    mutating func next() -> Token {
        while true {
            if let token = found {
                found = nil
                return token
            }
            guard state != .stopped else {
                return Token(kind: .end, text: "", line: line, column: 0)
            }
            state = step(state)
        }
    }

    private mutating func step(_ state: State) -> State {
        switch state {
        case .top: top()
        case .topValueEnd: topValueEnd()
        case .block: block()
        case .blockValueEnd: blockValueEnd()
        case .blockEnd: blockEnd()
        case .keyStart: keyStart(inMap: false)
        case .keyEnd: keyEnd()
        case .value: value()
        case .arrayValue: arrayValue()
        case .arrayValueEnd: arrayValueEnd()
        case .mapKeyStart: mapKeyStart()
        case .mapKeyEnd: mapKeyEnd()
        case .mapValue: mapValue()
        case .mapValueEnd: mapValueEnd()
        case .doubleQuotedString: doubleQuotedString()
        case .bareString: bareString()
        case .comment: comment()
        case .stopped: .stopped
        }
    }

    // MARK: Reading scalars

    /// Reads one Unicode scalar; a malformed byte reads as U+FFFD, the end of the text as ``endOfText``.
    mutating func advance() -> UInt32 {
        guard position < input.count else {
            width = 0
            return Self.endOfText
        }
        let byte = input[position]
        if byte < 0x80 {
            if byte == UInt8(ascii: "\n") {
                line += 1
                lineStart = position
            }
            width = 1
            position += 1
            return UInt32(byte)
        }
        let scalar = decodeScalar(in: input, at: position)
        width = scalar.width
        position += scalar.width
        return scalar.value
    }

    /// Steps back over the scalar that was read last, or over as many bytes again when called twice.
    mutating func backUp() {
        position -= width
        if position < input.count, input[position] == UInt8(ascii: "\n") {
            line -= 1
        }
    }

    mutating func peek() -> UInt32 {
        let scalar = advance()
        backUp()
        return scalar
    }

    /// Whether anything was read since the current token began.
    var hasRead: Bool {
        position > start
    }

    // MARK: Leaving a state

    mutating func push(_ state: State) {
        returns.append(state)
    }

    mutating func pop() -> State {
        guard let state = returns.popLast() else {
            return fail("BUG in lexer: no states to pop.")
        }
        return state
    }

    /// Drops what was read since the current token began.
    mutating func ignore() {
        start = position
        tokenLineStart = lineStart
    }

    mutating func skip(to state: State) -> State {
        ignore()
        return state
    }

    mutating func emit(_ kind: TokenKind) {
        var bytes = unescaped
        bytes.append(contentsOf: input[start..<max(start, position)])
        unescaped = []
        hasEscapes = false
        found = Token(
            kind: kind,
            text: String(decoding: bytes, as: UTF8.self),
            line: line,
            column: position - tokenLineStart - bytes.count
        )
        ignore()
    }

    /// The end of the text where it may be, or an error when something was begun.
    mutating func end() -> State {
        guard !hasRead else {
            return fail("Unexpected EOF.")
        }
        emit(.end)
        return .stopped
    }

    mutating func fail(_ message: String) -> State {
        found = Token(kind: .failure, text: message, line: line, column: position - lineStart)
        return .stopped
    }
}
