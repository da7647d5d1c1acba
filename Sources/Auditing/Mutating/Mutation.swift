/// One change of a file, made to see whether anybody notices.
package struct Mutation: Sendable, Hashable {
    package enum Kind: String, Codable, Sendable, Hashable, CaseIterable {
        /// A setting, or an element of a list, is left out.
        case drop
        /// A port, limit or time has another value.
        case number
        /// A switch is turned.
        case flip
        /// A name, password, path or other text is another one.
        case word
        /// A permission or address lets more through.
        case widen
        /// A permission lets less through.
        case narrow
        /// A guide expects another word.
        case expectation
    }

    package var kind: Kind
    /// The setting that is changed: `accounts.TENANT_A.users.1.password`.
    package var path: String
    /// The line of the file on which the setting starts, from 1.
    package var line: Int
    /// What is done, in words: `leave out port: 4222`, `8222 → 8223`.
    package var change: String
    /// The bytes that are replaced.
    package var range: Range<Int>
    package var replacement: [UInt8]

    /// The file with this change.
    package func applied(to bytes: [UInt8]) -> [UInt8] {
        Array(bytes[..<range.lowerBound]) + replacement + bytes[range.upperBound...]
    }
}

extension Mutation {
    /// Every mutation of a file, in the order of its settings.
    package static func all(of bytes: [UInt8], format: SettingsFormat) -> [Mutation] {
        format.settings(in: bytes).flatMap { setting -> [Mutation] in
            [drop(setting, in: bytes, format: format)] + changes(of: setting, in: bytes)
        }
    }

    // MARK: Leaving out

    private static func drop(_ setting: Setting, in bytes: [UInt8], format: SettingsFormat) -> Mutation {
        var range = setting.range
        if format == .braces || bytes[range].last != 0x0A { range = withSeparator(range, in: bytes) }
        let text = String(decoding: bytes[setting.range], as: UTF8.self)
        return Mutation(
            kind: .drop, path: setting.path, line: setting.line, change: "leave out \(excerpt(text))",
            range: wholeLines(range, in: bytes), replacement: [])
    }

    /// The range with the comma behind it, or the one before it where it is the last.
    private static func withSeparator(_ range: Range<Int>, in bytes: [UInt8]) -> Range<Int> {
        var end = range.upperBound
        while end < bytes.count, bytes[end] <= 0x20 { end += 1 }
        if end < bytes.count, bytes[end] == UInt8(ascii: ",") {
            end += 1
            while end < bytes.count, bytes[end] == 0x20 { end += 1 }
            return range.lowerBound..<end
        }
        var start = range.lowerBound
        while start > 0, bytes[start - 1] <= 0x20 { start -= 1 }
        let hasComma = start > 0 && bytes[start - 1] == UInt8(ascii: ",")
        return hasComma ? start - 1..<range.upperBound : range
    }

    /// The range with the blanks around it and the line's end, where nothing else stands on its lines.
    private static func wholeLines(_ range: Range<Int>, in bytes: [UInt8]) -> Range<Int> {
        var (start, end) = (range.lowerBound, range.upperBound)
        while start > 0, bytes[start - 1] == 0x20 || bytes[start - 1] == 0x09 { start -= 1 }
        while end < bytes.count, bytes[end] == 0x20 || bytes[end] == 0x09 { end += 1 }
        let isWhole = (start == 0 || bytes[start - 1] == 0x0A) && end < bytes.count && bytes[end] == 0x0A
        return isWhole ? start..<end + 1 : range
    }

    private static func excerpt(_ text: String) -> String {
        let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return words.count > 60 ? words.prefix(57) + "…" : words
    }

    // MARK: Changing

    private static func changes(of setting: Setting, in bytes: [UInt8]) -> [Mutation] {
        guard let range = setting.scalar, !range.isEmpty else { return [] }
        let value = String(decoding: bytes[range], as: UTF8.self)
        return ValueMutations.of(value, path: setting.path, isQuoted: setting.isQuoted).map { kind, changed in
            Mutation(
                kind: kind, path: setting.path, line: setting.line, change: "\(value) → \(changed)", range: range,
                replacement: Array(changed.utf8))
        }
    }
}
