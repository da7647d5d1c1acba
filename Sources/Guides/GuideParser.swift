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
///
/// ## Directives
/// `<!-- launchpad: key=value ... -->`, on lines of its own, sets attributes that readers do not see. Directly above a
/// fence, with nothing but blank lines between, they belong to that block as if they stood on the fence. Anywhere else
/// they apply to the whole guide, which may have `engine`, `tool` and `timeout`.
package struct GuideParser {
    let file: String
    let text: SourceText
    var diagnostics: [Diagnostic] = []
    var blocks: [Block] = []
    var directives = Attributes()
    /// The directives that wait for a fence to follow them directly.
    var pendingDirective: [Attributes.Entry] = []
    /// The fence of the last block, until it is known to be closed.
    private var openFence: FencePlace?
    var title: String?
    var bodyLineOffset = 0
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
        parser.checkName(name)
        parser.walk(from: front.byteCount)
        parser.checkClosing(before: nil)
        parser.settleDirective()
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

    /// The name becomes part of addresses, file names and commands.
    private mutating func checkName(_ name: String) {
        let wrong = name.unicodeScalars.first { scalar in
            scalar.properties.isWhitespace || scalar.value < 0x20 || scalar.value == 0x7F
                || "\"'`\\<>|:*?#%&;$(){}[]!".unicodeScalars.contains(scalar)
        }
        guard let wrong else {
            return
        }
        let shown = wrong.properties.isWhitespace || wrong.value < 0x20 ? "white space" : "\"\(wrong)\""
        diagnostics.append(
            Diagnostic(
                code: "guide-path",
                "the name of a guide must not contain \(shown)",
                file: file,
                help: "rename the file: it becomes part of addresses and commands; letters, digits, -, _ and . are safe"
            )
        )
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

    /// Visits every block in document order. Needs no stack: how deep blocks are nested is up to the file.
    private mutating func walk(from offset: Int) {
        guard let tree = CmarkTree(text.bytes[offset...]) else {
            return
        }
        var next = tree.root.firstChild
        var depth = 1
        while let node = next {
            visit(node, depth: depth)
            if node.isContainer, let child = node.firstChild {
                next = child
                depth += 1
                continue
            }
            var last: CmarkNode? = node
            while let finished = last, finished.next == nil {
                last = finished.parent
                depth -= 1
            }
            next = last?.next
        }
    }

    /// Blocks deeper than this are not looked at.
    private static let depthLimit = 200

    private mutating func visit(_ node: CmarkNode, depth: Int) {
        switch node.type {
        case CMARK_NODE_CODE_BLOCK:
            guard depth <= Self.depthLimit else {
                rejectDepth(node)
                return
            }
            visitCode(node)
        case CMARK_NODE_HTML_BLOCK:
            visitHTML(node, isReachable: depth <= Self.depthLimit)
        case CMARK_NODE_HEADING:
            if title == nil, node.headingLevel == 1 {
                title = Self.plainText(of: node)
            }
            checkInline(node)
            settleDirective()
        case CMARK_NODE_PARAGRAPH:
            checkInline(node)
            settleDirective()
        case CMARK_NODE_BLOCK_QUOTE, CMARK_NODE_LIST, CMARK_NODE_ITEM:
            break
        default:
            settleDirective()
        }
    }

    private mutating func rejectDepth(_ node: CmarkNode) {
        diagnostics.append(
            Diagnostic(
                code: "nested-too-deeply",
                "this code block is nested in more than \(Self.depthLimit) lists and quotes",
                file: file,
                range: SourceRange(line: node.startLine + bodyLineOffset, column: max(1, node.startColumn)),
                help: "take it out of some of them"
            )
        )
    }

    private mutating func visitCode(_ node: CmarkNode) {
        guard let fence = FencePlace(node, text: text, lineOffset: bodyLineOffset) else {
            settleDirective()
            return
        }
        checkClosing(before: fence)
        var scanner = AttributeScanner(file: file, text: text, hasEntities: true)
        let language = readInfo(fence, &scanner)
        for entry in pendingDirective {
            scanner.add(entry)
        }
        pendingDirective = []
        diagnostics += scanner.diagnostics
        let attributes = Attributes(scanner.entries)
        let kind = Self.kind(language: language, attributes: attributes)
        diagnostics += AttributeRule.check(attributes, kind: kind, file: file)
        counts[kind, default: 0] += 1
        blocks.append(
            Block(
                kind: kind,
                language: language,
                attributes: attributes,
                name: attributes["name"] ?? "\(kind.rawValue)-\(counts[kind] ?? 1)",
                text: node.lines,
                index: blocks.count,
                range: fence.range,
                contentLine: fence.range.start.line + 1,
                indentation: fence.indentation,
                contentBytes: fence.contentBytes
            )
        )
        openFence = fence
    }

    /// Reports the last fence when nothing closes it.
    ///
    /// A line of marks behind its text closes it only when no other block begins there: one outside of a list or quote
    /// opens a block of its own.
    mutating func checkClosing(before next: FencePlace?) {
        defer { openFence = nil }
        guard let fence = openFence else {
            return
        }
        if let line = fence.closingLine, line != next?.range.start.line {
            return
        }
        let marks = String(decoding: text.bytes[fence.marks], as: UTF8.self)
        diagnostics.append(
            Diagnostic(
                code: "unclosed-fence",
                "this code block is never closed",
                file: file,
                range: text.range(of: fence.marks),
                help: "close it with a line of \(marks) alone"
                    + (fence.indentation > 0 ? ", inside the same list item or quote" : "")
            )
        )
    }

    private mutating func readInfo(_ fence: FencePlace, _ scanner: inout AttributeScanner) -> String {
        let isSpace: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 }
        let word = fence.info.lowerBound..<(text.bytes[fence.info].firstIndex(where: isSpace) ?? fence.info.upperBound)
        let language = String(decoding: text.bytes[word], as: UTF8.self)
        guard let wrong = text.bytes[word].firstIndex(where: { !Self.isLanguageByte($0) }) else {
            scanner.scan(word.upperBound..<fence.info.upperBound)
            return language
        }
        let decoded = scanner.decoded(word)
        if decoded != language, decoded.utf8.allSatisfy(Self.isLanguageByte) {
            scanner.scan(word.upperBound..<fence.info.upperBound)
            return decoded
        }
        if text.bytes[wrong] == UInt8(ascii: "=") {
            // The language is missing: everything is attributes.
            diagnostics.append(
                Diagnostic(
                    code: "missing-language",
                    "the first word of a fence is its language, and here it is \"\(language)\"",
                    file: file,
                    range: text.range(of: word),
                    help: "put a language before it, such as conf, sh, console or text"
                )
            )
            scanner.scan(fence.info)
            return ""
        }
        let rest = String(decoding: text.bytes[wrong..<word.upperBound], as: UTF8.self)
        let name = String(decoding: text.bytes[word.lowerBound..<wrong], as: UTF8.self)
        diagnostics.append(
            Diagnostic(
                code: "bad-language",
                name.isEmpty ? "\"\(language)\" is not a language" : "\"\(rest)\" does not belong to a language",
                file: file,
                range: text.range(of: wrong..<word.upperBound),
                help: AttributeScanner.advice(about: rest.hasPrefix(",") ? String(rest.dropFirst()) : rest)
            )
        )
        scanner.scan(word.upperBound..<fence.info.upperBound)
        return name
    }

    private static func isLanguageByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x80...: true
        default: "+#-_./*".utf8.contains(byte)
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

    private static func plainText(of node: CmarkNode) -> String {
        switch node.type {
        case CMARK_NODE_TEXT, CMARK_NODE_CODE: return node.literal
        case CMARK_NODE_SOFTBREAK, CMARK_NODE_LINEBREAK: return " "
        default: break
        }
        var result = ""
        CmarkTree.walk(node) { inner, entering in
            if entering, inner.pointer != node.pointer, inner.firstChild == nil {
                result += plainText(of: inner)
            }
        }
        return result
    }
}
