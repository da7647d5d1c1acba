import GoFormats

/// A command line that can't be understood.
enum UsageError: Error, Hashable, Sendable {
    /// A flag that neither the command nor the tool has; `flag` with its dashes.
    case unknownFlag(String, nearest: String?)
    /// A flag without its value.
    case missingValue(flag: String)
    /// A flag given twice that may be given once.
    case repeatedFlag(name: String)
    /// A word where a command is expected.
    case unknownCommand(String, nearest: String?)
    /// A command that only holds others, without one of them.
    case missingSubcommand(of: String)
    /// More arguments than the command takes.
    case unexpectedArgument(String)
    /// A required argument is missing.
    case missingArgument(name: String)
    /// A flag is missing without which the command can't run; `name` without its dashes.
    case missingRequiredFlag(name: String)
    /// A value of the wrong kind; `owner` is the flag with its dashes, the argument or the variable.
    case badValue(String, owner: String, expected: String)
    /// An argument file (`@file`) that can't be read.
    case unreadableArgumentFile(String, reason: String)

    /// Whether the help of the command belongs under the message.
    var showsUsage: Bool {
        switch self {
        case .badValue, .unreadableArgumentFile: false
        default: true
        }
    }

    /// The message without a prefix, as the tools built on the same command-line rules word it.
    var message: String {
        switch self {
        case .unknownFlag(let flag, _):
            "unknown \(flag.hasPrefix("--") ? "long" : "short") flag '\(flag)'"
        case .missingValue(let flag): "expected argument for flag '\(flag)'"
        case .repeatedFlag(let name): "flag '\(name)' cannot be repeated"
        case .unknownCommand(let word, _):
            "expected command but got \(GoText.quoted(word)), use --help for full help including flags and arguments"
        case .missingSubcommand:
            "a subcommand from the list below is required, use --help for full help including flags and arguments"
        case .unexpectedArgument(let word): "unexpected argument \(word)"
        case .missingArgument(let name): "required argument '\(name)' not provided"
        case .missingRequiredFlag(let name): "required flag --\(name) not provided"
        case .badValue(let text, let owner, let expected):
            "invalid value \(GoText.quoted(text)) for \(owner): expected \(expected)"
        case .unreadableArgumentFile(let path, let reason):
            "failed to open arguments file \(GoText.quoted(path)): \(reason)"
        }
    }

    /// What the user may have meant.
    var suggestion: String? {
        switch self {
        case .unknownFlag(_, let nearest), .unknownCommand(_, let nearest): nearest
        default: nil
        }
    }
}
