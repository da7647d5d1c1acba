/// What a table-driven lexer must know about a language.
struct Grammar: Sendable {
    /// A pair of delimiters around a string.
    struct Quote: Sendable {
        var open: StaticString
        var close: StaticString
        /// The byte that takes the next one's meaning, usually a backslash; nil in raw strings.
        var escape: UInt8? = UInt8(ascii: "\\")
        var multiline = false
        /// What starts an interpolation in it, such as `${`.
        var interpolates = false
    }

    var keywords: WordTable = ""
    var types: WordTable = ""
    var constants: WordTable = ""
    var lineComments: [StaticString] = []
    /// True when a line comment starts only at a line's start or behind a blank (shell, YAML).
    var commentNeedsBlank = false
    var blockComment: (open: StaticString, close: StaticString, nested: Bool)?
    var quotes: [Quote] = []
    /// Bytes besides letters, digits and `_` that a word may start with, and go on with.
    var wordStart: StaticString = ""
    var wordContinue: StaticString = ""
    /// A word, or a string, followed by one of these is a key. `:` counts only before a blank where `colonNeedsBlank`.
    var keyMarkers: StaticString = ""
    var colonNeedsBlank = false
    /// Words that start in upper case are types.
    var capitalizedTypes = false
    /// A word in front of `(` is a function.
    var calls = false
    /// `$name` and `${…}` are variables.
    var dollarVariables = false
    /// `@name` is an attribute or annotation.
    var annotations = false
    /// A line that starts with `#` is for the preprocessor.
    var preprocessor = false
    /// A line that starts with `[` is a section's title.
    var sections = false
    /// Keywords count only as the first word of a line.
    var keywordsStartLine = false
    /// The first word of a command is a function, as in shells.
    var commands = false
    /// `<<EOF` starts a here-document.
    var heredocs = false
    /// Numbers may be followed by letters that are units (`64MB`, `30s`).
    var units = false
}
