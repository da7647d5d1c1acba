/// A key with its value, or an element of a list, in a configuration file: what can be dropped or changed on its own.
package struct Setting: Sendable, Hashable {
    /// The keys that lead to it, elements of lists by their position from 1: `accounts.TENANT_A.users.1.password`.
    package var path: String
    /// The byte range of all of it, key and value.
    package var range: Range<Int>
    /// The byte range of its value without quotes, where that is a single one; nil for maps, lists and longer texts.
    package var scalar: Range<Int>?
    /// Whether the value stands in quotes.
    package var isQuoted = false
    /// Whether it is an element of a list rather than a key.
    package var isElement = false
    /// The line it starts on, from 1.
    package var line: Int
}

/// The formats whose settings are known.
package enum SettingsFormat: Sendable, Hashable {
    /// nats-server's configuration and JSON: keys, values, `{ … }` and `[ … ]`.
    case braces
    /// YAML as people write it: one setting a line, nested by indentation.
    case indentation
    /// Shell scripts and files of variables: one setting a line, and its value is not looked into.
    case lines

    /// - Returns: nil for a file whose text has no settings that could be told apart.
    package static func of(path: String) -> SettingsFormat? {
        let name = path.split(separator: "/").last.map { $0.lowercased() } ?? ""
        switch name.split(separator: ".").last ?? "" {
        case "conf", "json", "cfg": return .braces
        case "yml", "yaml": return .indentation
        case "sh", "bash", "env", "properties": return .lines
        default: return nil
        }
    }

    /// Every setting in `bytes`, in the order in which they begin.
    ///
    /// Text that is not of this format yields what can be made of it: it is not the place to report mistakes.
    package func settings(in bytes: [UInt8]) -> [Setting] {
        switch self {
        case .braces:
            var scanner = BraceScanner(bytes)
            return scanner.scan()
        case .indentation: return IndentationScanner(bytes).scan()
        case .lines: return LineScanner(bytes).scan()
        }
    }
}
