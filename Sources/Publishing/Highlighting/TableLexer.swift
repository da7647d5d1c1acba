/// Splits code into tokens by a ``Grammar``. One pass, never backwards; any input gives tokens that join back to it.
struct TableLexer {
    private let grammar: Grammar
    private let text: UnsafeBufferPointer<UInt8>
    private let end: Int
    private var sink: TokenSink
    private var atLineStart = true
    /// In a shell: the next word is a command's name.
    private var expectsCommand = true
    /// Here-documents whose bodies start on the next line.
    private var pendingHeredocs: [(word: [UInt8], stripsTabs: Bool)] = []

    private init(grammar: Grammar, text: UnsafeBufferPointer<UInt8>, range: Range<Int>) {
        self.grammar = grammar
        self.text = text
        end = range.upperBound
        sink = TokenSink(position: range.lowerBound)
    }

    /// The tokens of `range` of `text`.
    static func tokens(_ grammar: Grammar, _ text: UnsafeBufferPointer<UInt8>, in range: Range<Int>) -> [Token] {
        var lexer = TableLexer(grammar: grammar, text: text, range: range)
        while lexer.sink.position < lexer.end {
            lexer.step()
        }
        return lexer.sink.tokens
    }

    private mutating func step() {
        let start = sink.position
        let byte = text[start]
        if byte == UInt8(ascii: "\n") {
            newline()
            return
        }
        if byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r") {
            var next = start + 1
            while next < end, text[next] == UInt8(ascii: " ") || text[next] == UInt8(ascii: "\t") {
                next += 1
            }
            sink.emit(.plain, upTo: next)
            return
        }
        let startsLine = atLineStart
        atLineStart = false
        if comment(start) || (startsLine && lineToken(start)) || quoted(start) || variable(start) || heredoc(start) {
            return
        }
        // Where words may start with a hyphen, one in front of a digit is a sign nevertheless.
        let isSigned = byte == UInt8(ascii: "-") && !grammar.commands && start + 1 < end && isDigit(text[start + 1])
        if isWordStart(byte), !isSigned {
            word(start, startsLine: startsLine)
        } else if isDigit(byte) || (isSigned && isWordStart(byte))
            || (byte == UInt8(ascii: ".") && start + 1 < end && isDigit(text[start + 1]))
        {
            number(start)
        } else {
            symbol(start)
        }
    }

    // MARK: Lines

    private mutating func newline() {
        sink.emit(.plain, upTo: sink.position + 1)
        atLineStart = true
        expectsCommand = true
        for heredoc in pendingHeredocs {
            heredocBody(heredoc)
        }
        pendingHeredocs = []
    }

    private mutating func lineToken(_ start: Int) -> Bool {
        if grammar.preprocessor, text[start] == UInt8(ascii: "#") {
            var next = start + 1
            while next < end, isBlank(text[next]) { next += 1 }
            while next < end, isLetter(text[next]) { next += 1 }
            sink.emit(.meta, upTo: next)
            return true
        }
        if grammar.sections, text[start] == UInt8(ascii: "[") {
            sink.emit(.heading, upTo: lineEnd(start))
            return true
        }
        return false
    }

    // MARK: Comments and strings

    private mutating func comment(_ start: Int) -> Bool {
        for marker in grammar.lineComments where matches(marker, at: start) {
            if grammar.commentNeedsBlank, start > 0, !isBlank(text[start - 1]), text[start - 1] != UInt8(ascii: "\n") {
                continue
            }
            sink.emit(.comment, upTo: lineEnd(start))
            return true
        }
        guard let block = grammar.blockComment, matches(block.open, at: start) else { return false }
        var depth = 1
        var next = start + block.open.utf8CodeUnitCount
        while next < end, depth > 0 {
            if matches(block.close, at: next) {
                depth -= 1
                next += block.close.utf8CodeUnitCount
            } else if block.nested, matches(block.open, at: next) {
                depth += 1
                next += block.open.utf8CodeUnitCount
            } else {
                next += 1
            }
        }
        sink.emit(.comment, upTo: next)
        return true
    }

    private mutating func quoted(_ start: Int) -> Bool {
        guard let quote = grammar.quotes.first(where: { matches($0.open, at: start) }) else { return false }
        let close = stringEnd(start + quote.open.utf8CodeUnitCount, quote)
        let isKey = !grammar.keyMarkers.isEmpty && isKeyMarker(skipBlanks(close))
        let kind = isKey ? TokenKind.property : .string
        var next = start + quote.open.utf8CodeUnitCount
        while next < close {
            if let escape = quote.escape, text[next] == escape, next + 1 < close {
                sink.emit(kind, upTo: next)
                sink.emit(.escape, upTo: min(next + 2, close))
                next += 2
            } else if quote.interpolates, text[next] == UInt8(ascii: "$"), let tail = variableEnd(next), tail <= close {
                sink.emit(kind, upTo: next)
                sink.emit(.variable, upTo: tail)
                next = tail
            } else {
                next += 1
            }
        }
        sink.emit(kind, upTo: close)
        expectsCommand = false
        return true
    }

    private func stringEnd(_ start: Int, _ quote: Grammar.Quote) -> Int {
        var next = start
        while next < end {
            if matches(quote.close, at: next) {
                return next + quote.close.utf8CodeUnitCount
            }
            if !quote.multiline, text[next] == UInt8(ascii: "\n") {
                return next
            }
            next += quote.escape == text[next] && next + 1 < end ? 2 : 1
        }
        return end
    }

    // MARK: Shells

    private mutating func variable(_ start: Int) -> Bool {
        guard grammar.dollarVariables, text[start] == UInt8(ascii: "$"), let tail = variableEnd(start) else {
            return false
        }
        sink.emit(.variable, upTo: tail)
        expectsCommand = false
        return true
    }

    private func variableEnd(_ start: Int) -> Int? {
        var next = start + 1
        guard next < end else { return nil }
        if text[next] == UInt8(ascii: "{") {
            while next < end, text[next] != UInt8(ascii: "}"), text[next] != UInt8(ascii: "\n") { next += 1 }
            return next < end && text[next] == UInt8(ascii: "}") ? next + 1 : nil
        }
        if isLetter(text[next]) || text[next] == UInt8(ascii: "_") {
            while next < end, isWordByte(text[next]) { next += 1 }
            return next
        }
        let special: StaticString = "?!#@*$0123456789"
        return contains(special, text[next]) ? next + 1 : nil
    }

    private mutating func heredoc(_ start: Int) -> Bool {
        guard grammar.heredocs, matches("<<", at: start), !matches("<<<", at: start) else { return false }
        var next = start + 2
        let stripsTabs = next < end && text[next] == UInt8(ascii: "-")
        if stripsTabs { next += 1 }
        next = skipBlanks(next)
        let quote =
            next < end && (text[next] == UInt8(ascii: "'") || text[next] == UInt8(ascii: "\"")) ? text[next] : nil
        if quote != nil { next += 1 }
        let from = next
        while next < end, isWordByte(text[next]) || text[next] == UInt8(ascii: "-") { next += 1 }
        guard next > from else { return false }
        pendingHeredocs.append((Array(text[from..<next]), stripsTabs))
        if let quote, next < end, text[next] == quote { next += 1 }
        sink.emit(.operator, upTo: next)
        return true
    }

    private mutating func heredocBody(_ heredoc: (word: [UInt8], stripsTabs: Bool)) {
        var line = sink.position
        while line < end {
            let stop = lineEnd(line)
            var first = line
            while heredoc.stripsTabs, first < stop, text[first] == UInt8(ascii: "\t") { first += 1 }
            if text[first..<stop].elementsEqual(heredoc.word) {
                sink.emit(.string, upTo: line)
                sink.emit(.operator, upTo: stop)
                atLineStart = false
                return
            }
            line = min(stop + 1, end)
        }
        sink.emit(.string, upTo: end)
    }

    // MARK: Words, numbers, symbols

    private mutating func word(_ start: Int, startsLine: Bool) {
        var next = start + 1
        while next < end, isWordByte(text[next]) || contains(grammar.wordContinue, text[next]) {
            if text[next] == UInt8(ascii: ":"), grammar.colonNeedsBlank, isKeyMarker(next) { break }
            next += 1
        }
        let word = UnsafeBufferPointer(rebasing: text[start..<next])
        let behind = skipBlanks(next)
        let kind: TokenKind
        if text[start] == UInt8(ascii: "@"), grammar.annotations {
            kind = .meta
        } else if !grammar.keyMarkers.isEmpty, isKeyMarker(behind) {
            kind = .property
        } else if grammar.keywords.contains(word), startsLine || !grammar.keywordsStartLine {
            kind = .keyword
        } else if grammar.commands {
            kind = shellWord(start, next)
        } else if grammar.constants.contains(word) {
            kind = .constant
        } else if grammar.types.contains(word) {
            kind = .type
        } else if grammar.calls, next < end, text[next] == UInt8(ascii: "(") {
            kind = .function
        } else if grammar.capitalizedTypes, (0x41...0x5a).contains(text[start]) {
            kind = .type
        } else {
            kind = .plain
        }
        if kind != .keyword {
            expectsCommand = grammar.commands && kind == .variable
        }
        sink.emit(kind, upTo: next)
    }

    private func shellWord(_ start: Int, _ next: Int) -> TokenKind {
        if text[start] == UInt8(ascii: "-") {
            return .property
        }
        guard expectsCommand else { return .plain }
        // `NAME=value command` sets a variable and goes on expecting the command.
        return next < end && text[next] == UInt8(ascii: "=") ? .variable : .function
    }

    private mutating func number(_ start: Int) {
        var next = start + 1
        while next < end {
            let byte = text[next]
            let sign =
                (byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-")) && text[next - 1] | 0x20 == UInt8(ascii: "e")
            guard isWordByte(byte) || sign || (byte == UInt8(ascii: ".") && next + 1 < end && isDigit(text[next + 1]))
            else {
                break
            }
            next += 1
        }
        if grammar.units, next < end, text[next] == UInt8(ascii: "%") { next += 1 }
        sink.emit(.number, upTo: next)
        expectsCommand = false
    }

    private mutating func symbol(_ start: Int) {
        let byte = text[start]
        if grammar.commands {
            if byte == UInt8(ascii: "\\"), start + 1 < end {
                sink.emit(.escape, upTo: text[start + 1] == UInt8(ascii: "\n") ? start + 1 : start + 2)
                if sink.position < end, text[sink.position] == UInt8(ascii: "\n") {
                    sink.emit(.plain, upTo: sink.position + 1)
                }
                return
            }
            let separators: StaticString = "|;&("
            expectsCommand = contains(separators, byte)
            sink.emit(contains("|&;<>", byte) ? .operator : .plain, upTo: start + 1)
            return
        }
        sink.emit(contains("=+-*/%<>!&|^~?", byte) ? .operator : .plain, upTo: start + 1)
    }

    // MARK: Bytes

    private func matches(_ marker: StaticString, at start: Int) -> Bool {
        let count = marker.utf8CodeUnitCount
        guard start + count <= end else { return false }
        let bytes = marker.utf8Start
        for index in 0..<count where text[start + index] != bytes[index] {
            return false
        }
        return true
    }

    private func contains(_ set: StaticString, _ byte: UInt8) -> Bool {
        set.withUTF8Buffer { $0.contains(byte) }
    }

    private func isKeyMarker(_ position: Int) -> Bool {
        guard position < end, contains(grammar.keyMarkers, text[position]) else { return false }
        guard grammar.colonNeedsBlank, text[position] == UInt8(ascii: ":") else { return true }
        return position + 1 >= end || isBlank(text[position + 1]) || text[position + 1] == UInt8(ascii: "\n")
    }

    private func lineEnd(_ start: Int) -> Int {
        var next = start
        while next < end, text[next] != UInt8(ascii: "\n") { next += 1 }
        return next
    }

    private func skipBlanks(_ start: Int) -> Int {
        var next = start
        while next < end, isBlank(text[next]) { next += 1 }
        return next
    }

    private func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }

    private func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7a).contains(byte | 0x20) && byte < 0x80 }

    private func isWordByte(_ byte: UInt8) -> Bool {
        isLetter(byte) || isDigit(byte) || byte == UInt8(ascii: "_") || byte >= 0x80
    }

    private func isWordStart(_ byte: UInt8) -> Bool {
        isLetter(byte) || byte == UInt8(ascii: "_") || byte >= 0x80 || contains(grammar.wordStart, byte)
    }
}

extension StaticString {
    fileprivate var isEmpty: Bool { utf8CodeUnitCount == 0 }
}
