import Guides

/// Writes decisions into a page: other info strings, and prompts where there were none.
struct PageRewriting {
    let guide: Guide
    /// Front matter to add, such as `broker: ops/nats.conf`.
    var frontMatter: [String] = []

    func bytes(_ decisions: [BlockDecision]) -> [UInt8] {
        let text = SourceText(guide.source)
        var edits: [(range: Range<Int>, with: [UInt8])] = []
        var session = 0
        for (block, decision) in zip(guide.blocks, decisions) {
            guard let info = info(of: block, decision, decisions, session: &session) else { continue }
            let line = text.lineContent(block.range.start.line)
            let marks = text.lineBytes(block.range.start.line).lowerBound + block.range.start.column - 1
            let mark = text.bytes[marks]
            let end = text.bytes[marks..<line.upperBound].firstIndex { $0 != mark } ?? line.upperBound
            edits.append((end..<line.upperBound, Array(info.utf8)))
            edits += prompts(of: block, decision, text)
        }
        if let edit = frontMatterEdit(text) { edits.append(edit) }
        var result: [UInt8] = []
        var position = 0
        for edit in edits.sorted(by: { $0.range.lowerBound < $1.range.lowerBound }) {
            result += guide.source[position..<edit.range.lowerBound] + edit.with
            position = edit.range.upperBound
        }
        return result + guide.source[position...]
    }

    private func info(
        of block: Block, _ decision: BlockDecision, _ all: [BlockDecision], session: inout Int
    ) -> String? {
        var words: [String]
        switch decision.kind {
        case .none: return nil
        case .console: words = ["console"]
        case .script: words = [["sh", "bash"].contains(block.language) ? block.language : "sh"]
        case .output(let index):
            words = [block.language.lowercased() == "json" ? "json" : "text"]
            words.append("expect=\(all[index].name ?? "example-\(index + 1)")")
        case .file(let path):
            words = [
                block.language.isEmpty ? path.split(separator: ".").last.map(String.init) ?? "text" : block.language
            ]
            words.append(path.contains(" ") ? "file=\"\(path)\"" : "file=\(path)")
        }
        if let name = decision.name { words.append("name=\(name)") }
        if decision.serves {
            session += 1
            words.append("session=terminal-\(session + 1)")
        }
        return (words + decision.attributes).joined(separator: " ")
    }

    private func prompts(of block: Block, _ decision: BlockDecision, _ text: SourceText) -> [(Range<Int>, [UInt8])] {
        let lines = block.text.split(separator: "\n", omittingEmptySubsequences: false)
        return decision.prompts.map { index, prompt in
            let line = text.lineContent(block.contentLine + index)
            let start = max(line.lowerBound, line.upperBound - lines[index].utf8.count)
            return (start..<start + prompt.utf8.count, Array("$ ".utf8))
        }
    }

    private func frontMatterEdit(_ text: SourceText) -> (Range<Int>, [UInt8])? {
        guard !frontMatter.isEmpty else { return nil }
        let lines = frontMatter.map { $0 + "\n" }.joined()
        guard guide.bodyOffset > 0 else { return (0..<0, Array("---\n\(lines)---\n\n".utf8)) }
        let second = text.lineBytes(1).upperBound
        return (second..<second, Array(lines.utf8))
    }
}
