/// One run of a command: what the user said, and the world it runs in.
struct Invocation: Sendable {
    let parsed: ParsedCommand
    let environment: [String: String]
    let console: Console

    /// The value of a flag: given, or from its variable, or the default.
    subscript<Value>(flag: Flag<Value>) -> Value {
        flag.value(parsed.flags[flag.spec.name] ?? [])
    }

    /// The value of an argument.
    subscript<Value>(argument: Argument<Value>) -> Value {
        argument.value(parsed.arguments[argument.spec.name] ?? [])
    }

    /// Whether the flag stands on the command line.
    func isGiven<Value>(_ flag: Flag<Value>) -> Bool {
        parsed.given.contains(flag.spec.name)
    }

    /// Whether the argument stands on the command line.
    func isGiven<Value>(_ argument: Argument<Value>) -> Bool {
        parsed.arguments[argument.spec.name] != nil
    }
}

/// An error that a command ends with. The text is printed behind `nats: error: `, and the status is 1.
struct CommandError: Error, CustomStringConvertible {
    var description: String

    init(_ description: String) {
        self.description = description
    }
}

/// The command has said everything itself and ends with this status.
struct ExitStatus: Error {
    var code: Int32
}
