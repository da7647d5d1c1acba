import GoFormats

/// The contexts of a user: `nats/context/NAME.json` under the configuration directory, and which of them is selected.
/// natscli uses the same files.
struct ContextStore: Sendable {
    private let root: String

    /// - Parameter environment: `XDG_CONFIG_HOME` names the configuration directory, else it is `~/.config`.
    init(environment: [String: String]) {
        if let directory = environment["XDG_CONFIG_HOME"], !directory.isEmpty {
            root = directory + "/nats"
        } else {
            root = HomeDirectory.path(environment: environment) + "/.config/nats"
        }
    }

    /// Checks a name for what can't be a file's name.
    static func checkName(_ name: String) throws(CommandError) {
        if name.isEmpty {
            throw CommandError("invalid context name: name is empty")
        }
        if name.contains("..") {
            throw CommandError("invalid context name: \(GoText.quoted(name)) must not contain \"..\"")
        }
        if name.contains(where: { $0 == "/" || $0 == "\\" }) {
            throw CommandError("invalid context name: \(GoText.quoted(name)) must not contain \"/\" or \"\\\"")
        }
    }

    /// Where the file of a context is, or would be.
    func path(of name: String) -> String {
        "\(root)/context/\(name).json"
    }

    /// The names of all contexts, sorted.
    func names() throws -> [String] {
        try FileSystem.names(in: root + "/context").compactMap { file in
            guard file.hasSuffix(".json"), FileSystem.isFile("\(root)/context/\(file)") else { return nil }
            let name = String(file.dropLast(5))
            return (try? Self.checkName(name)) == nil ? nil : name
        }
    }

    func isKnown(_ name: String) -> Bool {
        (try? Self.checkName(name)) != nil && FileSystem.isFile(path(of: name))
    }

    /// Reads a context.
    ///
    /// - Throws: ``CommandError`` if there is none of this name, or its file can't be read.
    func load(_ name: String) throws -> ContextSettings {
        try Self.checkName(name)
        return try load(file: path(of: name), name: name)
    }

    /// Reads a context from any file.
    func load(file: String, name: String) throws -> ContextSettings {
        let document: [UInt8]
        do {
            document = try FileSystem.read(file)
        } catch {
            throw error.isMissingFile
                ? CommandError("context not found: \(GoText.quoted(name))") : CommandError("\(error)")
        }
        do {
            return try ContextSettings(parsing: document)
        } catch {
            throw CommandError("context \(GoText.quoted(name)) is not readable: \(file) is no valid JSON document")
        }
    }

    func save(_ settings: ContextSettings, as name: String) throws {
        try Self.checkName(name)
        try FileSystem.makeDirectory(root + "/context")
        try FileSystem.replace(path(of: name), with: Array(settings.document().utf8))
    }

    func delete(_ name: String) throws {
        try Self.checkName(name)
        try FileSystem.remove(path(of: name))
    }

    /// The context that is used where none is named.
    var selected: String? { note("context.txt") }

    /// The one that was selected before.
    var previous: String? { note("previous-context.txt") }

    /// Makes a context the selected one; `nil` selects none.
    func select(_ name: String?) throws {
        try FileSystem.makeDirectory(root)
        if let selected {
            try FileSystem.replace(root + "/previous-context.txt", with: Array(selected.utf8))
        }
        if let name {
            try FileSystem.replace(root + "/context.txt", with: Array(name.utf8))
        } else {
            try FileSystem.remove(root + "/context.txt")
        }
    }

    private func note(_ file: String) -> String? {
        guard let bytes = try? FileSystem.read("\(root)/\(file)") else { return nil }
        let text = String(decoding: bytes, as: UTF8.self)
        let words = text.drop(while: \.isWhitespace)
        guard let last = words.lastIndex(where: { !$0.isWhitespace }) else { return nil }
        return String(words[...last])
    }
}
