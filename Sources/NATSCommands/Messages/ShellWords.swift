/// Splits a command line into words as a shell does: blanks separate, quotes and backslashes keep together.
enum ShellWords {
    static func split(_ line: String) throws(CommandError) -> [String] {
        var words: [String] = []
        var word: String?
        var quote: Character?
        var isEscaped = false
        for character in line {
            if isEscaped {
                // In double quotes a backslash escapes only what has a meaning there.
                let keepsBackslash = quote == "\"" && !"\"\\$`\n".contains(character)
                word = (word ?? "") + (keepsBackslash ? "\\" : "") + String(character)
                isEscaped = false
            } else if character == "\\", quote != "'" {
                isEscaped = true
            } else if let open = quote {
                if character == open {
                    quote = nil
                } else {
                    word = (word ?? "") + String(character)
                }
            } else if character == "'" || character == "\"" {
                quote = character
                word = word ?? ""
            } else if character.isWhitespace {
                words += word.map { [$0] } ?? []
                word = nil
            } else {
                word = (word ?? "") + String(character)
            }
        }
        if let quote {
            throw CommandError("Unterminated \(quote == "'" ? "single" : "double")-quoted string")
        }
        if isEscaped {
            throw CommandError("Unterminated backslash-escape")
        }
        return words + (word.map { [$0] } ?? [])
    }
}
