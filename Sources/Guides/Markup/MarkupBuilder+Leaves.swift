/// Cuts paragraphs and headings into what GFM sees in them.
extension MarkupBuilder {
    mutating func addHeading(_ node: CmarkNode) {
        let line = node.startLine
        let bytes = body.text.bytes
        let content = body.text.lineContent(line)
        var start = content.lowerBound + node.startColumn - 1
        var hashes = 0
        while start < content.upperBound, bytes[start] == UInt8(ascii: "#") {
            start += 1
            hashes += 1
        }
        let isUnderlined =
            hashes == 0 || hashes > 6 || (start < content.upperBound && !Self.isSpace(bytes[start]))
        guard isUnderlined else {
            let text = Self.headingText(start..<content.upperBound, in: bytes)
            var cut = InlineDocument.Content(bytes: Array(bytes[text]), lines: [(0, text.lowerBound)])
            cut.isCut = true
            events.append(.open(.heading(level: node.headingLevel), range(of: node)))
            addInlines(cut, startsBlock: false)
            events.append(.close)
            return
        }
        let last = underline(of: node)
        let text = self.content(of: node, through: last - 1)
        if let table = TableScanner.scan(text) {
            // To libcmark, the row of dashes below a table is the underline of a heading.
            addUnderlinedTable(table, content: text, node: node, underline: last)
            return
        }
        let place = range(from: line, column: node.startColumn, to: last)
        events.append(.open(.heading(level: node.headingLevel), place))
        addInlines(text, startsBlock: true)
        events.append(.close)
    }

    /// The line that underlines a heading: libcmark ends the heading there or one line below.
    private func underline(of node: CmarkNode) -> Int {
        let last = lastLine(of: node)
        let byte = UInt8(ascii: node.headingLevel == 1 ? "=" : "-")
        let isEarlier = last - 1 > node.startLine && underlining(on: last - 1).allSatisfy { $0 == byte }
        return isEarlier ? last - 1 : last
    }

    /// What stands on a line below a heading.
    private func underlining(on line: Int) -> ArraySlice<UInt8> {
        let cursor = ContainerChain.content(of: line, in: chains[chains.count - 1], text: body.text)
        var bytes = body.text.bytes[cursor.offset..<cursor.end]
        while let first = bytes.first, Self.isSpace(first) {
            bytes.removeFirst()
        }
        while let last = bytes.last, Self.isSpace(last) {
            bytes.removeLast()
        }
        return bytes
    }

    mutating func addParagraph(_ node: CmarkNode) {
        var content = content(of: node, through: lastLine(of: node))
        guard !content.lines.isEmpty else {
            return
        }
        if cutAlert(&content, node: node) || cutTask(&content, node: node), content.bytes.isEmpty {
            return
        }
        if let table = TableScanner.scan(content) {
            addTable(table, content: content, node: node)
        } else {
            addPlainParagraph(content, node: node)
        }
    }

    private mutating func addPlainParagraph(_ content: InlineDocument.Content, node: CmarkNode) {
        events.append(.open(.paragraph, range(of: content)))
        addInlines(content, startsBlock: !content.isCut)
        events.append(.close)
    }

    /// The lines from the node's first to `last` without what belongs to containers.
    private func content(of node: CmarkNode, through last: Int) -> InlineDocument.Content {
        var content = InlineDocument.Content()
        for line in node.startLine...max(node.startLine, last) {
            let end = body.text.lineContent(line).upperBound
            var start: Int
            if line == node.startLine {
                start = min(body.text.lineBytes(line).lowerBound + max(0, node.startColumn - 1), end)
            } else {
                start = ContainerChain.content(of: line, in: chains[chains.count - 1], text: body.text).offset
            }
            while start < end, Self.isSpace(body.text.bytes[start]) {
                start += 1
            }
            if !content.lines.isEmpty {
                content.bytes.append(UInt8(ascii: "\n"))
            }
            content.lines.append((content.bytes.count, start))
            content.bytes += body.text.bytes[start..<end]
        }
        return content
    }

    // MARK: - Alerts and tasks

    /// Takes `[!NOTE]` from the start of a quote, which becomes an alert.
    private mutating func cutAlert(_ content: inout InlineDocument.Content, node: CmarkNode) -> Bool {
        // Alerts cannot stand in other blocks, and have a text.
        guard openings.count == 1, node.previous == nil, let opening = openings.last,
            case .open(.blockQuote, let range) = events[opening],
            content.lines.count > 1 || node.next != nil
        else {
            return false
        }
        let end = content.lines.count > 1 ? content.lines[1].start - 1 : content.bytes.count
        var title = content.bytes[..<end]
        while let last = title.last, Self.isSpace(last) {
            title.removeLast()
        }
        let name = String(decoding: title, as: UTF8.self).lowercased()
        guard let kind = Markup.AlertKind.allCases.first(where: { name == "[!\($0.rawValue)]" }) else {
            return false
        }
        events[opening] = .open(.alert(kind), range)
        content.dropFirst(min(end + 1, content.bytes.count))
        return true
    }

