import Guides
import Proving

extension PageRenderer {
    /// Writes a fenced block as a figure: title bar, code, and what is known about it.
    mutating func fence(_ block: Block) {
        let status = statuses[block.index]
        search.block(block, status, engine: engine?.name)
        writer.raw("<figure class=\"code")
        if block.kind == .console {
            writer.raw(" console")
        }
        writer.raw("\"")
        if let anchor = outline.blockAnchors[block.index] {
            writer.attribute("id", anchor)
        }
        if let tab = block.attributes["tab"] {
            writer.attribute("data-tab", tab)
        }
        writer.raw(">\n")
        caption(block)
        code(block, status)
        if let path = block.attributes["file"], block.kind == .file {
            search.keys(ConfigurationKeys.keys(in: Array(block.text.utf8), of: path).map(\.name))
            fileState(path)
        } else if let status {
            let anchor = outline.blockAnchors[block.index].map { "#" + $0 } ?? ""
            let evidence = outline.root + RelativePath.encoded(EvidencePage.path(of: entry.guide)) + anchor
            ProofCard.write(status, engine: engine?.version ?? "", evidence: evidence, to: &writer)
            for step in status.proof?.steps ?? [] where step.output != "" {
                search.code(step.output)
            }
        }
        writer.raw("</figure>\n")
    }

    /// The block's text, in rows where it asks for numbers, marks or a diff's colours, and folded where it asks for it.
    private mutating func code(_ block: Block, _ status: BlockStatus?) {
        let page = writer
        writer = HTMLWriter(capacity: 2 * block.text.utf8.count + 64)
        content(block, status)
        var html = writer.bytes
        writer = page
        if block.kind == .console || block.kind == .expectation {
            Self.dropBlankLines(atEndOf: &html)
        }
        let hasNumbers = block.attributes["lines"] != nil
        let marked = block.attributes["mark"].flatMap(AttributeValues.lines) ?? []
        let isDiff = block.attributes["diff"] != nil
        var count = html.count { $0 == UInt8(ascii: "\n") }
        let hasRows = hasNumbers || isDiff || !marked.isEmpty
        if hasRows {
            (html, count) = CodeRows(marked: marked, isDiff: isDiff).rows(of: html)
            checkMarks(marked, of: block, count: count)
        }
        let isFolded = block.attributes["fold"] != nil
        if isFolded {
            writer.raw("<details class=\"fold\"><summary>")
            writer.trusted("\(count) line\(count == 1 ? "" : "s")".utf8)
            writer.raw("</summary>\n")
        }
        writer.raw(hasNumbers ? "<pre class=\"numbered\"><code>" : "<pre><code>")
        writer.trusted(html)
        writer.raw("</code></pre>\n")
        if isFolded {
            writer.raw("</details>\n")
        }
    }

    /// Blank lines that a command printed last look like a mistake of the page; the evidence has them.
    private static func dropBlankLines(atEndOf html: inout [UInt8]) {
        let end = Array("\n\n</span>".utf8)
        while html.suffix(end.count).elementsEqual(end) {
            html.remove(at: html.count - end.count)
        }
    }

    private mutating func content(_ block: Block, _ status: BlockStatus?) {
        switch block.kind {
        case .console: console(block, status)
        case .expectation: expectation(block)
        case .file, .script, .sample:
            let text = included(block) ?? block.text
            writer.code(text, language(of: block))
            search.code(text)
        }
    }

    /// What a block shows of a real file (`include=`); nil where it includes nothing.
    private mutating func included(_ block: Block) -> String? {
        guard let reference = block.attributes.entry("include") else { return nil }
        do throws(FileParts.Failure) {
            let text = try parts.text(of: reference.value)
            published.insert(.view(FileParts.path(reference.value)))
            guard block.text.isEmpty || block.text == text else { throw .differs(reference.value) }
            return text
        } catch {
            diagnostics.append(error.diagnostic(file: entry.guide.path, range: reference.valueRange))
            return nil
        }
    }

    /// Says where a line is marked that is not there.
    private mutating func checkMarks(_ marked: [ClosedRange<Int>], of block: Block, count: Int) {
        guard let line = marked.map(\.upperBound).max(), line > count else { return }
        diagnostics.append(
            Diagnostic(
                .warning,
                code: "mark-out-of-range",
                "line \(line) is marked, and this block has \(count)",
                file: entry.guide.path,
                range: block.attributes.entry("mark")?.valueRange ?? block.range,
                help: "count the block's own lines, from 1"
            )
        )
    }

