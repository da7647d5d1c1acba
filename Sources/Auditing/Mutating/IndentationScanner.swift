import Guides

/// Finds the settings of YAML as people write configuration in it: a key or an element a line.
///
/// Texts over several lines (`|`, `>`) and flow maps are one setting each; anchors and tags are part of a value.
struct IndentationScanner {
    private let bytes: [UInt8]
    private let text: SourceText

    /// A line that says something.
    private struct Line {
        var number: Int
        var indentation: Int
        /// Whether it begins with `- `.
        var isElement: Bool
        /// The byte range behind the indentation, without comment and blanks at the end.
        var content: Range<Int>
        /// The key, where it has one.
        var key: String?
        /// The byte range of its value; empty where it has none.
        var value: Range<Int>
    }

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        text = SourceText(bytes)
    }

    func scan() -> [Setting] {
        let lines = (1...max(1, text.lineCount)).compactMap(line)
        var settings: [Setting] = []
        var open: [(indentation: Int, name: String, count: Int)] = []
        var blockIndentation: Int?
        for (index, line) in lines.enumerated() {
            // The lines of a text are no settings.
            if let limit = blockIndentation {
                if line.indentation > limit { continue }
                blockIndentation = nil
            }
            while let last = open.last, last.indentation > line.indentation { open.removeLast() }
            if line.isElement {
                if let last = open.last, last.indentation == line.indentation, Int(last.name) != nil {
                    open[open.count - 1].count += 1
                } else {
                    open.append((line.indentation, "1", 1))
                }
                open[open.count - 1].name = String(open[open.count - 1].count)
            } else {
                while let last = open.last, last.indentation >= line.indentation { open.removeLast() }
            }
            var path = open.map(\.name)
            let end = endOfNested(lines, below: index)
            let isText = [UInt8(ascii: "|"), UInt8(ascii: ">")].contains(bytes[line.value].first ?? 0)
            if isText { blockIndentation = line.indentation }
            var setting = Setting(
                path: "", range: text.lineBytes(line.number).lowerBound..<end,
                isElement: line.isElement && line.key == nil,
                line: line.number)
            if line.isElement { setting.range = text.lineBytes(line.number).lowerBound..<end }
            if let key = line.key {
                path.append(key)
                // A key directly behind a dash has the dash's element to itself only where nothing follows; it is changed, and
                // the element as a whole is dropped.
                if !line.isElement { open.append((line.indentation, key, 0)) }
            }
            setting.path = path.joined(separator: ".")
            if bytes[line.value].first == UInt8(ascii: "[") {
                settings += BraceScanner.list(in: bytes, from: line.value.lowerBound, line: line.number, path: path)
            } else if !line.value.isEmpty, !isText, !"{&*!".utf8.contains(bytes[line.value.lowerBound]) {
                (setting.scalar, setting.isQuoted) = unquoted(line.value)
            }
            settings.append(setting)
        }
        return settings.sorted {
            ($0.range.lowerBound, -$0.range.upperBound) < ($1.range.lowerBound, -$1.range.upperBound)
        }
    }

    /// The offset behind the last line that belongs to the line at `index`.
    private func endOfNested(_ lines: [Line], below index: Int) -> Int {
        let line = lines[index]
        var last = line
        for next in lines[(index + 1)...] {
            // The elements of a key's list may stand as far left as the key.
            let isOwnElement =
                !line.isElement && line.value.isEmpty && next.isElement && next.indentation == line.indentation
            guard next.indentation > line.indentation || isOwnElement else { break }
            last = next
        }
        return text.lineBytes(last.number).upperBound
    }

    private func unquoted(_ range: Range<Int>) -> (Range<Int>, Bool) {
        let (first, last) = (bytes[range.lowerBound], bytes[range.upperBound - 1])
        guard range.count >= 2, first == last, first == UInt8(ascii: "\"") || first == UInt8(ascii: "'") else {
            return (range, false)
        }
        return (range.lowerBound + 1..<range.upperBound - 1, true)
    }

    private func line(_ number: Int) -> Line? {
        var range = text.lineContent(number)
        let indentation = bytes[range].prefix { $0 == 0x20 }.count
        range = range.lowerBound + indentation..<range.upperBound
        range = withoutComment(range)
        guard !range.isEmpty, !bytes[range].starts(with: "---".utf8) else { return nil }
        var line = Line(number: number, indentation: indentation, isElement: false, content: range, value: range)
        if bytes[range].starts(with: "- ".utf8) || bytes[range].elementsEqual("-".utf8) {
            line.isElement = true
            line.value = trimmed(min(range.lowerBound + 2, range.upperBound)..<range.upperBound)
        }
        if let colon = keyEnd(in: line.value) {
            let name = String(decoding: bytes[line.value.lowerBound..<colon], as: UTF8.self)
            line.key = name.filter { $0 != "\"" && $0 != "'" }
            line.value = trimmed(colon + 1..<line.value.upperBound)
        }
        return line
    }

    /// The offset of the colon behind a key.
    private func keyEnd(in range: Range<Int>) -> Int? {
        guard let first = bytes[range].first, !"[{|>".utf8.contains(first) else { return nil }
        var quote: UInt8?
        for index in range {
            let byte = bytes[index]
            if let open = quote {
                if byte == open { quote = nil }
            } else if index == range.lowerBound, byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                quote = byte
            } else if byte == UInt8(ascii: ":"), index + 1 == range.upperBound || bytes[index + 1] == 0x20 {
                return index
            }
        }
        return nil
    }

    private func withoutComment(_ range: Range<Int>) -> Range<Int> {
        var quote: UInt8?
        for index in range {
            let byte = bytes[index]
            if let open = quote {
                if byte == open { quote = nil }
            } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                let isFirst =
                    index == range.lowerBound || bytes[index - 1] == 0x20 || bytes[index - 1] == UInt8(ascii: "[")
                if isFirst { quote = byte }
            } else if byte == UInt8(ascii: "#"), index == range.lowerBound || bytes[index - 1] == 0x20 {
                return trimmed(range.lowerBound..<index)
            }
        }
        return trimmed(range)
    }

    private func trimmed(_ range: Range<Int>) -> Range<Int> {
        var (start, end) = (range.lowerBound, range.upperBound)
        while start < end, bytes[start] == 0x20 || bytes[start] == 0x09 { start += 1 }
        while end > start, bytes[end - 1] == 0x20 || bytes[end - 1] == 0x09 { end -= 1 }
        return start..<end
    }
}

/// Finds the lines of a script or of a file of variables, lines that a backslash continues taken together.
struct LineScanner {
    private let bytes: [UInt8]
    private let text: SourceText

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        text = SourceText(bytes)
    }

    func scan() -> [Setting] {
        var settings: [Setting] = []
        var start: Int?
        for number in 1...max(1, text.lineCount) {
            let content = bytes[text.lineContent(number)].drop { $0 == 0x20 || $0 == 0x09 }
            if start == nil, content.isEmpty || content.first == UInt8(ascii: "#") { continue }
            let first = start ?? number
            start = content.last == UInt8(ascii: "\\") ? first : nil
            guard start == nil else { continue }
            let words = String(decoding: bytes[text.lineContent(first)], as: UTF8.self).split(separator: " ")
            let range = text.lineBytes(first).lowerBound..<text.lineBytes(number).upperBound
            settings.append(Setting(path: words.first.map(String.init) ?? "", range: range, line: first))
        }
        return settings
    }
}
