/// Reads `key=value` pairs, separated by blanks, out of one line.
///
/// A value with blanks stands in double quotes, in which `\"` and `\\` are the quote and the backslash. `serve` is the one
/// key that may stand without a value.
struct AttributeScanner {
    /// Keys that mean `true` when they stand alone.
    static let flags: Set<String> = ["serve"]

    let file: String
    let bytes: [UInt8]
    /// The line that the positions are on.
    let line: Int
    /// The offset in `bytes` of that line's first byte.
    let lineStart: Int

    private(set) var diagnostics: [Diagnostic] = []

    init(file: String, bytes: [UInt8], line: Int, lineStart: Int) {
        self.file = file
        self.bytes = bytes
        self.line = line
        self.lineStart = lineStart
    }

    /// Reads all pairs in `range`.
    mutating func scan(_ range: Range<Int>) -> Attributes {
        var entries: [Attributes.Entry] = []
        var index = range.lowerBound
        while true {
            while index < range.upperBound, isBlank(bytes[index]) {
                index += 1
            }
            guard index < range.upperBound else {
                return Attributes(entries)
            }
            let start = index
            while index < range.upperBound, !isBlank(bytes[index]), bytes[index] != UInt8(ascii: "=") {
                index += 1
            }
            let key = text(start..<index)
            let keyRange = sourceRange(start..<index)
            if index == range.upperBound || bytes[index] != UInt8(ascii: "=") {
                if Self.flags.contains(key) {
                    append(
                        Attributes.Entry(key: key, value: "true", keyRange: keyRange, valueRange: keyRange),
                        to: &entries)
                } else {
                    reject(
                        code: "attribute-without-value",
                        "\"\(key)\" is not a key=value pair",
                        keyRange,
                        help: helpForBareWord(key)
                    )
                }
                continue
            }
            index += 1
            let valueStart = index
            guard let value = scanValue(&index, end: range.upperBound) else {
                return Attributes(entries)
            }
            let valueRange = sourceRange(valueStart..<max(index, valueStart))
            if key.isEmpty {
                reject(code: "attribute-without-key", "a key is missing before \"=\"", sourceRange(start..<start + 1))
                continue
            }
            append(Attributes.Entry(key: key, value: value, keyRange: keyRange, valueRange: valueRange), to: &entries)
        }
    }

    private mutating func append(_ entry: Attributes.Entry, to entries: inout [Attributes.Entry]) {
        if let first = entries.first(where: { $0.key == entry.key }) {
            diagnostics.append(
                Diagnostic(
                    code: "repeated-attribute",
                    "\"\(entry.key)\" is given twice",
                    file: file,
                    range: entry.keyRange,
                    help: "keep one of them",
                    notes: [Diagnostic.Note("first given here", file: file, range: first.keyRange)]
                )
            )
        } else {
            entries.append(entry)
        }
    }

    /// Reads a value from `index` on and leaves `index` behind it; nil after an error that ends the line.
    private mutating func scanValue(_ index: inout Int, end: Int) -> String? {
        guard index < end, bytes[index] == UInt8(ascii: "\"") else {
            let start = index
            while index < end, !isBlank(bytes[index]) {
                index += 1
            }
            return text(start..<index)
        }
        let quote = index
        index += 1
        var value: [UInt8] = []
        while index < end {
            let byte = bytes[index]
            if byte == UInt8(ascii: "\"") {
                index += 1
                if index < end, !isBlank(bytes[index]) {
                    reject(
                        code: "text-after-quote",
                        "text directly behind a quoted value",
                        sourceRange(index..<index + 1),
                        help: "put a blank behind the closing quote"
                    )
                }
                return String(decoding: value, as: UTF8.self)
            }
            if byte == UInt8(ascii: "\\"), index + 1 < end,
                bytes[index + 1] == UInt8(ascii: "\"") || bytes[index + 1] == UInt8(ascii: "\\")
            {
                index += 1
            }
            value.append(bytes[index])
            index += 1
        }
        reject(
            code: "unclosed-quote",
            "a quoted value is not closed",
            sourceRange(quote..<quote + 1),
            help: "add the closing \" on the same line"
        )
        return nil
    }

    private mutating func reject(code: String, _ message: String, _ range: SourceRange, help: String? = nil) {
        diagnostics.append(Diagnostic(code: code, message, file: file, range: range, help: help))
    }

    private func helpForBareWord(_ word: String) -> String {
        if word.hasPrefix("{") {
            return "write the pairs bare, separated by blanks: file=ops/nats.conf part=limits"
        }
        return "write key=value, such as name=\(word); put a value with blanks in double quotes"
    }

    private func text(_ range: Range<Int>) -> String {
        String(decoding: bytes[range], as: UTF8.self)
    }

    private func sourceRange(_ range: Range<Int>) -> SourceRange {
        SourceRange(line: line, column: range.lowerBound - lineStart + 1, length: max(1, range.count))
    }

    private func isBlank(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
    }
}
