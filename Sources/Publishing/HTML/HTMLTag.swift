/// One opening or closing tag in an author's raw HTML.
struct HTMLTag {
    /// In lower case.
    var name: String
    var isEnd: Bool
    /// Names in lower case, values with character references resolved as far as they matter (`&amp;`, `&quot;`, …).
    var attributes: [(name: String, value: String)]
    var source: Substring

    /// Reads a tag at the start of `rest` and moves `rest` behind it; nil, and `rest` as it was, where none stands.
    init?(parsing rest: inout Substring) {
        var cursor = rest.dropFirst()
        isEnd = cursor.first == "/"
        if isEnd {
            cursor = cursor.dropFirst()
        }
        let name = cursor.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
        guard name.first?.isLetter == true else { return nil }
        self.name = name.lowercased()
        cursor = cursor.dropFirst(name.count)
        attributes = []
        while true {
            cursor = cursor.drop(while: \.isWhitespace)
            guard let next = cursor.first else { return nil }
            if next == ">" {
                cursor = cursor.dropFirst()
                break
            }
            if next == "/" {
                cursor = cursor.dropFirst()
                continue
            }
            guard let attribute = Self.attribute(&cursor) else { return nil }
            attributes.append(attribute)
        }
        source = rest[rest.startIndex..<cursor.startIndex]
        rest = cursor
    }

    private static func attribute(_ cursor: inout Substring) -> (name: String, value: String)? {
        let name = cursor.prefix { !$0.isWhitespace && !"\"'<>/=".contains($0) }
        guard !name.isEmpty else { return nil }
        cursor = cursor.dropFirst(name.count)
        let behind = cursor.drop(while: \.isWhitespace)
        guard behind.first == "=" else { return (name.lowercased(), "") }
        cursor = behind.dropFirst().drop(while: \.isWhitespace)
        let value: Substring
        if let quote = cursor.first, quote == "\"" || quote == "'" {
            let inside = cursor.dropFirst()
            guard let end = inside.firstIndex(of: quote) else { return nil }
            value = inside[..<end]
            cursor = inside[end...].dropFirst()
        } else {
            value = cursor.prefix { !$0.isWhitespace && !"\"'=<>`".contains($0) }
            guard !value.isEmpty else { return nil }
            cursor = cursor.dropFirst(value.count)
        }
        return (name.lowercased(), unescaped(value))
    }

    /// Resolves character references. What isn't known stays, and is escaped again on the way out.
    private static func unescaped(_ value: Substring) -> String {
        guard value.contains("&") else { return String(value) }
        let named: [Substring: Character] = [
            "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "colon": ":", "Tab": "\t", "NewLine": "\n",
        ]
        var result = ""
        var rest = value
        while let start = rest.firstIndex(of: "&") {
            result += rest[..<start]
            rest = rest[start...].dropFirst()
            let name = rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "#") }
            if let character = named[name] ?? numeric(name) {
                result.append(character)
                rest = rest.dropFirst(name.count)
                if rest.first == ";" {
                    rest = rest.dropFirst()
                }
            } else {
                result.append("&")
            }
        }
        return result + rest
    }

    private static func numeric(_ name: Substring) -> Character? {
        guard name.first == "#" else { return nil }
        let digits = name.dropFirst()
        let code =
            digits.first == "x" || digits.first == "X"
            ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits, radix: 10)
        return code.flatMap(Unicode.Scalar.init).map(Character.init)
    }
}
