/// Reads `key=value` pairs, separated by white space, out of an info string or a directive.
///
/// A value with blanks stands in double quotes. A backslash before a punctuation mark makes it an ordinary character, and
/// in an info string entities such as `&amp;` stand for characters, too, as CommonMark has it. Some keys may stand
/// without a value. The scanner knows the syntax; ``AttributeRule`` knows which keys fit where.
struct AttributeScanner {
    /// Keys that mean `true` when they stand alone.
    static let flags = ["serve", "terminal", "lines", "fold", "diff"]

    let file: String
    let text: SourceText
    private(set) var entries: [Attributes.Entry] = []
    private(set) var diagnostics: [Diagnostic] = []
    /// Whether entities stand for characters.
    private let hasEntities: Bool

    /// - Parameter hasEntities: true for an info string, false for a comment.
    init(file: String, text: SourceText, hasEntities: Bool) {
        self.file = file
        self.text = text
        self.hasEntities = hasEntities
    }

    /// Reads all pairs in `range`, which may go over several lines.
    mutating func scan(_ range: Range<Int>) {
        var index = range.lowerBound
        while true {
            while index < range.upperBound, isSpace(text.bytes[index]) {
                index += 1
            }
            guard index < range.upperBound else {
                return
            }
            index = scanPair(from: index, to: range.upperBound)
        }
    }

    /// Adds a pair from elsewhere, such as a directive above the fence.
    mutating func add(_ entry: Attributes.Entry) {
        guard let first = entries.first(where: { $0.key == entry.key }) else {
            entries.append(entry)
            return
        }
        diagnostics.append(
            Diagnostic(
                code: "repeated-attribute",
                "\"\(entry.key)\" is given twice",
                file: file,
                range: entry.keyRange,
                help: "keep one of them",
                notes: [Diagnostic.Note("the other one is here", file: file, range: first.keyRange)]
            )
        )
    }

    /// Reads the pair that starts at `start` and returns the offset behind it.
    private mutating func scanPair(from start: Int, to end: Int) -> Int {
        let wordEnd = text.bytes[start..<end].firstIndex(where: isSpace) ?? end
        guard let equals = text.bytes[start..<wordEnd].firstIndex(of: UInt8(ascii: "=")) else {
            scanBareWord(start..<wordEnd)
            return wordEnd
        }
        let key = start..<equals
        guard !key.isEmpty else {
            reject(
                "attribute-without-key", "a key is missing before \"=\"", start..<wordEnd,
                help: "write key=value without blanks around \"=\", as in name=up"
            )
            return wordEnd
        }
        let value = equals + 1..<wordEnd
        if value.isEmpty {
            reject(
                "attribute-without-value", "\"\(string(key))\" has no value", start..<wordEnd,
                help: "write \(string(key))=VALUE without blanks around \"=\"" + form(of: string(key))
            )
        } else if text.bytes[value.lowerBound] == UInt8(ascii: "\"") {
            return scanQuoted(key, from: value.lowerBound, to: end)
        } else {
            scanBare(key, value)
        }
        return wordEnd
    }

    private mutating func scanBare(_ key: Range<Int>, _ range: Range<Int>) {
        var value: [UInt8] = []
        var index = range.lowerBound
        while index < range.upperBound {
            guard text.bytes[index] != UInt8(ascii: "\"") else {
                reject(
                    "misplaced-quote", "a quote inside a value that does not begin with one", index..<index + 1,
                    help: "put the whole value in quotes: \(string(key))=\"...\""
                )
                return
            }
            decode(&index, to: range.upperBound, into: &value)
        }
        add(key, String(decoding: value, as: UTF8.self), at: range)
    }

    private mutating func scanQuoted(_ key: Range<Int>, from quote: Int, to end: Int) -> Int {
        var value: [UInt8] = []
        var index = quote + 1
        while index < end, text.bytes[index] != UInt8(ascii: "\n"), text.bytes[index] != UInt8(ascii: "\r") {
            let byte = text.bytes[index]
            if byte == UInt8(ascii: "\"") {
                index += 1
                add(key, String(decoding: value, as: UTF8.self), at: quote..<index)
                guard index < end, !isSpace(text.bytes[index]) else {
                    return index
                }
                let wordEnd = text.bytes[index..<end].firstIndex(where: isSpace) ?? end
                reject(
                    "text-after-quote", "text directly behind a quoted value", index..<wordEnd,
                    help: "put a blank behind the closing quote, or write a quote inside the value as \\\""
                )
                return wordEnd
            }
            decode(&index, to: end, into: &value)
        }
        reject(
            "unclosed-quote", "a quoted value is not closed", quote..<quote + 1,
            help: "add the closing \" on the same line"
        )
        return end
    }

