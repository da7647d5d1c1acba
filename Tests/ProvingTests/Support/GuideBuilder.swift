import Guides

/// Builds guides without the Markdown parser, so that these tests are about proving alone.
struct GuideBuilder {
    private var source = ""
    private var blocks: [Block] = []

    /// Adds a paragraph.
    mutating func prose(_ text: String) {
        source += text + "\n\n"
    }

    /// Adds a fenced block; `info` is the fence's info string, values without spaces.
    mutating func fence(_ info: String, _ text: String, name: String? = nil, prefix: String = "") {
        let line = source.utf8.count { $0 == UInt8(ascii: "\n") } + 1
        let words = info.split(separator: " ").map(String.init)
        var column = prefix.utf8.count + 4 + (words.first?.utf8.count ?? 0)
        let entries = words.dropFirst().map { word -> Attributes.Entry in
            let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
            let value = (parts.count > 1 ? parts[1] : "").replacing("␣", with: " ")
            let keyRange = SourceRange(line: line, column: column + 1, length: parts[0].utf8.count)
            let valueColumn = column + 2 + parts[0].utf8.count
            let valueRange = SourceRange(line: line, column: valueColumn, length: value.utf8.count)
            column += word.utf8.count + 1
            return .init(key: parts[0], value: value, keyRange: keyRange, valueRange: valueRange)
        }
        let attributes = Attributes(entries)
        let language = words.first ?? ""
        let kind: Block.Kind =
            if attributes["file"] != nil {
                .file
            } else if attributes["expect"] != nil {
                .expectation
            } else if language == "console" {
                .console
            } else if language == "sh" || language == "bash" {
                .script
            } else {
                .sample
            }
        let number = blocks.count { $0.kind == kind } + 1
        source += prefix + "```" + info + "\n"
        let start = source.utf8.count
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        if lines.last == "" { lines.removeLast() }
        for line in lines { source += prefix + line + "\n" }
        let end = source.utf8.count
        source += prefix + "```\n"
        blocks.append(
            Block(
                kind: kind,
                language: language,
                attributes: attributes,
                name: attributes["name"] ?? name ?? "\(kind.rawValue)-\(number)",
                text: lines.map { $0 + "\n" }.joined(),
                index: blocks.count,
                range: SourceRange(
                    start: SourcePosition(line: line, column: prefix.utf8.count + 1),
                    end: SourcePosition(line: line + lines.count + 1, column: prefix.utf8.count + 4)
                ),
                contentLine: line + 1,
                indentation: prefix.utf8.count,
                contentBytes: start..<end
            )
        )
        source += "\n"
    }

    func guide(_ name: String = "sample", directives: Attributes = Attributes()) -> Guide {
        Guide(
            path: "docs/\(name).md",
            source: Array(source.utf8),
            frontMatter: FrontMatter(),
            bodyOffset: 0,
            bodyLineOffset: 0,
            blocks: blocks,
            directives: directives,
            name: name
        )
    }
}
