/// Finds the settings of nats-server's configuration language and of JSON, which is nearly a part of it.
struct BraceScanner {
    private let bytes: [UInt8]
    private var offset = 0
    private var line = 1
    private var settings: [Setting] = []

    /// - Parameter range: where to look; all of it by default.
    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func scan() -> [Setting] {
        skipBlank(separators: true)
        // JSON's outermost braces are no setting.
        if current == UInt8(ascii: "{") {
            offset += 1
        }
        scanMap(path: [])
        return settings.sorted {
            ($0.range.lowerBound, -$0.range.upperBound) < ($1.range.lowerBound, -$1.range.upperBound)
        }
    }

    /// Settings of one list (`[a, b]`) that starts at `start` on `line`, as they stand in files of other formats.
    static func list(in bytes: [UInt8], from start: Int, line: Int, path: [String]) -> [Setting] {
        var scanner = BraceScanner(bytes)
        scanner.offset = start
        scanner.line = line
        guard scanner.current == UInt8(ascii: "[") else { return [] }
        scanner.offset += 1
        scanner.scanList(path: path)
        return scanner.settings
    }

    private var current: UInt8? { offset < bytes.count ? bytes[offset] : nil }

    // MARK: Structure

    private mutating func scanMap(path: [String]) {
        while true {
            skipBlank(separators: true)
            guard let byte = current else { return }
            if byte == UInt8(ascii: "}") {
                offset += 1
                return
            }
            let before = offset
            scanPair(path: path)
            // A stray bracket must not hold the scanner up.
            if offset == before { offset += 1 }
        }
    }

    private mutating func scanPair(path: [String]) {
        let (start, startLine) = (offset, line)
        let key = scanKey()
        skipBlank(separators: false)
        if let byte = current, byte == UInt8(ascii: ":") || byte == UInt8(ascii: "=") { offset += 1 }
        while let byte = current, byte == 0x20 || byte == 0x09 { offset += 1 }
        scanValue(path: path + [key], start: start, line: startLine, isElement: false)
    }

    private mutating func scanList(path: [String]) {
        var number = 0
        while true {
            skipBlank(separators: true)
            guard let byte = current else { return }
            if byte == UInt8(ascii: "]") {
                offset += 1
                return
            }
            number += 1
            let before = offset
            scanValue(path: path + [String(number)], start: offset, line: line, isElement: true)
            if offset == before { offset += 1 }
        }
    }

    private mutating func scanValue(path: [String], start: Int, line startLine: Int, isElement: Bool) {
        var setting = Setting(
            path: path.joined(separator: "."), range: start..<start, isElement: isElement, line: startLine)
        switch current {
        case UInt8(ascii: "{"):
            offset += 1
            scanMap(path: path)
        case UInt8(ascii: "["):
            offset += 1
            scanList(path: path)
        case UInt8(ascii: "("):
            while let byte = current, byte != UInt8(ascii: ")") { advance() }
            offset = min(offset + 1, bytes.count)
        case UInt8(ascii: "\"")?, UInt8(ascii: "'")?:
            setting.scalar = scanQuoted()
            setting.isQuoted = true
        default:
            let text = scanBare()
            if !text.isEmpty { setting.scalar = text }
        }
        guard offset > start else { return }
        setting.range = start..<offset
        settings.append(setting)
    }

    // MARK: Words

    private mutating func scanKey() -> String {
        if current == UInt8(ascii: "\"") || current == UInt8(ascii: "'") {
            return String(decoding: bytes[scanQuoted()], as: UTF8.self)
        }
        let start = offset
        while let byte = current, byte > 0x20, !":={}[],#".utf8.contains(byte) { offset += 1 }
        return String(decoding: bytes[start..<offset], as: UTF8.self)
    }

    /// The range between the quotes; moves behind the closing one.
    private mutating func scanQuoted() -> Range<Int> {
        let quote = current
        offset += 1
        let start = offset
        while let byte = current, byte != quote {
            if byte == UInt8(ascii: "\\") { offset += 1 }
            advance()
        }
        let end = min(offset, bytes.count)
        offset = min(offset + 1, bytes.count)
        return start..<end
    }

    /// A value without quotes: to the end of the line, a comma, a closing bracket or a comment.
    private mutating func scanBare() -> Range<Int> {
        let start = offset
        while let byte = current, byte != 0x0A, !",;}]".utf8.contains(byte) {
            let isAfterBlank = offset > start && (bytes[offset - 1] == 0x20 || bytes[offset - 1] == 0x09)
            if isAfterBlank, byte == UInt8(ascii: "#") || isSlashComment { break }
            offset += 1
        }
        var end = offset
        while end > start, bytes[end - 1] <= 0x20 { end -= 1 }
        offset = end
        return start..<end
    }

    private var isSlashComment: Bool {
        offset + 1 < bytes.count && bytes[offset] == UInt8(ascii: "/") && bytes[offset + 1] == UInt8(ascii: "/")
    }

    // MARK: Blanks

    /// Skips blanks, line ends and comments, and where they are asked for commas.
    private mutating func skipBlank(separators: Bool) {
        while let byte = current {
            if byte == UInt8(ascii: "#") || isSlashComment {
                while let byte = current, byte != 0x0A { offset += 1 }
            } else if byte <= 0x20 || (separators && (byte == UInt8(ascii: ",") || byte == UInt8(ascii: ";"))) {
                advance()
            } else {
                return
            }
        }
    }

    private mutating func advance() {
        if current == 0x0A { line += 1 }
        offset += 1
    }
}
