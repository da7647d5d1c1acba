import Guides

/// Where something stands in a compose file, for messages.
struct Place: Sendable, Hashable {
    var file: String
    var range: SourceRange?
}

/// A value of a compose file with its place: YAML without anchors, merge keys and variables.
struct ComposeValue: Sendable, Hashable {
    indirect enum Content: Sendable, Hashable {
        case null
        /// - Parameter isPlain: not in quotes, so that it may be a number or a truth value.
        case scalar(String, isPlain: Bool)
        case list([ComposeValue])
        case map([Entry])
    }

    struct Entry: Sendable, Hashable {
        var key: String
        var place: Place
        var value: ComposeValue
    }

    /// What a file that is laid over another one does to the other's value by a tag, beside what its own value says.
    enum Directive: String, Sendable, Hashable {
        case reset = "!reset"
        case override = "!override"
    }

    var content: Content
    var place: Place
    var directive: Directive?

    /// The text of a scalar of any type, nil for everything else.
    var text: String? {
        if case .scalar(let text, _) = content { text } else { nil }
    }

    /// Nil for a text, also for one in quotes: what a plain scalar is taken for.
    var typed: PlainScalar? {
        guard case .scalar(let text, isPlain: true) = content else { return nil }
        let typed = PlainScalar(text)
        return typed == .text || typed == .null ? nil : typed
    }

    /// The text of a scalar; a number or a truth value as Go prints it.
    var printed: String? { typed?.goText ?? text }

    var isNull: Bool { content == .null }

    var list: [ComposeValue]? {
        if case .list(let values) = content { values } else { nil }
    }

    var map: [Entry]? {
        if case .map(let entries) = content { entries } else { nil }
    }

    /// A truth value, also one of YAML 1.1 (`yes`, `on`), where one is asked for.
    var bool: Bool? {
        switch text?.lowercased() {
        case "true", "y", "yes", "on": true
        case "false", "n", "no", "off": false
        default: nil
        }
    }

    /// Of a mapping, the value of `key`.
    subscript(key: String) -> ComposeValue? {
        map?.last { $0.key == key }?.value
    }

    /// What kind of value it is, as a message names it.
    var kind: String {
        switch content {
        case .null: "nothing"
        case .scalar:
            switch typed {
            case .bool: "a truth value"
            case .integer, .float: "a number"
            case .timestamp: "a time"
            default: "a text"
            }
        case .list: "a list"
        case .map: "a mapping"
        }
    }
}
