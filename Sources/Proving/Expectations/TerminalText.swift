/// What a terminal would show of a byte stream, as plain lines.
package enum TerminalText {
    /// Turns what a command wrote into text: colours and other escape sequences go, `\r\n` becomes `\n`, a lone carriage
    /// return or backspace overwrites the line as on a terminal, other control characters go, invalid UTF-8 becomes U+FFFD.
    ///
    /// Cursor movement between lines is not emulated. Applying it twice changes nothing. Linear in the number of bytes.
    package static func clean(_ bytes: some Collection<UInt8>) -> String {
        if let plain = bytes.withContiguousStorageIfAvailable({ isPlain($0) }), plain {
            return String(decoding: bytes, as: UTF8.self)
        }
        var cleaner = Cleaner()
        cleaner.feed(Array(bytes))
        return String(decoding: cleaner.output, as: UTF8.self)
    }

    /// The same for text.
    package static func clean(_ text: String) -> String {
        clean(Array(text.utf8))
    }

    /// True when no byte needs a closer look: printable, tab, newline, or part of a character that is no C1 control.
    private static func isPlain(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        var previous: UInt8 = 0
        for byte in bytes {
            if byte < 0x20 {
                if byte != UInt8(ascii: "\n") && byte != UInt8(ascii: "\t") { return false }
            } else if byte == 0x7f || (previous == 0xc2 && byte < 0xa0) {
                return false
            }
            previous = byte
        }
        return true
    }
}

/// One pass over the bytes. A line is collected as cells only once something overwrites it.
private struct Cleaner {
    var output: [UInt8] = []
    /// Where the line that is being written starts in `output`.
    private var lineStart = 0
    /// The characters of the current line, once a carriage return or backspace made them matter one by one.
    private var cells: [Character]?
    private var column = 0

    mutating func feed(_ bytes: [UInt8]) {
        output.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            switch byte {
            case 0x1b:
                index = escape(bytes, after: index + 1)
                continue
            case 0xc2 where index + 1 < bytes.count && (0x80...0x9f).contains(bytes[index + 1]):
                // The eight-bit forms: U+009B is ESC [, and so on.
                index = escape(bytes, introducer: bytes[index + 1] - 0x40, after: index + 2)
                continue
            case UInt8(ascii: "\n"):
                endLine()
            case UInt8(ascii: "\r"):
                if index + 1 < bytes.count, bytes[index + 1] == byte || bytes[index + 1] == UInt8(ascii: "\n") {
                    break
                }
                openCells()
                column = 0
            case 0x08:
                openCells()
                column = max(0, column - 1)
            case UInt8(ascii: "\t"), 0x20...0x7e, 0x80...0xff:
                index = text(bytes, from: index)
                continue
            default:
                break
            }
            index += 1
        }
        flushCells()
    }

    /// Copies the run of text that starts at `start`; returns the index behind it.
    private mutating func text(_ bytes: [UInt8], from start: Int) -> Int {
        var end = start + 1
        while end < bytes.count {
            let byte = bytes[end]
            if (byte < 0x20 && byte != UInt8(ascii: "\t")) || byte == 0x7f { break }
            if byte == 0xc2, end + 1 < bytes.count, (0x80...0x9f).contains(bytes[end + 1]) { break }
            end += 1
        }
        guard cells != nil else {
            output.append(contentsOf: bytes[start..<end])
            return end
        }
        for character in String(decoding: bytes[start..<end], as: UTF8.self) {
            put(character)
        }
        return end
    }

    private mutating func put(_ character: Character) {
        let width = cells?.count ?? 0
        if column < width {
            cells?[column] = character
        } else {
            cells?.append(contentsOf: repeatElement(" ", count: column - width))
            cells?.append(character)
        }
        column += 1
    }

    private mutating func openCells() {
        guard cells == nil else { return }
        cells = Array(String(decoding: output[lineStart...], as: UTF8.self))
        column = cells?.count ?? 0
    }

    private mutating func flushCells() {
        guard let line = cells else { return }
        output.removeSubrange(lineStart...)
        output.append(contentsOf: String(line).utf8)
        cells = nil
    }

    private mutating func endLine() {
        flushCells()
        output.append(UInt8(ascii: "\n"))
        lineStart = output.count
    }

    /// Skips an escape sequence; `index` stands behind the ESC. Returns the index behind the sequence.
    private mutating func escape(_ bytes: [UInt8], after index: Int) -> Int {
        guard index < bytes.count else { return index }
        let introducer = bytes[index]
        // ESC, intermediate bytes, final byte: character sets and the like.
        if (0x20...0x2f).contains(introducer) {
            var end = index
            while end < bytes.count, (0x20...0x2f).contains(bytes[end]) { end += 1 }
            return end < bytes.count && (0x30...0x7e).contains(bytes[end]) ? end + 1 : end
        }
        guard (0x30...0x7e).contains(introducer) else { return index }
        return escape(bytes, introducer: introducer, after: index + 1)
    }

    private mutating func escape(_ bytes: [UInt8], introducer: UInt8, after start: Int) -> Int {
        switch introducer {
        case UInt8(ascii: "["):
            var end = start
            while end < bytes.count, (0x20...0x3f).contains(bytes[end]) { end += 1 }
            guard end < bytes.count, (0x40...0x7e).contains(bytes[end]) else { return end }
            if bytes[end] == UInt8(ascii: "K") {
                eraseLine(mode: bytes[start..<end])
            }
            return end + 1
        case UInt8(ascii: "]"), UInt8(ascii: "P"), UInt8(ascii: "X"), UInt8(ascii: "^"), UInt8(ascii: "_"):
            // A string that ends with BEL or ESC \; an unfinished one ends with its line, so that no output is lost.
            var end = start
            while end < bytes.count {
                if bytes[end] == 0x07 { return end + 1 }
                if bytes[end] == 0x1b, end + 1 < bytes.count, bytes[end + 1] == UInt8(ascii: "\\") { return end + 2 }
                if bytes[end] == 0xc2, end + 1 < bytes.count, bytes[end + 1] == 0x9c { return end + 2 }
                if bytes[end] == UInt8(ascii: "\n") { return end }
                end += 1
            }
            return end
        default:
            return start
        }
    }

    private mutating func eraseLine(mode: ArraySlice<UInt8>) {
        openCells()
        let width = cells?.count ?? 0
        switch mode.first ?? UInt8(ascii: "0") {
        case UInt8(ascii: "1"):
            for index in 0..<min(column + 1, width) { cells?[index] = " " }
        case UInt8(ascii: "2"):
            cells = []
        default:
            if column < width { cells?.removeSubrange(column...) }
        }
    }
}