    /// The text of `range` with what escapes and entities stand for.
    func decoded(_ range: Range<Int>) -> String {
        var value: [UInt8] = []
        var index = range.lowerBound
        while index < range.upperBound {
            decode(&index, to: range.upperBound, into: &value)
        }
        return String(decoding: value, as: UTF8.self)
    }

    /// Adds the character at `index` to `value` and steps over it.
    private func decode(_ index: inout Int, to end: Int, into value: inout [UInt8]) {
        let byte = text.bytes[index]
        if byte == UInt8(ascii: "\\"), index + 1 < end, Self.isPunctuation(text.bytes[index + 1]) {
            value.append(text.bytes[index + 1])
            index += 2
        } else if byte == UInt8(ascii: "&"), hasEntities,
            let close = text.bytes[index..<end].firstIndex(of: UInt8(ascii: ";")),
            let character = CmarkTree.character(ofEntity: text.bytes[index...close])
        {
            value += character
            index = close + 1
        } else {
            value.append(byte)
            index += 1
        }
    }

    /// The ASCII punctuation of CommonMark.
    private static func isPunctuation(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E: true
        default: false
        }
    }

    private mutating func scanBareWord(_ range: Range<Int>) {
        let word = string(range)
        if Self.flags.contains(word) {
            add(range, "true", at: range)
        } else if AttributeRule.all.contains(where: { $0.key == word }) {
            reject(
                "attribute-without-value", "\"\(word)\" has no value", range,
                help: "write \(word)=VALUE" + form(of: word)
            )
        } else {
            reject(
                "attribute-without-value", "\"\(word)\" is not a key=value pair", range, help: Self.advice(about: word)
            )
        }
    }

    /// What somebody who wrote `word` behind a language probably wants to know.
    static func advice(about word: String) -> String {
        switch word.lowercased() {
        case let word where word.hasPrefix("{") && word.hasSuffix("}"):
            let inner = String(word.dropFirst().dropLast())
            let isLines =
                !inner.isEmpty && inner.utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == 0x2C || $0 == 0x2D }
            return isLines
                ? "to mark lines, write: mark=\(inner)"
                : "write the pairs bare, separated by blanks: file=ops/nats.conf part=limits"
        case "ignore", "no_run", "norun", "noexec", "no-run":
            return "to keep a block from running, give the reason: skip=\"...\""
        case "should_panic", "compile_fail", "should_fail":
            return "to expect a failure, give the status: exit=1"
        case "linenums", "linenos", "shownumbers", "showlinenumbers", "numberlines", "editable":
            return "to number the lines, write: lines"
        default:
            let near =
                nearestName(to: word, among: AttributeRule.all.map(\.key)).map { "did you mean \"\($0)\"? " } ?? ""
            return near
                + "write key=value; keys: \(AttributeRule.all.map(\.key).joined(separator: ", ")); alone may stand: "
                + flags.joined(separator: ", ")
        }
    }

    private func form(of key: String) -> String {
        AttributeRule.all.first { $0.key == key }.map { ", where VALUE is \($0.value)" } ?? ""
    }

    private mutating func add(_ key: Range<Int>, _ value: String, at range: Range<Int>) {
        add(
            Attributes.Entry(
                key: string(key), value: value, keyRange: text.range(of: key), valueRange: text.range(of: range)
            )
        )
    }

    private mutating func reject(_ code: String, _ message: String, _ range: Range<Int>, help: String) {
        diagnostics.append(Diagnostic(code: code, message, file: file, range: text.range(of: range), help: help))
    }

    private func string(_ range: Range<Int>) -> String {
        String(decoding: text.bytes[range], as: UTF8.self)
    }

    private func isSpace(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\n")
            || byte == UInt8(ascii: "\r")
    }
}
