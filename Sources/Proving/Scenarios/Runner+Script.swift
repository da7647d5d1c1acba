import Guides

extension ProjectConfiguration.Runner {
    /// A script that writes a sample to a file in a directory of its own and gives it to the runner as its last argument.
    func script(for block: Block) -> String {
        let end = HereDocument.delimiter(for: block.text)
        let file = "$sample/sample.\(Self.suffixes[block.language.lowercased()] ?? block.language)"
        return """
            sample=$(mktemp -d)
            trap 'rm -rf "$sample"' EXIT
            cat >"\(file)" <<'\(end)'
            \(block.text)\(end)
            \(command) "\(file)"

            """
    }

    /// The file name suffixes that languages' tools insist on.
    private static let suffixes = [
        "python": "py", "javascript": "js", "typescript": "ts", "kotlin": "kts", "ruby": "rb", "rust": "rs",
        "perl": "pl",
        "csharp": "cs", "c++": "cpp",
    ]
}

/// Here-documents of bash.
enum HereDocument {
    /// A line that ends a here-document with this text and does not stand in it.
    static func delimiter(for text: String) -> String {
        let lines = Set(text.split(separator: "\n", omittingEmptySubsequences: false))
        var number = 1
        var candidate = "END"
        while lines.contains(candidate[...]) {
            number += 1
            candidate = "END_\(number)"
        }
        return candidate
    }
}
