import Guides

/// Lines as files of several languages have them.
enum RandomText {
    /// Lines that are hard to tell from what stands around them in a guide.
    private static let odd = [
        "", "  ", "\tindented by a tab", "```", "~~~~", "> quoted", "- item", "1. one", "trailing ", "    four",
        "$ not a command", "<!-- launchpad: tool=x -->", "`````", "# a comment", "---", "| a | b |", "&amp; <b>", "\\",
        "ümläut: 名前", "🎉", "e\u{301}", "[link](nowhere.md)", "*", "===",
    ]

    static func oddLine(_ generator: inout SeededGenerator) -> String { odd.randomElement(using: &generator) ?? "" }

    /// Some lines of the language of the file at `path`, one in five of them odd.
    static func lines(of path: String, _ generator: inout SeededGenerator) -> [String] {
        let count = Int.random(in: 0...3, using: &generator)
        var lines = (0..<count).flatMap { _ in piece(of: path.split(separator: ".").last ?? "", &generator) }
        for index in lines.indices where Int.random(in: 0..<5, using: &generator) == 0 {
            lines[index] = oddLine(&generator)
        }
        return lines
    }

    private static func piece(of language: Substring, _ generator: inout SeededGenerator) -> [String] {
        let number = Int.random(in: 0...99, using: &generator)
        let word = ["alpha", "größe", "x_y", "\"a b\"", "${HOME}", "10GB"].randomElement(using: &generator) ?? ""
        switch language {
        case "conf":
            return ["port: \(number)", "accounts {", "\tA: { users: [ {user: \(word)} ] }", "  # why", "}"]
        case "yml":
            return ["services:", "  \(word):", "    ports:", "      - \"\(number):80\"", "    text: |", "      x", ""]
        case "json":
            return ["{", "  \"a\": [", "    \(number),", "    { \"b\": \"\(word)\" }", "  ]", "}"]
        case "env":
            return ["# \(word)", "PORT=\(number)", "NAME='\(word)'", "EMPTY="]
        case "sql":
            return ["-- \(word)", "CREATE TABLE t (", "  id int,", "", "  n text DEFAULT '\(number)'", ");"]
        case "sh":
            return ["if true; then", "\techo \(word)", "fi", "cat <<EOF", "  \(number)", "EOF"]
        default:
            return [word, "\(number)"]
        }
    }
}
