import CCmark

/// Directives in comments.
extension GuideParser {
    /// Reads the directives of an HTML block; one of anything else ends those that wait for a fence.
    ///
    /// - Parameter isReachable: false for a block that is nested too deeply to be looked at.
    mutating func visitHTML(_ node: CmarkNode, isReachable: Bool) {
        guard isReachable, let lines = directive(in: node) else {
            settleDirective()
            return
        }
        var scanner = AttributeScanner(file: file, text: text, hasEntities: false)
        for entry in pendingDirective {
            scanner.add(entry)
        }
        for line in lines {
            scanner.scan(line)
        }
        diagnostics += scanner.diagnostics
        pendingDirective = scanner.entries
    }

    /// A directive that no fence follows is one for the whole guide.
    mutating func settleDirective() {
        for entry in pendingDirective {
            if let first = directives.entry(entry.key) {
                diagnostics.append(
                    Diagnostic(
                        code: "repeated-attribute",
                        "\"\(entry.key)\" is given twice for the whole guide",
                        file: file,
                        range: entry.keyRange,
                        help: "keep one of them",
                        notes: [Diagnostic.Note("the other one is here", file: file, range: first.keyRange)]
                    )
                )
            } else {
                directives.entries.append(entry)
            }
        }
        pendingDirective = []
    }

    /// Reports a comment that was meant to be a directive: the keyword with other letters or without its colon, and then an
    /// attribute. Nobody would notice otherwise that it does nothing.
    private mutating func checkSpelling(_ range: Range<Int>) {
        let bytes = text.bytes[range]
        let word = bytes.prefix { !Marks.blanks.contains($0) && $0 != UInt8(ascii: ":") }
        guard String(decoding: word, as: UTF8.self).lowercased() == "launchpad" else {
            return
        }
        let rest = bytes[word.endIndex...].drop { Marks.blanks.contains($0) || $0 == UInt8(ascii: ":") }
        let key = String(decoding: rest.prefix { $0 != UInt8(ascii: "=") }, as: UTF8.self)
        guard rest.count > key.utf8.count, AttributeRule.all.contains(where: { $0.key == key }) else {
            return
        }
        diagnostics.append(
            Diagnostic(
                code: "malformed-directive",
                "this comment is no directive, though it looks like one",
                file: file,
                range: text.range(of: range.lowerBound..<rest.startIndex + key.utf8.count),
                help: "a directive begins with <!-- launchpad: in small letters and with a colon"
            )
        )
    }

    /// Reports directives in the middle of a text: they have lines of their own, or do nothing.
    mutating func checkInline(_ node: CmarkNode) {
        guard Self.holdsComment(node) else {
            return
        }
        let lines = node.startLine + bodyLineOffset...max(node.startLine, node.endLine) + bodyLineOffset
        for line in lines {
            var rest = text.lineContent(line)
            while let opening = text.bytes[rest].firstRange(of: Marks.opening) {
                rest = opening.upperBound..<rest.upperBound
                let body = text.bytes[rest].drop { Marks.blanks.contains($0) }
                let isCode = opening.lowerBound > 0 && text.bytes[opening.lowerBound - 1] == UInt8(ascii: "`")
                guard body.starts(with: Marks.keyword), !isCode else {
                    continue
                }
                diagnostics.append(
                    Diagnostic(
                        code: "misplaced-directive",
                        "a directive in the middle of a text does nothing",
                        file: file,
                        range: text.range(of: opening.lowerBound..<body.startIndex + Marks.keyword.count),
                        help: "put it on a line of its own: directly above a fence for that block, with blank lines "
                            + "around it for the whole guide"
                    )
                )
            }
        }
    }

    /// Whether a paragraph or heading holds a comment that is a directive by its looks; not so in a code span.
    private static func holdsComment(_ node: CmarkNode) -> Bool {
        var child = node.firstChild
        while let inline = child {
            if inline.type == CMARK_NODE_HTML_INLINE {
                let body = inline.literal.utf8.dropFirst(Marks.opening.count).drop { Marks.blanks.contains($0) }
                if inline.literal.hasPrefix("<!--"), body.starts(with: Marks.keyword) {
                    return true
                }
            }
            child = inline.next
        }
        return false
    }

    /// What stands between `<!-- launchpad:` and `-->`, line by line, in an HTML block that begins with such a comment;
    /// nil for any other. Comments that follow the first one on its last line are read, too.
    private mutating func directive(in node: CmarkNode) -> [Range<Int>]? {
        let first = node.startLine + bodyLineOffset
        let last = min(node.lastHTMLLine + bodyLineOffset, text.lineCount)
        let chain = ContainerChain.around(node, text: text, lineOffset: bodyLineOffset)
        var found: [Range<Int>]?
        var state = DirectiveState.outside
        for line in first...max(first, last) {
            var cursor = ContainerChain.content(of: line, in: chain, text: text)
            cursor.skipSpaces()
            var index = cursor.offset
            while index < cursor.end {
                let rest = text.bytes[index..<cursor.end]
                switch state {
                case .outside:
                    guard rest.starts(with: Marks.opening) else {
                        return found
                    }
                    state = .opened(index..<index + Marks.opening.count)
                    index += Marks.opening.count
                case .opened(let opening):
                    guard rest.starts(with: Marks.keyword) else {
                        checkSpelling(index..<cursor.end)
                        return found
                    }
                    state = .inside(opening)
                    found = found ?? []
                    index += Marks.keyword.count
                case .inside:
                    let end = rest.firstRange(of: Marks.closing)?.lowerBound
                    found?.append(index..<(end ?? cursor.end))
                    index = end.map { $0 + Marks.closing.count } ?? cursor.end
                    state = end == nil ? state : .outside
                }
                index = text.bytes[index..<cursor.end].firstIndex { $0 != 0x20 && $0 != 0x09 } ?? cursor.end
            }
        }
        if case .inside(let opening) = state {
            diagnostics.append(
                Diagnostic(
                    code: "unclosed-directive",
                    "this directive is never closed, so everything behind it is part of it",
                    file: file,
                    range: text.range(of: opening),
                    help: "close the comment with -->"
                )
            )
            return []
        }
        return found
    }
}

/// Where a search for directives is, with the place of the comment's opening.
private enum DirectiveState {
    case outside
    case opened(Range<Int>)
    case inside(Range<Int>)
}

private enum Marks {
    static let opening = Array("<!--".utf8)
    static let keyword = Array("launchpad:".utf8)
    static let closing = Array("-->".utf8)
    static let blanks = Array(" \t\r\n".utf8)
}
