extension LedgerComparison {
    /// The kinds of change in the order in which they matter, each with its heading.
    var sections: [(title: String, symbol: String, changes: [Change])] {
        [
            ("Newly broken", "✗", newlyBroken),
            ("No longer proven", "-", noLongerProven),
            ("Fixed", "✓", fixed),
            ("Newly proven", "✓", newlyProven),
            ("Still broken", "✗", stillBroken),
        ].filter { !$0.2.isEmpty }
    }

    /// For people, in plain text.
    package var text: String {
        guard !sections.isEmpty else { return "nothing is proven that was not, or the other way round\n" }
        return sections.map { section in
            "\(section.title.lowercased()):\n"
                + section.changes.map { "  \(section.symbol) \($0.place): \($0.name): \($0.described)\n" }.joined()
        }.joined(separator: "\n")
    }

    /// Markdown for the summary of a pull request.
    package var markdown: String {
        guard !sections.isEmpty else { return "Nothing is proven that was not, or the other way round.\n" }
        return sections.map { section in
            "### \(section.title) (\(section.changes.count))\n\n| Check | What |\n|---|---|\n"
                + section.changes.map {
                    "| \(MarkdownText.code("\($0.place) \($0.name)")) | \(MarkdownText.cell($0.described)) |\n"
                }.joined()
        }.joined(separator: "\n")
    }
}

extension LedgerComparison.Change {
    var place: String { "\(guide):\(line)" }
    var name: String { block.isEmpty ? "the guide" : block }

    /// `passed → failed: exit status 1, expected 0`
    var described: String {
        let states = "\(before.map(LedgerCounts.word) ?? "new") → \(after.map(LedgerCounts.word) ?? "gone")"
        guard let reason, after != nil, after != .passed else { return states }
        return "\(states): \(reason)"
    }
}

/// Text inside Markdown, as code hosts show it.
package enum MarkdownText {
    /// What stands in one cell of a table.
    package static func cell(_ text: String) -> String {
        escape(TerminalText.clean(text).split(separator: "\n").joined(separator: " "))
    }

    /// A code span that may stand in a table.
    package static func code(_ text: String) -> String {
        let line = text.split(whereSeparator: \.isNewline).joined(separator: " ").replacing("|", with: "\\|")
        let fence = String(repeating: "`", count: longestRun(in: line) + 1)
        let isTouching = line.hasPrefix("`") || line.hasSuffix("`")
        return isTouching ? "\(fence) \(line) \(fence)" : "\(fence)\(line)\(fence)"
    }

    /// A fenced block whose fence is longer than any in the text.
    package static func fenced(_ text: String, language: String) -> String {
        let fence = String(repeating: "`", count: max(3, longestRun(in: text) + 1))
        return "\(fence)\(language)\n\(text.hasSuffix("\n") ? text : text + "\n")\(fence)\n"
    }

    private static func escape(_ text: String) -> String {
        text.reduce(into: "") { result, character in
            if "\\`*_{}[]<>|#&~".contains(character) { result.append("\\") }
            result.append(character)
        }
    }

    private static func longestRun(in text: String) -> Int {
        var longest = 0
        var run = 0
        for byte in text.utf8 {
            run = byte == UInt8(ascii: "`") ? run + 1 : 0
            longest = max(longest, run)
        }
        return longest
    }
}