    /// Takes `[ ] ` or `[x] ` from the start of a list item.
    private mutating func cutTask(_ content: inout InlineDocument.Content, node: CmarkNode) -> Bool {
        guard node.previous == nil, let opening = openings.last, case .open(.item, let range) = events[opening],
            content.bytes.count > 4, content.bytes[0] == UInt8(ascii: "["), content.bytes[2] == UInt8(ascii: "]"),
            Self.isSpace(content.bytes[3])
        else {
            return false
        }
        let isTicked = content.bytes[1] | 0x20 == UInt8(ascii: "x")
        guard isTicked || Self.isSpace(content.bytes[1]) else {
            return false
        }
        var start = 4
        while start < content.bytes.count,
            Self.isSpace(content.bytes[start]) || content.bytes[start] == UInt8(ascii: "\n")
        {
            start += 1
        }
        guard start < content.bytes.count else {
            return false
        }
        events[opening] = .open(.item(task: isTicked), range)
        content.dropFirst(start)
        return true
    }

    // MARK: - Tables

    private mutating func addTable(_ table: TableScanner.Table, content: InlineDocument.Content, node: CmarkNode) {
        if table.firstLine > 0 {
            var before = content
            before.keepLines(0..<table.firstLine)
            addPlainParagraph(before, node: node)
        }
        var whole = content
        whole.keepLines(table.firstLine..<content.lines.count)
        events.append(.open(.table(alignments: table.alignments), range(of: whole)))
        for (index, row) in table.rows.enumerated() {
            var line = content
            // The delimiter row stands behind the first one.
            let number = table.firstLine + (index == 0 ? 0 : index + 1)
            line.keepLines(number..<number + 1)
            events.append(.open(.tableRow, range(of: line)))
            for cell in row {
                let source = content.lines[number].source + cell.lowerBound - content.lines[number].start
                var text = InlineDocument.Content(bytes: Array(content.bytes[cell]), lines: [(0, source)])
                text.isCut = true
                text.isCell = true
                events.append(.open(.tableCell, range(of: text)))
                if !cell.isEmpty {
                    addInlines(text, startsBlock: false)
                }
                events.append(.close)
            }
            events.append(.close)
        }
        events.append(.close)
    }

    private mutating func addUnderlinedTable(
        _ table: TableScanner.Table,
        content: InlineDocument.Content,
        node: CmarkNode,
        underline: Int
    ) {
        let line = underlining(on: underline)
        if line.count >= 3, line.first == UInt8(ascii: "-") {
            addTable(table, content: content, node: node)
            let column = line.startIndex - body.text.lineContent(underline).lowerBound + 1
            events.append(.leaf(Markup(.thematicBreak, range: range(from: underline, column: column, to: underline))))
            return
        }
        let whole = self.content(of: node, through: underline)
        if let table = TableScanner.scan(whole) {
            addTable(table, content: whole, node: node)
        }
    }

    // MARK: - Helpers

    private mutating func addInlines(_ content: InlineDocument.Content, startsBlock: Bool) {
        guard !content.bytes.isEmpty else {
            return
        }
        events.append(.inlines(document.add(content), startsBlock: startsBlock))
    }

    private func range(of content: InlineDocument.Content) -> SourceRange {
        guard let first = content.lines.first, let last = content.lines.last else {
            return SourceRange(line: body.lineOffset + 1, column: 1)
        }
        let start = body.position(of: first.source)
        return SourceRange(
            start: start, end: max(start, body.position(of: last.source + content.bytes.count - last.start))
        )
    }

    /// A heading's text without the white space and the hashes around it.
    private static func headingText(_ range: Range<Int>, in bytes: [UInt8]) -> Range<Int> {
        var start = range.lowerBound
        while start < range.upperBound, isSpace(bytes[start]) {
            start += 1
        }
        var end = range.upperBound
        while end > start, isSpace(bytes[end - 1]) {
            end -= 1
        }
        var hashes = end
        while hashes > start, bytes[hashes - 1] == UInt8(ascii: "#") {
            hashes -= 1
        }
        if hashes < end, hashes == start || isSpace(bytes[hashes - 1]) {
            end = hashes
            while end > start, isSpace(bytes[end - 1]) {
                end -= 1
            }
        }
        return start..<end
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
}

extension InlineDocument.Content {
    /// Drops the first `count` bytes; what is left cannot be a link definition.
    mutating func dropFirst(_ count: Int) {
        let line = lines.lastIndex { $0.start <= count } ?? 0
        var kept = Array(lines[line...])
        kept[0] = (count, kept[0].source + count - kept[0].start)
        lines = kept.map { ($0.start - count, $0.source) }
        bytes.removeFirst(count)
        isCut = true
    }

    /// Keeps only these lines.
    mutating func keepLines(_ range: Range<Int>) {
        let start = lines[range.lowerBound].start
        let end = range.upperBound < lines.count ? lines[range.upperBound].start - 1 : bytes.count
        lines = lines[range].map { ($0.start - start, $0.source) }
        bytes = Array(bytes[start..<max(start, end)])
        isCut = isCut || range.lowerBound > 0
    }
}
