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

    var content: Content
    var place: Place

    /// The text of a scalar of any type, nil for everything else.
    var text: String? {
        if case .scalar(let text, _) = content { text } else { nil }
    }

    var isNull: Bool { content == .null }

    var list: [ComposeValue]? {
        if case .list(let values) = content { values } else { nil }
    }

    var map: [Entry]? {
        if case .map(let entries) = content { entries } else { nil }
    }

    /// YAML's truth values; those of YAML 1.1 (`yes`, `on`) are texts, as in Compose.
    var bool: Bool? {
        guard case .scalar(let text, _) = content else { return nil }
        return switch text {
        case "true", "True", "TRUE": true
        case "false", "False", "FALSE": false
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
        case .scalar: "a text"
        case .list: "a list"
        case .map: "a mapping"
        }
    }
}
