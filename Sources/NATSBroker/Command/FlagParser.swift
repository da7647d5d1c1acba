import GoFormats

/// A command line as Go's `flag` package reads it: `-name value`, `-name=value`, `--name` alike; a Boolean flag takes a value
/// only after `=`; the first word that is no flag, or `--`, ends the flags.
struct FlagParser {
    enum Kind {
        case bool, int, string
    }

    enum Value: Equatable {
        case bool(Bool)
        case int(Int)
        case string(String)
    }

    /// A command line that cannot be read; `description` is Go's sentence for it.
    struct Failure: Error, Equatable, CustomStringConvertible {
        var description: String
    }

    /// What was found.
    struct Outcome {
        /// In the order given; a name may stand more than once.
        var flags: [(name: String, value: Value)] = []
        var arguments: [String] = []
    }

    /// What the flag of a name takes; nil for a name that is no flag.
    var kind: (String) -> Kind?

    func parse(_ arguments: [String]) throws(Failure) -> Outcome {
        var outcome = Outcome()
        var rest = arguments[...]
        while let word = rest.first {
            guard word.count >= 2, word.hasPrefix("-") else { break }
            rest = rest.dropFirst()
            if word == "--" { break }
            let dashless = word.dropFirst(word.hasPrefix("--") ? 2 : 1)
            guard let first = dashless.first, first != "-", first != "=" else {
                throw Failure(description: "bad flag syntax: \(word)")
            }
            let parts = dashless.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(parts[0])
            guard let kind = kind(name) else {
                throw Failure(description: "flag provided but not defined: -\(name)")
            }
            if kind == .bool {
                outcome.flags.append((name, .bool(try bool(name, parts.count > 1 ? String(parts[1]) : "true"))))
                continue
            }
            let text: String
            if parts.count > 1 {
                text = String(parts[1])
            } else if let next = rest.first {
                text = next
                rest = rest.dropFirst()
            } else {
                throw Failure(description: "flag needs an argument: -\(name)")
            }
            outcome.flags.append((name, kind == .int ? .int(try int(name, text)) : .string(text)))
        }
        outcome.arguments = Array(rest)
        return outcome
    }

    private func bool(_ name: String, _ text: String) throws(Failure) -> Bool {
        switch text {
        case "1", "t", "T", "true", "TRUE", "True": return true
        case "0", "f", "F", "false", "FALSE", "False": return false
        default: throw Failure(description: "invalid boolean value \(GoText.quoted(text)) for -\(name): parse error")
        }
    }

    private func int(_ name: String, _ text: String) throws(Failure) -> Int {
        let sign = text.hasPrefix("-") ? -1 : 1
        let digits = text.hasPrefix("-") || text.hasPrefix("+") ? text.dropFirst() : text[...]
        let lower = digits.lowercased()
        let value: Int? =
            if lower.hasPrefix("0x") {
                Int(lower.dropFirst(2), radix: 16)
            } else if lower.hasPrefix("0b") {
                Int(lower.dropFirst(2), radix: 2)
            } else if lower.hasPrefix("0o") {
                Int(lower.dropFirst(2), radix: 8)
            } else if lower.hasPrefix("0"), lower.count > 1 {
                Int(lower.dropFirst(), radix: 8)
            } else if digits.first?.isNumber == true {
                Int(digits)
            } else {
                nil
            }
        guard let value else {
            throw Failure(description: "invalid value \(GoText.quoted(text)) for flag -\(name): parse error")
        }
        return sign * value
    }
}
