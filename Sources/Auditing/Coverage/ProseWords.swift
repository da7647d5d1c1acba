import Guides

/// The code spans of a guide's prose with their lines.
enum CodeSpans {
    static func all(in markup: Markup) -> [(text: String, line: Int)] {
        var spans: [(String, Int)] = []
        var open = [markup]
        while let node = open.popLast() {
            if case .code(let text) = node.kind { spans.append((text, node.range.start.line)) }
            open += node.children.reversed()
        }
        return spans
    }
}

/// Commands as words.
enum Words {
    static func of(_ text: String) -> [String] {
        text.split(whereSeparator: \.isWhitespace).map(String.init)
    }

    /// The program that a command line starts: its first word that sets no variable.
    static func program(of command: String) -> String? {
        of(command).first { !$0.contains("=") && $0 != "sudo" }
    }

    /// Whether a command or a line of a script runs `words`: they stand in it in that order, and the first of them is its
    /// program.
    static func runs(_ command: String, _ words: [String]) -> Bool {
        command.split(whereSeparator: { "\n|;&(".contains($0) }).contains { line in
            var rest = of(String(line))[...]
            guard let program = program(of: String(line)), program == words.first else { return false }
            for word in words {
                guard let place = rest.firstIndex(of: word) else { return false }
                rest = rest[(place + 1)...]
            }
            return true
        }
    }
}

/// Tells an error message from other text.
enum ErrorWords {
    private static let words = [
        "error", "violation", "refused", "denied", "fatal", "[ftl]", "[err]", "failed", "failure", "invalid",
        "not found",
        "already in use", "no responders", "no servers", "cannot ", "can't ", "unable to", "not allowed",
        "unauthorized",
        "timed out", "unknown field", "no such",
    ]

    static func isMessage(_ text: String) -> Bool {
        let lowered = text.lowercased()
        return words.contains { lowered.contains($0) }
    }
}
