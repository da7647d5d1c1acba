/// What a command line says.
struct ParsedCommand: Sendable {
    /// The command and the commands that hold it, from the outermost; empty if none was named.
    var path: [CommandSpec] = []
    /// The values of each flag, by its name: those given, or the variable's, or the default.
    var flags: [String: [String]] = [:]
    var arguments: [String: [String]] = [:]
    /// The names of the flags that stand on the command line.
    var given: Set<String> = []

    /// The innermost command.
    var command: CommandSpec? { path.last }
}

/// Understands a command line by the rules of natscli's parser: flags may stand anywhere, `--flag=value` and
/// `--flag value`, `-fvalue` and combined short flags, `--no-flag`, `--` ends flags, `@file` stands for the lines of a file.
struct CommandLineParser: Sendable {
    /// The tool itself: its flags are valid with every command.
    let root: CommandSpec
    let environment: [String: String]
    /// Reads an argument file.
    let readFile: @Sendable (String) throws -> String

    private struct Scan {
        var words: [String]
        var flags: [FlagSpec]
        var parsed = ParsedCommand()
        var argumentIndex = 0
        var onlyArguments = false
    }

    /// Parses as far as possible.
    ///
    /// - Returns: what was understood, which help needs also for a line with a mistake, and the mistake.
    func parse(_ arguments: [String]) -> (parsed: ParsedCommand, error: UsageError?) {
        var scan = Scan(words: arguments, flags: root.flags)
        do throws(UsageError) {
            while !scan.words.isEmpty {
                try step(&scan)
            }
            try fillIn(&scan)
            return (scan.parsed, nil)
        } catch {
            return (scan.parsed, error)
        }
    }

    private func step(_ scan: inout Scan) throws(UsageError) {
        let word = scan.words.removeFirst()
        if scan.onlyArguments {
            try takeWord(word, &scan)
        } else if word == "--" {
            scan.onlyArguments = true
        } else if word.hasPrefix("--") {
            try takeLongFlag(word, &scan)
        } else if word.hasPrefix("-"), word != "-" {
            try takeShortFlags(word, &scan)
        } else if word.hasPrefix("@") {
            scan.words = try argumentFile(String(word.dropFirst())) + scan.words
        } else {
            try takeWord(word, &scan)
        }
    }

    private func takeWord(_ word: String, _ scan: inout Scan) throws(UsageError) {
        let current = scan.parsed.command ?? root
        if !current.subcommands.isEmpty {
            guard let next = current.subcommand(named: word) else {
                let names = current.subcommands.flatMap { [$0.name] + $0.aliases }
                throw .unknownCommand(word, nearest: Nearest.match(for: word, among: names))
            }
            scan.parsed.path.append(next)
            scan.flags += next.flags
            return
        }
        guard current.arguments.indices.contains(scan.argumentIndex) else { throw .unexpectedArgument(word) }
        let argument = current.arguments[scan.argumentIndex]
        if !argument.isRepeatable {
            scan.argumentIndex += 1
        }
        try Self.check(word, argument.kind, owner: "argument '\(argument.name)'")
        scan.parsed.arguments[argument.name, default: []].append(word)
    }