    private mutating func caption(_ block: Block) {
        writer.raw("<figcaption>")
        let title = block.attributes["title"] ?? block.attributes["tab"]
        if let title {
            writer.raw("<span class=\"title\">")
            writer.text(title)
            writer.raw("</span>")
        }
        if block.kind == .file, let path = block.attributes["file"] {
            writer.raw("<a class=\"file\"")
            writer.attribute(
                "href", outline.root + RelativePath.encoded(PublishedFile.view(path).path) + lineAnchor(block, path))
            writer.raw("><svg class=\"i\"><use href=\"#i-file\"/></svg>")
            writer.text(path)
            writer.raw("</a>")
            if let part = block.attributes["part"] {
                writer.raw("<span class=\"part\">")
                writer.text(part)
                writer.raw("</span>")
            }
        } else if let path = block.attributes["include"].map(FileParts.path) {
            writer.raw("<a class=\"file\"")
            writer.attribute("href", outline.root + RelativePath.encoded(PublishedFile.view(path).path))
            writer.raw("><svg class=\"i\"><use href=\"#i-file\"/></svg>")
            writer.text(path)
            writer.raw("</a>")
        } else if title != label(of: block) {
            writer.raw("<span class=\"lang\">")
            writer.text(label(of: block))
            writer.raw("</span>")
        }
        writer.raw("</figcaption>")
    }

    private func lineAnchor(_ block: Block, _ path: String) -> String {
        fileStatuses[path]?.firstLines[block.index].map { "#L\($0)" } ?? ""
    }

    private func label(of block: Block) -> String {
        switch block.kind {
        case .console: "Terminal"
        case .script: "Script"
        case .expectation: "Output"
        case .file, .sample: block.language.isEmpty ? "Text" : LanguageName.of(block.language)
        }
    }

    private mutating func language(of block: Block) -> Highlighter.Language {
        guard !block.language.isEmpty else { return .plain }
        if let language = Highlighter.language(named: block.language) {
            return language
        }
        let nearest = LinkResolver.nearest(block.language.lowercased(), in: Highlighter.knownNames)
        diagnostics.append(
            Diagnostic(
                .warning,
                code: "unknown-language",
                "no highlighting for \"\(block.language)\"; the block is shown plain",
                file: entry.guide.path,
                range: block.range,
                help: nearest.map { "did you mean \"\($0)\"?" } ?? "write \"text\" where no colours are wanted"
            )
        )
        return .plain
    }

    private mutating func fileState(_ path: String) {
        guard let status = fileStatuses[path] else { return }
        writer.trusted("<p class=\"proof is-\(status.state.cssName)\">".utf8)
        writer.trusted(
            "<svg class=\"i\"><use href=\"#i-\(status.state.cssName)\"/></svg><b>\(status.state.label)</b> ".utf8)
        writer.raw("<span>")
        writer.text(status.state.explanation)
        writer.raw(" <a")
        writer.attribute("href", outline.root + RelativePath.encoded(PublishedFile.view(path).path))
        writer.raw(">whole file</a></span></p>\n")
    }

    // MARK: Transcripts

    /// Commands as they are typed, and what they really printed, where that is known; what the guide expects elsewhere.
    private mutating func console(_ block: Block, _ status: BlockStatus?) {
        let transcript = ConsoleTranscript(block, steps: check(of: block)?.steps)
        let recorded = status?.showsRealOutput == true ? status?.proof?.steps ?? [] : []
        for entry in transcript.entries {
            switch entry {
            case .remark(let text):
                writer.raw("<span class=c>")
                writer.text(text)
                writer.raw("</span>\n")
            case .command(let text, let expected, let step):
                command(text)
                search.code(text)
                guard transcript.showsOutput else { continue }
                if let step, recorded.indices.contains(step) {
                    output(recorded[step].output, real: true)
                } else {
                    output(expected, real: false)
                    search.code(expected)
                }
            }
        }
    }

    private func check(of block: Block) -> Check? {
        entry.scenario?.checks.first { $0.block.index == block.index }
    }

    /// The prompt is an element of its own, which the copy button and a selection leave out.
    private mutating func command(_ command: String) {
        writer.raw("<span class=\"cmd\">")
        Array(command.utf8).withUnsafeBufferPointer { text in
            var isFirst = true
            for line in LineSplitter.split(Highlighter.tokens(text, .table(.shell)), of: text) {
                writer.raw(isFirst ? "<span class=p>$ </span>" : "\n<span class=p>&gt; </span>")
                writer.code(text, tokens: line)
                isFirst = false
            }
        }
        writer.raw("</span>\n")
    }

    private mutating func output(_ text: String, real: Bool) {
        guard !text.isEmpty else { return }
        writer.raw("<span class=\"out\">")
        if real {
            writer.text(text)
        } else {
            writer.placeholders(in: text)
        }
        if !text.hasSuffix("\n") {
            writer.raw("\n")
        }
        writer.raw("</span>")
    }

    /// What a script prints: what it really printed, or what its guide expects.
    private mutating func expectation(_ block: Block) {
        let script = entry.guide.blocks.first { $0.kind == .script && $0.name == block.attributes["expect"] }
        let status = script.flatMap { statuses[$0.index] }
        if let status, status.showsRealOutput, let step = status.proof?.steps.first {
            output(step.output, real: true)
        } else {
            output(block.text, real: false)
            search.code(block.text)
        }
    }
}
