/// Which attributes a fence may carry, on which kinds of block, and what their values may be.
///
/// The one table that parsing, messages and documentation go by.
package struct AttributeRule: Sendable {
    package var key: String
    /// The kinds of block that may carry it.
    package var kinds: Set<Block.Kind>
    /// What the value must be, in words for messages: `a whole number from 0 to 255`.
    package var value: String
    var isValid: @Sendable (String) -> Bool

    private static let runnable: Set<Block.Kind> = [.console, .script, .sample]
    private static let everyKind = Set<Block.Kind>([.file, .console, .script, .expectation, .sample])

    /// Every attribute that a guide may use.
    package static let all: [AttributeRule] = [
        AttributeRule(key: "file", kinds: [.file], value: "a path relative to the project's root") { !$0.isEmpty },
        AttributeRule(key: "part", kinds: [.file], value: "a name of letters, digits, -, _ and .", isValid: isName),
        AttributeRule(key: "mode", kinds: [.file], value: "an octal file mode such as 0755") { text in
            (3...4).contains(text.utf8.count) && text.utf8.allSatisfy { (0x30...0x37).contains($0) }
        },
        AttributeRule(key: "name", kinds: everyKind, value: "a name of letters, digits, -, _ and .", isValid: isName),
        AttributeRule(key: "exit", kinds: runnable, value: "a whole number from 0 to 255") { text in
            !text.isEmpty && text.utf8.allSatisfy { (0x30...0x39).contains($0) } && UInt8(text) != nil
        },
        AttributeRule(key: "timeout", kinds: runnable, value: "a duration such as 500ms, 5s or 2m") { text in
            parseDuration(text) != nil
        },
        AttributeRule(
            key: "session", kinds: [.console, .script], value: "a name of letters, digits, -, _ and .", isValid: isName
        ),
        AttributeRule(key: "serve", kinds: [.console, .script], value: "true, or nothing at all: serve") {
            $0 == "true"
        },
        AttributeRule(
            key: "ready", kinds: [.console, .script],
            value: "tcp:PORT, tcp:HOST:PORT, http:URL, an http:// URL or log:TEXT", isValid: isReadiness
        ),
        AttributeRule(key: "needs", kinds: runnable, value: "block names, separated by commas") { text in
            text.split(separator: ",", omittingEmptySubsequences: false).allSatisfy { isName(String($0)) }
        },
        AttributeRule(key: "expect", kinds: [.expectation], value: "the name of a script block", isValid: isName),
        AttributeRule(
            key: "match", kinds: [.console, .expectation], value: "exact, regex, json, unordered or contains"
        ) { ["exact", "regex", "json", "unordered", "contains"].contains($0) },
        AttributeRule(key: "skip", kinds: runnable, value: "the reason, in quotes") { !$0.isEmpty },
        AttributeRule(key: "engine", kinds: runnable, value: "bundled, nats-server or docker") {
            ["bundled", "nats-server", "docker"].contains($0)
        },
        AttributeRule(key: "tool", kinds: runnable, value: "names of commands, separated by commas") { text in
            text.split(separator: ",", omittingEmptySubsequences: false).allSatisfy { isName(String($0)) }
        },
        AttributeRule(key: "title", kinds: everyKind, value: "a text") { !$0.isEmpty },
        AttributeRule(key: "lines", kinds: everyKind, value: "true") { $0 == "true" },
        AttributeRule(
            key: "mark", kinds: everyKind, value: "line numbers and ranges such as 2,5-7", isValid: isLineList),
        AttributeRule(key: "tab", kinds: everyKind, value: "the tab's label") { !$0.isEmpty },
        AttributeRule(key: "fold", kinds: everyKind, value: "true") { $0 == "true" },
        AttributeRule(key: "diff", kinds: everyKind, value: "true") { $0 == "true" },
    ]

    private static let byKey = Dictionary(uniqueKeysWithValues: all.map { ($0.key, $0) })

    /// The keys that a block of `kind` may carry; `file` and `expect` would make it a block of another kind.
    private static func valid(for kind: Block.Kind) -> [String] {
        let kinds: Set<Block.Kind> = [.console, .script, .sample]
        return all.filter { rule in
            rule.kinds.contains(kind) || (kinds.contains(kind) && ["file", "expect"].contains(rule.key))
        }.map(\.key)
    }

    /// Checks `attributes` of a block of `kind` and reports what does not fit.
    static func check(_ attributes: Attributes, kind: Block.Kind, file: String) -> [Diagnostic] {
        var diagnostics: [Diagnostic] = []
        for entry in attributes.entries {
            guard let rule = byKey[entry.key] else {
                let valid = valid(for: kind)
                let near =
                    nearestName(to: entry.key, among: valid) ?? nearestName(to: entry.key, among: byKey.keys.sorted())
                diagnostics.append(
                    Diagnostic(
                        code: "unknown-attribute",
                        "unknown attribute \"\(entry.key)\"",
                        file: file,
                        range: entry.keyRange,
                        help: (near.map { "did you mean \"\($0)\"? " } ?? "")
                            + "valid here: \(valid.joined(separator: ", "))"
                    )
                )
                continue
            }
            if !rule.kinds.contains(kind) {
                let kinds = rule.kinds.map(\.described).sorted().joined(separator: ", ")
                let valid = valid(for: kind).joined(separator: ", ")
                diagnostics.append(
                    Diagnostic(
                        code: "misplaced-attribute",
                        "\"\(entry.key)\" does not go with a \(kind.described)",
                        file: file,
                        range: entry.keyRange,
                        help: "it goes with: \(kinds); valid here: \(valid)"
                    )
                )
            } else if !rule.isValid(entry.value) {
                diagnostics.append(
                    Diagnostic(
                        code: "bad-attribute-value",
                        "\"\(entry.value)\" is not a valid value of \"\(entry.key)\"",
                        file: file,
                        range: entry.valueRange,
                        help: "it must be \(rule.value)"
                    )
                )
            }
        }
        return diagnostics
    }

    private static let isName: @Sendable (String) -> Bool = { text in
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                    || byte == 0x2D || byte == 0x5F || byte == 0x2E || byte > 0x7F
            }
    }

    private static let isReadiness: @Sendable (String) -> Bool = { text in
        if text.hasPrefix("tcp:") {
            let port = text.dropFirst(4).split(separator: ":").last.flatMap { UInt16($0) }
            return (port ?? 0) > 0
        }
        if text.hasPrefix("http:") {
            return text.contains("://") && !text.hasSuffix("://")
        }
        return text.hasPrefix("log:") && text.utf8.count > 4
    }

    private static let isLineList: @Sendable (String) -> Bool = { text in
        !text.isEmpty
            && text.split(separator: ",", omittingEmptySubsequences: false).allSatisfy { item in
                let ends = item.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
                switch ends.count {
                case 1: return (ends[0] ?? 0) > 0
                case 2: return (ends[0] ?? 0) > 0 && (ends[1] ?? 0) >= (ends[0] ?? 0)
                default: return false
                }
            }
    }
}

/// Reads a duration as guides write it: a number and `ms`, `s`, `m` or `h`.
package func parseDuration(_ text: String) -> Duration? {
    let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
    guard let number = Double(digits), number > 0, number < 1e6 else {
        return nil
    }
    switch text.dropFirst(digits.count) {
    case "ms": return .milliseconds(number)
    case "s": return .seconds(number)
    case "m": return .seconds(number * 60)
    case "h": return .seconds(number * 3600)
    default: return nil
    }
}

extension Block.Kind {
    /// The kind as messages name it.
    package var described: String {
        switch self {
        case .file: "file block"
        case .console: "console block"
        case .script: "script block"
        case .expectation: "expectation block"
        case .sample: "sample"
        }
    }
}
