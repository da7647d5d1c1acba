/// What a stretch of code is, for colouring.
enum TokenKind: UInt8, Sendable, CaseIterable {
    case plain, comment, keyword, type, constant, number, string, escape, property, variable, function, punctuation
    case `operator`, tag, heading, prompt, output, inserted, deleted, meta, placeholder

    /// The class of the `<span>`; nil for text that needs none. Short, since a page carries thousands.
    var cssClass: StaticString? {
        switch self {
        case .plain: nil
        case .comment: "c"
        case .keyword: "k"
        case .type: "t"
        case .constant: "l"
        case .number: "n"
        case .string: "s"
        case .escape: "e"
        case .property: "a"
        case .variable: "v"
        case .function: "f"
        case .punctuation: nil
        case .operator: nil
        case .tag: "g"
        case .heading: "h"
        case .prompt: "p"
        case .output: "u"
        case .inserted: "y"
        case .deleted: "d"
        case .meta: "m"
        case .placeholder: "x"
        }
    }
}

/// A stretch of code of one kind. The tokens of a text join back to exactly that text.
struct Token: Hashable, Sendable {
    var kind: TokenKind
    /// Byte offsets in the text.
    var range: Range<Int>
}

/// Receives tokens in order and joins neighbours of the same kind.
struct TokenSink {
    private(set) var tokens: [Token] = []
    /// Where the next token starts.
    private(set) var position: Int

    init(position: Int = 0) {
        self.position = position
    }

    /// Everything from the last token to `end` is of this kind.
    mutating func emit(_ kind: TokenKind, upTo end: Int) {
        guard end > position else { return }
        if let last = tokens.indices.last, tokens[last].kind == kind {
            tokens[last].range = tokens[last].range.lowerBound..<end
        } else {
            tokens.append(Token(kind: kind, range: position..<end))
        }
        position = end
    }
}
