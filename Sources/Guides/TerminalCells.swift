/// How wide text is on a terminal.
package enum TerminalCells {
    /// The number of cells that `text` takes: two for East Asian wide characters and emoji, none for combining marks.
    package static func width(of text: String) -> Int {
        text.reduce(0) { $0 + width(of: $1) }
    }

    /// `text` with line breaks in the place of blanks, so that no line takes more than `limit` cells if its words allow.
    ///
    /// A command of Launchpad stays in one line if it can, since people copy it.
    ///
    /// - Parameters:
    ///   - limit: nil leaves the text as it is.
    ///   - column: how many cells stand before the text already.
    ///   - indentation: how many blanks begin each further line.
    package static func wrap(_ text: String, limit: Int?, column: Int = 0, indentation: Int) -> String {
        guard let limit, column + text.utf8.count > limit else { return text }
        var result = ""
        var cells = column
        for (index, word) in words(text, atMost: limit - indentation).enumerated() {
            let width = width(of: withoutColours(word))
            if index > 0, cells + 1 + width > limit, cells > indentation {
                result += "\n" + String(repeating: " ", count: indentation)
                cells = indentation
            } else if index > 0 {
                result += " "
                cells += 1
            }
            result += word
            cells += width
        }
        return result
    }

    /// The lines of `text`, each wrapped: what is broken off stands two cells further in than its line begins.
    package static func wrapLines(_ text: String, limit: Int?) -> String {
        guard limit != nil else { return text }
        return text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            wrap(String(line), limit: limit, indentation: line.prefix { $0 == " " }.count + 2)
        }.joined(separator: "\n")
    }

    /// What stands between blanks, and each command of Launchpad in one piece where that takes no more than `limit` cells.
    private static func words(_ text: String, atMost limit: Int) -> [String] {
        var words: [String] = []
        var command = 0
        for word in text.split(separator: " ", omittingEmptySubsequences: false) {
            // A command goes on to the end where a colon leads to it; elsewhere its first word and options are told apart.
            let isPart = command > 1 || command == 1 && (words.last == "launchpad" || word.hasPrefix("-"))
            if isPart, let last = words.last, width(of: last) + 1 + width(of: String(word)) <= limit {
                words[words.count - 1] = last + " " + word
                continue
            }
            command = word == "launchpad" ? (words.last?.hasSuffix(":") == true ? 2 : 1) : 0
            words.append(String(word))
        }
        return words
    }

    /// The text without what sets colours, which takes no cells.
    private static func withoutColours(_ text: String) -> String {
        guard text.utf8.contains(0x1B) else { return text }
        return text.replacing(/\u{1B}\[[0-9;]*m/, with: "")
    }

    private static func width(of character: Character) -> Int {
        guard let first = character.unicodeScalars.first else {
            return 0
        }
        if first.properties.isEmojiPresentation || character.unicodeScalars.contains("\u{FE0F}") {
            return 2
        }
        switch first.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format, .control: return 0
        default: break
        }
        switch first.value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
            0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x20000...0x3FFFD:
            return 2
        default: return 1
        }
    }
}
