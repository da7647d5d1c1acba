/// Colours code at build time.
///
/// Every language is a table or a small line lexer; whatever the input, the tokens join back to it exactly.
enum Highlighter {
    /// How a language is read.
    enum Language: Sendable {
        /// No colours, on purpose (`text`).
        case plain
        case table(Grammar)
        case console
        case diff
        case http
        case markdown
        case markup
    }

    /// The language that a fence's first word means; nil for one that isn't known.
    static func language(named name: String) -> Language? {
        languages[name.lowercased()]
    }

    /// The language of a file, told by its name; plain where that tells nothing.
    static func language(ofFile path: String) -> Language {
        let name = path.split(separator: "/").last.map { $0.lowercased() } ?? ""
        if name.hasPrefix("dockerfile") {
            return .table(.dockerfile)
        }
        let ending = name.split(separator: ".").last.map(String.init) ?? ""
        return languages[ending] ?? .plain
    }

    /// Every name that a fence may start with, for "did you mean".
    static var knownNames: [String] { languages.keys.sorted() }

    /// The tokens of `text`.
    static func tokens(_ text: [UInt8], _ language: Language) -> [Token] {
        text.withUnsafeBufferPointer { tokens($0, language) }
    }

    static func tokens(_ text: UnsafeBufferPointer<UInt8>, _ language: Language) -> [Token] {
        let all = 0..<text.count
        switch language {
        case .plain: return text.isEmpty ? [] : [Token(kind: .plain, range: all)]
        case .table(let grammar): return TableLexer.tokens(grammar, text, in: all)
        case .console: return LineLexer.console(text)
        case .diff: return LineLexer.diff(text)
        case .http: return LineLexer.http(text)
        case .markdown: return LineLexer.markdown(text)
        case .markup: return MarkupLexer.tokens(text, in: all)
        }
    }

    private static let languages: [String: Language] = {
        var languages: [String: Language] = [:]
        let groups: [(String, Language)] = [
            ("text txt plain plaintext log output csv mermaid dot gitignore", .plain),
            ("sh bash shell zsh ksh env dotenv makefile make", .table(.shell)),
            ("console terminal shell-session sh-session shellsession", .console),
            ("conf nats nginx hcl", .table(.nats)),
            ("yaml yml", .table(.yaml)),
            ("json json5 jsonc jsonl ndjson", .table(.json)),
            ("toml ini cfg properties editorconfig systemd service", .table(.toml)),
            ("dockerfile docker containerfile", .table(.dockerfile)),
            ("swift", .table(.swift)),
            ("python py python3", .table(.python)),
            ("kotlin kt kts java groovy gradle scala", .table(.kotlinJava)),
            ("javascript js mjs cjs jsx typescript ts tsx mts", .table(.javaScript)),
            ("go golang", .table(.go)),
            ("c h cpp c++ cc cxx hpp objc", .table(.c)),
            ("rust rs", .table(.rust)),
            ("sql postgres postgresql pgsql psql sqlite mysql", .table(.sql)),
            ("css scss", .table(.css)),
            ("http https", .http),
            ("html xml svg xhtml vue mustache", .markup),
            ("diff patch", .diff),
            ("markdown md", .markdown),
        ]
        for (names, language) in groups {
            for name in names.split(separator: " ") {
                languages[String(name)] = language
            }
        }
        return languages
    }()
}

extension HTMLWriter {
    /// Writes `text` with a `<span>` around each token that has a colour.
    mutating func code(_ text: UnsafeBufferPointer<UInt8>, tokens: some Sequence<Token>) {
        for token in tokens {
            let slice = UnsafeBufferPointer(rebasing: text[token.range])
            guard let name = token.kind.cssClass else {
                self.text(bytes: slice)
                continue
            }
            raw("<span class=")
            raw(name)
            raw(">")
            self.text(bytes: slice)
            raw("</span>")
        }
    }

    /// Writes `text` coloured as `language`.
    mutating func code(_ text: some StringProtocol, _ language: Highlighter.Language) {
        Array(text.utf8).withUnsafeBufferPointer { bytes in
            code(bytes, tokens: Highlighter.tokens(bytes, language))
        }
    }
}