    private func takeLongFlag(_ word: String, _ scan: inout Scan) throws(UsageError) {
        let parts = word.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts[0])
        let attached = parts.count > 1 ? String(parts[1]) : nil
        if let flag = scan.flags.last(where: { $0.name == name }) {
            guard flag.isToggle else {
                try set(flag, to: try value(of: "--\(name)", attached: attached, &scan), &scan)
                return
            }
            try setToggle(flag, to: "true", attached: attached, &scan)
        } else if name.hasPrefix("no-"),
            let flag = scan.flags.last(where: { $0.name == name.dropFirst(3) && $0.isNegatable })
        {
            try setToggle(flag, to: "false", attached: attached, &scan)
        } else {
            let names = scan.flags.filter { !$0.isHidden }.map { "--" + $0.name }
            throw .unknownFlag("--" + name, nearest: Nearest.match(for: "--" + name, among: names))
        }
    }

    /// A toggle takes no value: one that is attached counts as the next word, as in natscli.
    private func setToggle(
        _ flag: FlagSpec,
        to value: String,
        attached: String?,
        _ scan: inout Scan
    ) throws(UsageError) {
        try set(flag, to: value, &scan)
        if let attached {
            try takeWord(attached, &scan)
        }
    }

    private func takeShortFlags(_ word: String, _ scan: inout Scan) throws(UsageError) {
        var rest = word.dropFirst()
        while let letter = rest.popFirst() {
            guard let flag = scan.flags.last(where: { $0.short == letter }) else {
                throw .unknownFlag("-\(letter)", nearest: nil)
            }
            guard !flag.isToggle else {
                try set(flag, to: "true", &scan)
                continue
            }
            try set(flag, to: try value(of: "-\(letter)", attached: rest.isEmpty ? nil : String(rest), &scan), &scan)
            return
        }
    }

    private func value(of flag: String, attached: String?, _ scan: inout Scan) throws(UsageError) -> String {
        if let attached {
            return attached
        }
        guard let next = scan.words.first, !next.hasPrefix("-") || next == "-" else {
            throw .missingValue(flag: flag)
        }
        scan.words.removeFirst()
        return next
    }

    private func set(_ flag: FlagSpec, to value: String, _ scan: inout Scan) throws(UsageError) {
        if !flag.isRepeatable, scan.parsed.given.contains(flag.name) {
            throw .repeatedFlag(name: flag.name)
        }
        try Self.check(value, flag.kind, owner: "flag '--\(flag.name)'")
        scan.parsed.given.insert(flag.name)
        scan.parsed.flags[flag.name, default: []].append(value)
    }

    private func argumentFile(_ path: String) throws(UsageError) -> [String] {
        do {
            return try readFile(path).split(separator: "\n").map(String.init).filter { line in
                !line.hasPrefix("#") && line.contains { !$0.isWhitespace }
            }
        } catch {
            throw .unreadableArgumentFile(path, reason: "\(error)")
        }
    }
}

// MARK: - Defaults and checks

extension CommandLineParser {
    /// Takes missing flags from variables and defaults, and looks whether something required is missing. A line that asks
    /// for help needs neither.
    private func fillIn(_ scan: inout Scan) throws(UsageError) {
        for flag in scan.flags where !scan.parsed.given.contains(flag.name) {
            if let variable = flag.environment, let text = environment[variable], !text.isEmpty {
                try Self.check(text, flag.kind, owner: "variable \(variable)")
                scan.parsed.flags[flag.name] = [text]
            } else if let text = flag.defaultValue {
                scan.parsed.flags[flag.name] = [text]
            }
        }
        guard scan.parsed.given.isDisjoint(with: ["help", "version"]), let command = scan.parsed.command else { return }
        guard command.subcommands.isEmpty else { throw .missingSubcommand(of: command.name) }
        for argument in command.arguments where scan.parsed.arguments[argument.name] == nil {
            if let text = argument.defaultValue {
                scan.parsed.arguments[argument.name] = [text]
            } else if argument.isRequired {
                throw .missingArgument(name: argument.name)
            }
        }
    }

    private static func check(_ text: String, _ kind: FlagSpec.Kind, owner: String) throws(UsageError) {
        switch kind {
        case .text, .toggle:
            return
        case .integer:
            guard GoNumber.integer(text) == nil else { return }
            throw .badValue(text, owner: owner, expected: "a whole number")
        case .unsigned:
            guard GoNumber.unsigned(text) == nil else { return }
            throw .badValue(text, owner: owner, expected: "a whole number that is not negative")
        case .duration:
            guard (try? CommandDuration.parse(text)) == nil else { return }
            throw .badValue(text, owner: owner, expected: "a duration such as 500ms, 2s, 5m or 1h30m")
        case .choice(let choices):
            guard !choices.contains(text) else { return }
            throw .badValue(text, owner: owner, expected: "one of \(choices.joined(separator: ", "))")
        case .existingFile:
            guard !FileSystem.isFile(text) else { return }
            throw .badValue(text, owner: owner, expected: "the path of a file that exists")
        }
    }
}
