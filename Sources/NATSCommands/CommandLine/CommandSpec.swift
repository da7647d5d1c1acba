/// One command of the tool: its names, what it takes, and what it does. Commands are data, so that parsing, help and
/// suggestions need to know nothing about any of them.
struct CommandSpec: Sendable {
    /// The name that help shows.
    var name: String
    var aliases: [String] = []
    /// One line for lists of commands.
    var help: String
    /// What follows the line in the command's own help.
    var longHelp = ""
    var arguments: [ArgumentSpec] = []
    var flags: [FlagSpec] = []
    var subcommands: [CommandSpec] = []
    /// What the command does; `nil` for one that only holds others.
    var run: (@Sendable (Invocation) async throws -> Void)?

    /// The subcommand that `word` names, by name or alias.
    func subcommand(named word: String) -> CommandSpec? {
        subcommands.first { $0.name == word || $0.aliases.contains(word) }
    }
}

/// A flag as the command line knows it: text in, checked.
struct FlagSpec: Sendable {
    enum Kind: Sendable, Hashable {
        /// `--flag` alone; `--no-flag` too if negatable.
        case toggle(isNegatable: Bool)
        case text
        case integer
        case unsigned
        case duration
        case choice([String])
        case existingFile
    }

    /// The long name, without dashes.
    var name: String
    var short: Character?
    var help: String
    var kind: Kind
    /// What stands for the value in help; derived from the default or the name if missing.
    var placeholder: String?
    var defaultValue: String?
    /// The environment variable that gives the value when the flag is missing.
    var environment: String?
    var isRepeatable = false
    var isHidden = false

    var isToggle: Bool {
        if case .toggle = kind { true } else { false }
    }

    var isNegatable: Bool {
        kind == .toggle(isNegatable: true)
    }
}

/// A positional argument.
struct ArgumentSpec: Sendable {
    var name: String
    var help: String
    var isRequired = false
    /// Whether it takes all that are left.
    var isRepeatable = false
    var kind = FlagSpec.Kind.text
    var defaultValue: String?
}
