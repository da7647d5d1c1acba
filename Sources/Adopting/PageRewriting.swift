import Guides

/// Writes decisions into a page: other info strings, and prompts where there were none.
struct PageRewriting {
    let guide: Guide
    /// Fences that are wrong as they stand, by the indices of their blocks.
    let foreign: [Int: ForeignFence]
    /// Front matter to add, such as `broker: ops/nats.conf`.
    var frontMatter: [String] = []

    func bytes(_ decisions: [BlockDecision]) -> [UInt8] {
        let text = SourceText(guide.source)
        var edits: [(range: Range<Int>, with: [UInt8])] = []
        var session = decisions.count { $0.isKept && $0.serves }
        for (block, decision) in zip(guide.blocks, decisions) {
            guard let info = info(of: block, decision, decisions, session: &session) else { continue }
            edits.append((FenceInfo(block, in: text).range, Array(info.utf8)))
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
        guard !decision.isKept else { return nil }
        let language = foreign[block.index]?.language ?? block.language
        var words: [String]
        switch decision.kind {
        case .none:
            // A message in the looks of a shell would be run.
            let isMistaken = decision.isNoExample && [.console, .script].contains(block.kind)
            guard isMistaken || foreign[block.index] != nil else { return nil }
            return ([isMistaken || language.isEmpty ? "text" : language] + decision.looks).joined(separator: " ")
        case .console: words = ["console"]
        case .script: words = [["sh", "bash"].contains(language) ? language : "sh"]
        case .output(let index):
            words = [language.lowercased() == "json" ? "json" : "text"]
            words.append("expect=\(all[index].name ?? "example-\(index + 1)")")
        case .file(let path):
            words = [language.isEmpty ? path.split(separator: ".").last.map(String.init) ?? "text" : language]
            words.append(path.contains(" ") ? "file=\"\(path)\"" : "file=\(path)")
        }
        if let name = decision.name { words.append("name=\(name)") }
        if decision.serves {
            session += 1
            words.append("session=terminal-\(session + 1)")
        }
        return (words + decision.attributes + decision.looks).joined(separator: " ")
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
        let first = text.bytes[text.lineBytes(1)]
        let ending = first.suffix(2) == [0x0D, 0x0A] ? "\r\n" : "\n"
        let lines = frontMatter.map { $0 + ending }.joined()
        guard guide.bodyOffset > 0 else {
            // Behind a byte order mark, which can only be a file's first character.
            let start = text.lineContent(1).lowerBound
            return (start..<start, Array("---\(ending)\(lines)---\(ending)\(ending)".utf8))
        }
        let second = text.lineBytes(1).upperBound
        return (second..<second, Array(lines.utf8))
    }
}
