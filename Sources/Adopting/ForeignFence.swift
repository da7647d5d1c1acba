import Guides

/// The info string of a fence that was written for another tool: ` ```bash {1,3} showLineNumbers `, ` ```rust,no_run `.
///
/// Here it would be an error. What it says about looks is said in Launchpad's words; the rest has no meaning here.
struct ForeignFence {
    /// The language alone.
    let language: String
    /// Attributes that say the same.
    let looks: [String]
    /// Whether the author has it left out where examples are tested, as mdBook does.
    let isIgnored: Bool
    /// The info string as it was found.
    let info: String

    /// - Parameters:
    ///   - info: what stands behind the marks of the fence.
    ///   - valid: what Launchpad understands of it, as it is to be written.
    init(info: String, valid: [String]) {
        self.info = info
        let isLanguage: (Character) -> Bool = { $0.isLetter || $0.isNumber || "_+-#.".contains($0) }
        // Pandoc and R Markdown have the language in braces.
        let inBraces = info.firstMatch(of: /^\{\.?([A-Za-z][A-Za-z0-9_+-]*)/)?.1
        language = String(inBraces ?? info.prefix(while: isLanguage))
        let words = info.dropFirst(inBraces == nil ? language.count : 0).split {
            $0 == " " || $0 == "," || $0 == "{" || $0 == "}"
        }.map {
            $0.lowercased()
        }
        isIgnored = words.contains { ["ignore", "no_run", "norun", "no-run", "noexec"].contains($0) }
        var looks = valid
        if let marked = info.firstMatch(of: /\{([0-9][0-9, -]*)\}/), !valid.contains(where: { $0.hasPrefix("mark=") }) {
            looks.append("mark=" + marked.1.filter { $0 != " " })
        }
        let numbering = ["linenums", "linenos", "showlinenumbers", "numberlines", "linenos=true", "linenos=table"]
        if !valid.contains("lines"), words.contains(where: numbering.contains) { looks.append("lines") }
        self.looks = looks
    }

    /// The fences of a page that are wrong as they stand, by the indices of their blocks.
    static func all(in guide: Guide) -> [Int: ForeignFence] {
        let parsed = GuideParser.parse(path: guide.path, name: guide.name, bytes: guide.source)
        let wrong = Set(
            parsed.diagnostics.filter { $0.severity == .error && $0.code != "unclosed-fence" }
                .compactMap { $0.range?.start.line })
        let text = SourceText(guide.source)
        var fences: [Int: ForeignFence] = [:]
        for block in guide.blocks where wrong.contains(block.range.start.line) {
            let info = FenceInfo(block, in: text)
            let valid = block.attributes.entries.filter { FenceInfo.looks.contains($0.key) }.map(FenceInfo.written)
            fences[block.index] = ForeignFence(
                info: String(decoding: text.bytes[info.range], as: UTF8.self), valid: valid)
        }
        return fences
    }
}

/// Where the info string of a block stands.
struct FenceInfo {
    /// Behind the marks and the blanks that follow them, to the end of the line.
    let range: Range<Int>

    init(_ block: Block, in text: SourceText) {
        let line = text.lineContent(block.range.start.line)
        let marks = text.lineBytes(block.range.start.line).lowerBound + block.range.start.column - 1
        let mark = text.bytes[marks]
        let end = text.bytes[marks..<line.upperBound].firstIndex { $0 != mark } ?? line.upperBound
        let start = text.bytes[end..<line.upperBound].firstIndex { $0 != 0x20 && $0 != 0x09 } ?? end
        range = start..<line.upperBound
    }

    /// Attributes that say how a block looks, and nothing of what becomes of it.
    static let looks: Set<String> = ["title", "lines", "mark", "tab", "fold", "diff"]

    /// An attribute as it is written behind a fence.
    static func written(_ entry: Attributes.Entry) -> String {
        if ["serve", "terminal", "lines", "fold", "diff"].contains(entry.key), entry.value == "true" {
            return entry.key
        }
        let isPlain = !entry.value.isEmpty && !entry.value.contains { $0.isWhitespace || "\"\\&".contains($0) }
        let text = entry.value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("&", with: "\\&")
        return isPlain ? "\(entry.key)=\(entry.value)" : "\(entry.key)=\"\(text)\""
    }
}
