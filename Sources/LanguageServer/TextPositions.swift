import Guides

/// Converts between places in a file as Launchpad counts them, lines and bytes from 1, and as editors do: lines and code units
/// from 0.
struct TextPositions {
    let text: SourceText
    /// Whether the editor counts bytes; otherwise it counts UTF-16 units.
    let countsBytes: Bool

    func json(_ position: SourcePosition) -> JSON {
        let line = text.bytes[text.lineContent(position.line)]
        let bytes = max(0, min(position.column - 1, line.count))
        let character = countsBytes ? bytes : String(decoding: line.prefix(bytes), as: UTF8.self).utf16.count
        return ["line": JSON(max(0, position.line - 1)), "character": JSON(character)]
    }

    func json(_ range: SourceRange?) -> JSON {
        guard let range else { return Self.wholeLine(1) }
        return ["start": json(range.start), "end": json(range.end)]
    }

    /// The position that an editor means; nil for what is none.
    func position(_ json: JSON?) -> SourcePosition? {
        guard let line = json?["line"]?.int, let character = json?["character"]?.int, line >= 0, character >= 0 else {
            return nil
        }
        let content = text.bytes[text.lineContent(line + 1)]
        guard !countsBytes else { return SourcePosition(line: line + 1, column: min(character, content.count) + 1) }
        let string = String(decoding: content, as: UTF8.self)
        let units = string.utf16.prefix(character)
        return SourcePosition(line: line + 1, column: (String(units)?.utf8.count ?? content.count) + 1)
    }

    /// The bytes after an edit of a document: a range of it replaced, or all of it. Nil for what is no edit.
    func edited(by edit: JSON) -> [UInt8]? {
        guard let new = edit["text"]?.string else { return nil }
        guard let range = edit["range"], range != .null else { return Array(new.utf8) }
        guard let start = offset(range["start"]), let end = offset(range["end"]), start <= end else { return nil }
        return text.bytes[..<start] + Array(new.utf8) + text.bytes[end...]
    }

    private func offset(_ json: JSON?) -> Int? {
        position(json).map { text.lineContent($0.line).lowerBound + $0.column - 1 }
    }

    /// A place in a file whose text is not at hand.
    static func wholeLine(_ line: Int) -> JSON {
        [
            "start": ["line": JSON(max(0, line - 1)), "character": 0],
            "end": ["line": JSON(max(0, line)), "character": 0],
        ]
    }
}

/// Addresses of files.
enum FileAddress {
    static func uri(_ path: String) -> String {
        "file://"
            + path.utf8.reduce(into: "") { result, byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: result.append(Character(UnicodeScalar(byte)))
                case _ where "-._~/".utf8.contains(byte): result.append(Character(UnicodeScalar(byte)))
                default:
                    let digits = String(byte, radix: 16, uppercase: true)
                    result += "%" + (digits.utf8.count == 1 ? "0" : "") + digits
                }
            }
    }

    /// The absolute path behind a `file:` address; nil for another one.
    static func path(_ uri: String) -> String? {
        guard uri.hasPrefix("file://") else { return nil }
        var bytes: [UInt8] = []
        var rest = Array(uri.dropFirst(7).utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
