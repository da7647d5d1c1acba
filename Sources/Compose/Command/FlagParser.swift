import Guides

/// The flags that a command of `docker` takes.
struct FlagSet: Sendable {
    struct Flag: Sendable {
        var name: String
        var short: Character?
        var takesValue: Bool
        var help: String

        /// A flag without a value.
        static func flag(_ name: String, _ short: Character? = nil, _ help: String) -> Flag {
            Flag(name: name, short: short, takesValue: false, help: help)
        }

        /// A flag with a value, which may be given several times.
        static func value(_ name: String, _ short: Character? = nil, _ help: String) -> Flag {
            Flag(name: name, short: short, takesValue: true, help: help)
        }
    }

    var flags: [Flag] = []

    /// Reads flags up to the first argument that is none, or wherever they stand.
    ///
    /// - Parameter isInterspersed: flags may stand behind arguments, too.
    func parse(_ arguments: [String], isInterspersed: Bool, command: String) throws(ComposeFailure) -> ParsedFlags {
        var result = ParsedFlags()
        var rest = arguments[...]
        while let argument = rest.first {
            if argument == "--" {
                result.arguments += rest.dropFirst()
                return result
            }
            guard argument.hasPrefix("-"), argument != "-" else {
                guard isInterspersed else { break }
                result.arguments.append(argument)
                rest.removeFirst()
                continue
            }
            rest.removeFirst()
            if argument.hasPrefix("--") {
                try long(argument, &rest, &result, command)
            } else {
                try short(argument, &rest, &result, command)
            }
        }
        result.arguments += rest
        return result
    }

    private func long(
        _ argument: String, _ rest: inout ArraySlice<String>, _ result: inout ParsedFlags, _ command: String
    ) throws(ComposeFailure) {
        let parts = argument.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts.first ?? "")
        if name == "help" {
            result.wantsHelp = true
            return
        }
        guard let flag = flags.first(where: { $0.name == name }) else {
            let near = nearestName(to: name, among: flags.map(\.name)).map { "did you mean --\($0)?" }
            throw ComposeFailure("unknown flag: --\(name)", help: near ?? "run '\(command) --help' for the flags")
        }
        if parts.count > 1 {
            result.add(flag, String(parts[1]))
        } else if flag.takesValue {
            guard let value = rest.popFirst() else { throw ComposeFailure("flag needs an argument: --\(name)") }
            result.add(flag, value)
        } else {
            result.add(flag, "true")
        }
    }

    /// Several letters may stand behind one dash; the value of the last one behind it, or next.
    private func short(
        _ argument: String, _ rest: inout ArraySlice<String>, _ result: inout ParsedFlags, _ command: String
    ) throws(ComposeFailure) {
        var letters = argument.dropFirst()
        while let letter = letters.popFirst() {
            if letter == "h", !flags.contains(where: { $0.short == "h" }) {
                result.wantsHelp = true
                continue
            }
            guard let flag = flags.first(where: { $0.short == letter }) else {
                throw ComposeFailure(
                    "unknown shorthand flag: '\(letter)' in \(argument)", help: "run '\(command) --help' for the flags")
            }
            guard flag.takesValue else {
                result.add(flag, "true")
                continue
            }
            if letters.first == "=" { letters.removeFirst() }
            let value = letters.isEmpty ? rest.popFirst() : String(letters)
            guard let value else { throw ComposeFailure("flag needs an argument: '\(letter)' in \(argument)") }
            result.add(flag, value)
            return
        }
    }

    /// The flags as help shows them.
    var help: String {
        let names = flags.map { flag in
            (flag.short.map { "-\($0), " } ?? "    ") + "--\(flag.name)" + (flag.takesValue ? " value" : "")
        }
        let width = (names.map(\.count).max() ?? 0) + 3
        return zip(names, flags).map { name, flag in
            "  \(name)\(String(repeating: " ", count: width - name.count))\(flag.help)\n"
        }.joined()
    }
}

/// Flags and arguments of a command line.
struct ParsedFlags: Sendable {
    private var values: [String: [String]] = [:]
    var arguments: [String] = []
    var wantsHelp = false

    mutating func add(_ flag: FlagSet.Flag, _ value: String) {
        values[flag.name, default: []].append(value)
    }

    /// Whether a flag without a value is on.
    func has(_ name: String) -> Bool {
        values[name].map { $0.last != "false" } ?? false
    }

    func value(_ name: String) -> String? {
        values[name]?.last
    }

    func all(_ name: String) -> [String] {
        values[name] ?? []
    }

    /// A whole number.
    func number(_ name: String) throws(ComposeFailure) -> Int? {
        guard let text = value(name) else { return nil }
        guard let number = Int(text) else {
            throw ComposeFailure("invalid argument \"\(text)\" for \"--\(name)\" flag: it must be a whole number")
        }
        return number
    }
}
