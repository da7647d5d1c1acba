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

    private init<Value>(
        _ key: String,
        _ kinds: Set<Block.Kind>,
        _ value: String,
        _ read: @escaping @Sendable (String) -> Value?
    ) {
        self.key = key
        self.kinds = kinds
        self.value = value
        isValid = { read($0) != nil }
    }

    private static let runnable = Block.Kind.runnable
    private static let typed: Set<Block.Kind> = [.console, .script]
    private static let everyKind = Set<Block.Kind>([.file, .console, .script, .expectation, .sample])
    private static let name = "a name of letters, digits, -, _ and ."

    /// Every attribute that a guide may use.
    package static let all: [AttributeRule] = [
        AttributeRule("file", [.file], "a path relative to the project's root", AttributeValues.text),
        AttributeRule("part", [.file], name, AttributeValues.name),
        AttributeRule("mode", [.file], "an octal file mode such as 0755", AttributeValues.mode),
        AttributeRule("name", everyKind, name, AttributeValues.name),
        AttributeRule("exit", runnable, "a whole number from 0 to 255", AttributeValues.status),
        AttributeRule("timeout", runnable, "a duration up to 24h, such as 500ms, 5s or 2m", AttributeValues.duration),
        AttributeRule("session", typed, name, AttributeValues.name),
        AttributeRule("serve", typed, "true, or nothing at all: serve", AttributeValues.flag),
        AttributeRule(
            "ready", typed,
            "tcp:PORT, tcp:HOST:PORT, http:URL, an http:// URL or log:TEXT, or several of them between commas",
            AttributeValues.readiness
        ),
        AttributeRule("terminal", typed, "true, or nothing at all: terminal", AttributeValues.flag),
        AttributeRule("needs", runnable, "block names, separated by commas", AttributeValues.names),
        AttributeRule("expect", [.expectation], "the name of a script block", AttributeValues.name),
        AttributeRule(
            "match", [.console, .expectation], "exact, regex, json, unordered or contains",
            oneOf("exact", "regex", "json", "unordered", "contains")
        ),
        AttributeRule("skip", runnable, "the reason, in quotes", AttributeValues.text),
        AttributeRule(
            "engine", runnable, "bundled, nats-server or docker", oneOf("bundled", "nats-server", "docker")),
        AttributeRule("tool", runnable, "names of commands, separated by commas", AttributeValues.names),
        AttributeRule(
            "include", [.sample], "a file relative to the project's root, with #part or #L3-L9 behind it if need be",
            AttributeValues.text
        ),
        AttributeRule("title", everyKind, "a text", AttributeValues.text),
        AttributeRule("lines", everyKind, "true", AttributeValues.flag),
        AttributeRule("mark", everyKind, "line numbers and ranges such as 2,5-7", AttributeValues.lines),
        AttributeRule("tab", everyKind, "the tab's label", AttributeValues.text),
        AttributeRule("fold", everyKind, "true", AttributeValues.flag),
        AttributeRule("diff", everyKind, "true", AttributeValues.flag),
    ]

    private static func oneOf(_ words: String...) -> @Sendable (String) -> String? {
        { words.contains($0) ? $0 : nil }
    }

    private static let byKey = Dictionary(uniqueKeysWithValues: all.map { ($0.key, $0) })

    /// The keys that a block of `kind` may carry; `file` and `expect` would make it a block of another kind.
    private static func valid(for kind: Block.Kind) -> [String] {
        all.filter { rule in
            rule.kinds.contains(kind) || (runnable.contains(kind) && ["file", "expect"].contains(rule.key))
        }.map(\.key)
    }

    /// Checks `attributes` of a block of `kind` and reports what does not fit.
    static func check(_ attributes: Attributes, kind: Block.Kind, file: String) -> [Diagnostic] {
        var diagnostics: [Diagnostic] = []
        for entry in attributes.entries {
            guard let rule = byKey[entry.key] else {
                diagnostics.append(
                    Diagnostic(
                        code: "unknown-attribute",
                        "unknown attribute \"\(entry.key)\"",
                        file: file,
                        range: entry.keyRange,
                        help: advice(about: entry.key, on: kind)
                    )
                )
                continue
            }
            if !rule.kinds.contains(kind) {
                let valid = valid(for: kind).joined(separator: ", ")
                diagnostics.append(
                    Diagnostic(
                        code: "misplaced-attribute",
                        "\"\(entry.key)\" does not go with a \(kind.described)",
                        file: file,
                        range: entry.keyRange,
                        help: "it goes with: \(rule.describedKinds); valid here: \(valid)"
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

    /// The key that was probably meant, and those that fit.
    private static func advice(about key: String, on kind: Block.Kind) -> String {
        let valid = valid(for: kind)
        let list = "valid here: \(valid.joined(separator: ", "))"
        if let near = nearestName(to: key, among: valid) {
            return "did you mean \"\(near)\"? \(list)"
        }
        guard let other = nearestName(to: key, among: all.map(\.key)), let rule = byKey[other] else {
            return list
        }
        return "did you mean \"\(other)\"? That goes with: \(rule.describedKinds); \(list)"
    }

    private var describedKinds: String {
        kinds.map(\.described).sorted().joined(separator: ", ")
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
