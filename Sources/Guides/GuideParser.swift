import CCmark

/// Parses one guide's bytes into a ``Guide`` with every fenced block in its exact place.
///
/// 1. UTF-8 and NUL bytes are checked: what is not text is not parsed.
/// 2. The front matter is cut off and read.
/// 3. libcmark parses the rest; a walk over its block nodes finds fences and directives.
/// 4. Info strings are read from the source line itself, so that columns are exact.
/// 5. Names and references between blocks are checked.
///
/// All errors of all steps are collected.
package struct GuideParser {
    let file: String
    let text: SourceText
    var diagnostics: [Diagnostic] = []
    var blocks: [Block] = []
    var directives = Attributes()
    /// The last directive seen, waiting for a fence that follows it directly.
    var pendingDirective: (attributes: Attributes, lastLine: Int)?
    var title: String?
    private var bodyLineOffset = 0
    private var counts: [Block.Kind: Int] = [:]

    private init(file: String, text: SourceText) {
        self.file = file
        self.text = text
    }

    /// Parses `bytes`.
    ///
    /// - Parameters:
    ///   - path: the file's path relative to the project's root, for messages.
    ///   - name: the guide's name, such as `running-nats`.
    /// - Returns: the guide, nil when the bytes are not text, and everything that is wrong with it.
    package static func parse(path: String, name: String, bytes: [UInt8]) -> (guide: Guide?, diagnostics: [Diagnostic])
    {
        let text = SourceText(bytes)
        if let diagnostic = undecodable(text, path: path) {
            return (nil, [diagnostic])
        }
        var parser = GuideParser(file: path, text: text)
        let front = FrontMatterParser.parse(file: path, text: text)
        parser.diagnostics = front.diagnostics
        parser.bodyLineOffset = front.lineCount
        parser.walk(from: front.byteCount)
        parser.checkReferences()
        var frontMatter = front.frontMatter
        frontMatter.title = frontMatter.title ?? parser.title
        let guide = Guide(
            path: path,
            source: bytes,
            frontMatter: frontMatter,
            bodyOffset: front.byteCount,
            bodyLineOffset: front.lineCount,
            blocks: parser.blocks,
            directives: parser.directives,
            name: name
        )
        return (guide, parser.diagnostics)
    }

    private static func undecodable(_ text: SourceText, path: String) -> Diagnostic? {
        if let offset = SourceText.firstInvalidUTF8(in: text.bytes) {
            let position = text.position(of: offset)
            let byte = String(text.bytes[offset], radix: 16, uppercase: true)
            return Diagnostic(
                code: "not-utf8",
                "the guide is not UTF-8: byte 0x\(byte) at offset \(offset) begins no character",
                file: path,
                range: SourceRange(line: position.line, column: position.column),
                help: "save it as UTF-8, for instance with: iconv -f ISO-8859-1 -t UTF-8"
            )
        }
        if let offset = text.bytes.firstIndex(of: 0) {
            let position = text.position(of: offset)
            return Diagnostic(
                code: "nul-byte",
                "the guide contains a NUL byte",
                file: path,
                range: SourceRange(line: position.line, column: position.column),
                help: "remove it: a guide is text"
            )
        }
        return nil
    }

    // MARK: - The walk over libcmark's blocks

    private mutating func walk(from offset: Int) {
        let document = text.bytes.withUnsafeBufferPointer { buffer -> OpaquePointer? in
            // libcmark takes C strings; the pointer is only read during the call.
            let start = UnsafeRawPointer(buffer.baseAddress)?.advanced(by: offset)
                .assumingMemoryBound(to: CChar.self)
            return cmark_parse_document(start, buffer.count - offset, CMARK_OPT_DEFAULT)
        }
        guard let document else {
            return
        }
        defer { cmark_node_free(document) }
        visitChildren(of: document)
    }

    private mutating func visitChildren(of parent: OpaquePointer) {
        var child = cmark_node_first_child(parent)
        while let node = child {
            switch cmark_node_get_type(node) {
            case CMARK_NODE_CODE_BLOCK:
                visitCode(node)
            case CMARK_NODE_HTML_BLOCK:
                visitHTML(node)
            case CMARK_NODE_HEADING:
                if title == nil, cmark_node_get_heading_level(node) == 1 {
                    title = Self.plainText(of: node)
                }
            case CMARK_NODE_BLOCK_QUOTE, CMARK_NODE_LIST, CMARK_NODE_ITEM:
                visitChildren(of: node)
            default:
                break
            }
            child = cmark_node_next(node)
        }
    }

    private mutating func visitCode(_ node: OpaquePointer) {
        guard let fence = FencePlace(node, text: text, lineOffset: bodyLineOffset) else {
            return
        }
        let info = readInfo(fence)
        var attributes = info.attributes
        if let pending = pendingDirective, isBlank(between: pending.lastLine, and: fence.range.start.line) {
            attributes.entries += pending.attributes.entries.filter { attributes.entry($0.key) == nil }
        } else if let pending = pendingDirective {
            directives.entries += pending.attributes.entries
        }
        pendingDirective = nil
        let kind = Self.kind(language: info.language, attributes: attributes)
        diagnostics += AttributeRule.check(attributes, kind: kind, file: file)
        if !fence.isClosed {
            diagnostics.append(
                Diagnostic(
                    code: "unclosed-fence",
                    "this code block is never closed",
                    file: file,
                    range: SourceRange(
                        line: fence.range.start.line, column: fence.range.start.column, length: fence.markerLength
                    ),
                    help: "close it with a line of \(fence.markerLength) or more \"\(fence.marker)\" alone"
                )
            )
        }
        counts[kind, default: 0] += 1
        blocks.append(
            Block(
                kind: kind,
                language: info.language,
                attributes: attributes,
                name: attributes["name"] ?? "\(kind.rawValue)-\(counts[kind] ?? 1)",
                text: Self.literal(of: node),
                index: blocks.count,
                range: fence.range,
                contentLine: fence.range.start.line + 1,
                indentation: fence.range.start.column - 1,
                contentBytes: fence.contentBytes
            )
        )
    }

    private mutating func readInfo(_ fence: FencePlace) -> (language: String, attributes: Attributes) {
        let line = fence.range.start.line
        let content = text.lineContent(line)
        var index = content.lowerBound + fence.range.start.column - 1 + fence.markerLength
        while index < content.upperBound, text.bytes[index] == 0x20 || text.bytes[index] == 0x09 {
            index += 1
        }
        let start = index
        while index < content.upperBound, text.bytes[index] != 0x20, text.bytes[index] != 0x09 {
            index += 1
        }
        let language = String(decoding: text.bytes[start..<index], as: UTF8.self)
        var scanner = AttributeScanner(
            file: file, bytes: text.bytes, line: line, lineStart: text.lineStarts[line - 1]
        )
        if language.contains("=") {
            // The language is missing: everything is attributes.
            let attributes = scanner.scan(start..<content.upperBound)
            diagnostics += scanner.diagnostics
            diagnostics.append(
                Diagnostic(
                    code: "missing-language",
                    "the first word of a fence is its language, and here it is \"\(language)\"",
                    file: file,
                    range: SourceRange(line: line, column: start - content.lowerBound + 1, length: index - start),
                    help: "put a language before it, such as conf, sh, console or text"
                )
            )
            return ("", attributes)
        }
        let attributes = scanner.scan(index..<content.upperBound)
        diagnostics += scanner.diagnostics
        return (language, attributes)
    }

    // MARK: - Directives

    private mutating func visitHTML(_ node: OpaquePointer) {
        if let pending = pendingDirective {
            directives.entries += pending.attributes.entries
            pendingDirective = nil
        }
        let first = Int(cmark_node_get_start_line(node)) + bodyLineOffset
        let last = max(first, Int(cmark_node_get_end_line(node)) + bodyLineOffset)
        for line in first...last {
            let content = text.lineContent(line)
            guard let inside = directiveRange(in: content) else {
                continue
            }
            var scanner = AttributeScanner(
                file: file, bytes: text.bytes, line: line, lineStart: text.lineStarts[line - 1]
            )
            let attributes = scanner.scan(inside)
            diagnostics += scanner.diagnostics
            pendingDirective = (attributes, last)
        }
    }

    /// The range between `<!-- launchpad:` and `-->` on one line, or nil.
    private func directiveRange(in content: Range<Int>) -> Range<Int>? {
        let opening = Array("<!--".utf8)
        let keyword = Array("launchpad:".utf8)
        let closing = Array("-->".utf8)
        var index = content.lowerBound
        while index < content.upperBound, text.bytes[index] == 0x20 {
            index += 1
        }
        guard text.bytes[index..<content.upperBound].starts(with: opening) else {
            return nil
        }
        index += opening.count
        while index < content.upperBound, text.bytes[index] == 0x20 {
            index += 1
        }
        guard text.bytes[index..<content.upperBound].starts(with: keyword) else {
            return nil
        }
        index += keyword.count
        var end = index
        while end + closing.count <= content.upperBound, !text.bytes[end...].starts(with: closing) {
            end += 1
        }
        return index..<(end + closing.count <= content.upperBound ? end : content.upperBound)
    }

    private func isBlank(between first: Int, and last: Int) -> Bool {
        guard last > first else {
            return false
        }
        return ((first + 1)..<last).allSatisfy {
            text.bytes[text.lineContent($0)].allSatisfy { $0 == 0x20 || $0 == 0x09 }
        }
    }

    // MARK: - Helpers

    private static func kind(language: String, attributes: Attributes) -> Block.Kind {
        if attributes["file"] != nil {
            return .file
        }
        if attributes["expect"] != nil {
            return .expectation
        }
        switch language {
        case "console": return .console
        case "sh", "bash": return .script
        default: return .sample
        }
    }

    private static func literal(of node: OpaquePointer) -> String {
        guard let literal = cmark_node_get_literal(node) else {
            return ""
        }
        let string = String(cString: literal)
        // "\r\n" is one Character, so the search is over bytes.
        guard string.utf8.contains(0x0D) else {
            return string
        }
        var bytes: [UInt8] = []
        var previous: UInt8 = 0
        for byte in string.utf8 {
            if byte == 0x0D {
                bytes.append(0x0A)
            } else if byte != 0x0A || previous != 0x0D {
                bytes.append(byte)
            }
            previous = byte
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func plainText(of node: OpaquePointer) -> String {
        var result = ""
        var child = cmark_node_first_child(node)
        while let current = child {
            switch cmark_node_get_type(current) {
            case CMARK_NODE_TEXT, CMARK_NODE_CODE:
                if let literal = cmark_node_get_literal(current) {
                    result += String(cString: literal)
                }
            case CMARK_NODE_SOFTBREAK, CMARK_NODE_LINEBREAK:
                result += " "
            default:
                result += plainText(of: current)
            }
            child = cmark_node_next(current)
        }
        return result
    }
}

/// Where a fenced block stands; nil for an indented one.
private struct FencePlace {
    var range: SourceRange
    var marker: Character
    var markerLength: Int
    var isClosed: Bool
    var contentBytes: Range<Int>

    init?(_ node: OpaquePointer, text: SourceText, lineOffset: Int) {
        let first = Int(cmark_node_get_start_line(node)) + lineOffset
        let last = Int(cmark_node_get_end_line(node)) + lineOffset
        let column = Int(cmark_node_get_start_column(node))
        let literalLines = Self.lineCount(of: cmark_node_get_literal(node))
        // An indented block has as many lines as its text; a fenced one has its fence, too.
        guard literalLines <= last - first else {
            return nil
        }
        let opening = text.lineContent(first)
        var index = opening.lowerBound + column - 1
        guard index < opening.upperBound, text.bytes[index] == 0x60 || text.bytes[index] == 0x7E else {
            return nil
        }
        let byte = text.bytes[index]
        let markerStart = index
        while index < opening.upperBound, text.bytes[index] == byte {
            index += 1
        }
        marker = byte == 0x60 ? "`" : "~"
        markerLength = index - markerStart
        guard markerLength >= 3 else {
            return nil
        }
        isClosed = literalLines == last - first - 1
        let contentStart = text.lineBytes(first).upperBound
        let contentEnd = isClosed ? text.lineBytes(last).lowerBound : text.lineBytes(last).upperBound
        contentBytes = contentStart..<max(contentStart, contentEnd)
        let end = text.lineContent(last)
        range = SourceRange(
            start: SourcePosition(line: first, column: column),
            end: SourcePosition(line: last, column: end.count + 1)
        )
    }

    private static func lineCount(of literal: UnsafePointer<CChar>?) -> Int {
        guard var pointer = literal else {
            return 0
        }
        var count = 0
        var isLineOpen = false
        while pointer.pointee != 0 {
            isLineOpen = pointer.pointee != 0x0A
            if !isLineOpen {
                count += 1
            }
            pointer += 1
        }
        return count + (isLineOpen ? 1 : 0)
    }
}
