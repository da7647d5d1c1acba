/// Tags, attributes, comments and character references of HTML and XML; CSS and JavaScript inside `<style>` and `<script>`.
struct MarkupLexer {
    private let text: UnsafeBufferPointer<UInt8>
    private let end: Int
    private var sink: TokenSink
    private var done: [Token] = []

    private init(text: UnsafeBufferPointer<UInt8>, range: Range<Int>) {
        self.text = text
        end = range.upperBound
        sink = TokenSink(position: range.lowerBound)
    }

    static func tokens(_ text: UnsafeBufferPointer<UInt8>, in range: Range<Int>) -> [Token] {
        var lexer = MarkupLexer(text: text, range: range)
        while lexer.sink.position < lexer.end {
            lexer.step()
        }
        return lexer.done + lexer.sink.tokens
    }

    private mutating func step() {
        let start = sink.position
        switch text[start] {
        case UInt8(ascii: "<"):
            if matches("<!--", at: start) {
                sink.emit(.comment, upTo: find("-->", from: start + 4))
            } else if start + 1 < end, isNameByte(text[start + 1]) || text[start + 1] == UInt8(ascii: "/") {
                tag(start)
            } else if matches("<!", at: start) || matches("<?", at: start) {
                sink.emit(.meta, upTo: find(">", from: start))
            } else {
                sink.emit(.plain, upTo: start + 1)
            }
        case UInt8(ascii: "&"):
            var next = start + 1
            while next < end, isNameByte(text[next]) || text[next] == UInt8(ascii: "#") { next += 1 }
            let isReference = next < end && text[next] == UInt8(ascii: ";")
            sink.emit(isReference ? .escape : .plain, upTo: isReference ? next + 1 : start + 1)
        default:
            var next = start + 1
            while next < end, text[next] != UInt8(ascii: "<"), text[next] != UInt8(ascii: "&") { next += 1 }
            sink.emit(.plain, upTo: next)
        }
    }

    private mutating func tag(_ start: Int) {
        var next = start + 1
        if text[next] == UInt8(ascii: "/") { next += 1 }
        let name = next
        while next < end, isNameByte(text[next]) { next += 1 }
        let element = text[name..<next].map { $0 | 0x20 }
        sink.emit(.tag, upTo: next)
        while next < end, text[next] != UInt8(ascii: ">") {
            let byte = text[next]
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                let close = text[(next + 1)..<end].firstIndex(of: byte).map { $0 + 1 } ?? end
                sink.emit(.string, upTo: close)
                next = close
            } else if isNameByte(byte) {
                while next < end, isNameByte(text[next]) { next += 1 }
                sink.emit(.property, upTo: next)
            } else {
                next += 1
                sink.emit(.plain, upTo: next)
            }
        }
        sink.emit(.tag, upTo: min(next + 1, end))
        if text[start + 1] != UInt8(ascii: "/") {
            if element == Array("script".utf8) {
                embedded(.javaScript, until: "</script")
            } else if element == Array("style".utf8) {
                embedded(.css, until: "</style")
            }
        }
    }

    private mutating func embedded(_ grammar: Grammar, until close: StaticString) {
        let start = sink.position
        var stop = start
        while stop < end, !matches(close, at: stop) { stop += 1 }
        done += sink.tokens
        done += TableLexer.tokens(grammar, text, in: start..<stop)
        sink = TokenSink(position: stop)
    }

    /// Behind the next `marker`, or the end.
    private func find(_ marker: StaticString, from start: Int) -> Int {
        var next = start
        while next < end {
            if matches(marker, at: next) {
                return next + marker.utf8CodeUnitCount
            }
            next += 1
        }
        return end
    }

    private func matches(_ marker: StaticString, at start: Int) -> Bool {
        start + marker.utf8CodeUnitCount <= end
            && marker.withUTF8Buffer { $0.elementsEqual(text[start..<(start + $0.count)]) }
    }

    private func isNameByte(_ byte: UInt8) -> Bool {
        ((0x61...0x7a).contains(byte | 0x20) && byte < 0x80) || (0x30...0x39).contains(byte)
            || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ":") || byte >= 0x80
    }
}
