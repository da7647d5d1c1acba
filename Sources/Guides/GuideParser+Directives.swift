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
}
