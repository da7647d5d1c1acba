/// One thing that is wrong (or worth saying) about an input file, told the way a compiler would tell it.
///
/// A diagnostic says what happened, where, what would be valid and what to do next. Passes collect diagnostics and go on,
/// so that an author sees all of them in one go; ``DiagnosticRenderer`` turns them into text in one place.
package struct Diagnostic: Error, Sendable, Hashable, Codable {
    /// How bad it is. Only errors stop a command.
    package enum Severity: String, Sendable, Hashable, Codable {
        case error, warning, note
    }

    /// A second place that explains the first one, such as "first described here".
    package struct Note: Sendable, Hashable, Codable {
        package var message: String
        package var file: String?
        package var range: SourceRange?

        package init(_ message: String, file: String? = nil, range: SourceRange? = nil) {
            self.message = message
            self.file = file
            self.range = range
        }
    }

    package var severity: Severity
    /// A stable kebab-case identifier, such as `unknown-attribute`, that scripts and SARIF can key on.
    package var code: String
    /// What is wrong, in one sentence without a final full stop: `unknown attribute "fiel"`.
    package var message: String
    /// The file's path relative to the project's root.
    package var file: String
    /// Where; nil when the whole file is meant.
    package var range: SourceRange?
    /// What would be valid or what to do next: `did you mean "file"? valid here: file, part, mode`.
    package var help: String?
    package var notes: [Note]

    package init(
        _ severity: Severity = .error,
        code: String,
        _ message: String,
        file: String,
        range: SourceRange? = nil,
        help: String? = nil,
        notes: [Note] = []
    ) {
        self.severity = severity
        self.code = code
        self.message = message
        self.file = file
        self.range = range
        self.help = help
        self.notes = notes
    }
}

/// The errors that a pass collected; thrown when at least one of them is an error.
package struct DiagnosticsError: Error, Sendable {
    package var diagnostics: [Diagnostic]

    package init(_ diagnostics: [Diagnostic]) {
        self.diagnostics = diagnostics
    }
}
