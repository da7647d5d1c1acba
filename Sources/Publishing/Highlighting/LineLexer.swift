/// Lexers for the formats in which a line's first bytes say what the line is.
enum LineLexer {
    typealias Text = UnsafeBufferPointer<UInt8>

    /// `$ command` and `> continuation` with what is printed between them.
    static func console(_ text: Text) -> [Token] {
        var sink = TokenSink()
        var tokens: [Token] = []
        var inCommand = false
        forEachLine(text) { line in
            let isPrompt = starts(text, line, "$ ") || (line.count == 1 && starts(text, line, "$"))
            let isContinuation = inCommand && (starts(text, line, "> ") || (line.count == 1 && starts(text, line, ">")))
            inCommand = isPrompt || isContinuation
            guard inCommand else {
                sink.emit(.output, upTo: line.upperBound)
                newline(text, line, &sink)
                return
            }
            let command = min(line.lowerBound + 2, line.upperBound)
            sink.emit(.prompt, upTo: command)
            tokens += sink.tokens
            tokens += TableLexer.tokens(.shell, text, in: command..<line.upperBound)
            sink = TokenSink(position: line.upperBound)
            newline(text, line, &sink)
        }
        return tokens + sink.tokens
    }

    static func diff(_ text: Text) -> [Token] {
        var sink = TokenSink()
        forEachLine(text) { line in
            let kind: TokenKind
            if starts(text, line, "+++") || starts(text, line, "---") || starts(text, line, "diff ") {
                kind = .heading
            } else if starts(text, line, "@@") {
                kind = .meta
            } else if starts(text, line, "+") {
                kind = .inserted
            } else if starts(text, line, "-") {
                kind = .deleted
            } else {
                kind = .plain
            }
            sink.emit(kind, upTo: line.upperBound)
            newline(text, line, &sink)
        }
        return sink.tokens
    }

    /// A request or response: its first line, header fields, and a body that is taken for JSON where it looks so.
    static func http(_ text: Text) -> [Token] {
        var sink = TokenSink()
        var tokens: [Token] = []
        var body: Int?
        var isFirst = true
        forEachLine(text) { line in
            guard body == nil else { return }
            if line.isEmpty, !isFirst {
                newline(text, line, &sink)
                body = sink.position
                return
            }
            if isFirst {
                let word = text[line].firstIndex(of: UInt8(ascii: " ")) ?? line.upperBound
                sink.emit(.keyword, upTo: word)
                sink.emit(.string, upTo: line.upperBound)
            } else if let colon = text[line].firstIndex(of: UInt8(ascii: ":")) {
                sink.emit(.property, upTo: colon)
                sink.emit(.plain, upTo: colon + 1)
                sink.emit(.string, upTo: line.upperBound)
            } else {
                sink.emit(.plain, upTo: line.upperBound)
            }
            isFirst = false
            newline(text, line, &sink)
        }
        tokens = sink.tokens
        if let body {
            tokens += TableLexer.tokens(.json, text, in: body..<text.count)
        }
        return tokens
    }

    static func markdown(_ text: Text) -> [Token] {
        var sink = TokenSink()
        var inFence = false
        forEachLine(text) { line in
            let isFence = starts(text, line, "```") || starts(text, line, "~~~")
            let kind: TokenKind
            if isFence {
                inFence.toggle()
                kind = .meta
            } else if inFence {
                kind = .string
            } else if starts(text, line, "#") {
                kind = .heading
            } else if starts(text, line, ">") {
                kind = .comment
            } else if starts(text, line, "- ") || starts(text, line, "* ") {
                sink.emit(.keyword, upTo: line.lowerBound + 1)
                kind = .plain
            } else {
                kind = .plain
            }
            if kind == .plain {
                codeSpans(text, line, &sink)
            }
            sink.emit(kind, upTo: line.upperBound)
            newline(text, line, &sink)
        }
        return sink.tokens
    }

    private static func codeSpans(_ text: Text, _ line: Range<Int>, _ sink: inout TokenSink) {
        while let open = text[max(sink.position, line.lowerBound)..<line.upperBound].firstIndex(of: UInt8(ascii: "`")),
            let close = text[(open + 1)..<line.upperBound].firstIndex(of: UInt8(ascii: "`"))
        {
            sink.emit(.plain, upTo: open)
            sink.emit(.string, upTo: close + 1)
        }
    }

    // MARK: Lines

    /// Calls `body` with the range of each line, its line end left out.
    private static func forEachLine(_ text: Text, _ body: (Range<Int>) -> Void) {
        var start = 0
        while start < text.count {
            let end = text[start...].firstIndex(of: UInt8(ascii: "\n")) ?? text.count
            body(start..<end)
            start = end + 1
        }
    }

    private static func newline(_ text: Text, _ line: Range<Int>, _ sink: inout TokenSink) {
        if line.upperBound < text.count {
            sink.emit(.plain, upTo: line.upperBound + 1)
        }
    }

    private static func starts(_ text: Text, _ line: Range<Int>, _ prefix: StaticString) -> Bool {
        line.count >= prefix.utf8CodeUnitCount
            && prefix.withUTF8Buffer { text[line].prefix($0.count).elementsEqual($0) }
    }
}
