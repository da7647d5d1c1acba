import Guides

/// Reading single values, with an error where they are of the wrong kind.
extension ComposeReader {
    mutating func reject(_ place: Place, _ message: String, code: String = "bad-compose-file", help: String? = nil) {
        diagnostics.append(Diagnostic(code: code, message, file: place.file, range: place.range, help: help))
    }

    /// Tells of a key that is not supported; one that begins with `x-` is the author's own.
    mutating func unknown(_ entry: ComposeValue.Entry, of owner: String = "", valid: [String]) {
        guard !entry.key.hasPrefix("x-") else { return }
        let near = nearestName(to: entry.key, among: valid).map { "did you mean \"\($0)\"? " } ?? ""
        reject(
            entry.place, "the key \"\(entry.key)\"\(owner) is not supported here", code: "unsupported-key",
            help: near + Self.valid(valid.sorted()))
    }

    /// What the author keeps under keys that begin with `x-`, in the order of these.
    func extensions(of value: ComposeValue) -> [ComposeValue.Entry] {
        (value.map ?? []).filter { $0.key.hasPrefix("x-") }.sorted { $0.key < $1.key }
    }

    mutating func text(_ entry: ComposeValue.Entry) -> String? {
        if let text = entry.value.text, entry.value.typed == nil { return text }
        rejectKind(of: entry.value, "\"\(entry.key)\" must be a text and not \(entry.value.kind)")
        return nil
    }

    private mutating func rejectKind(of value: ComposeValue, _ message: String) {
        reject(value.place, message, help: value.typed == nil ? nil : "put it in quotes: \"\(value.text ?? "")\"")
    }

    mutating func bool(_ entry: ComposeValue.Entry) -> Bool? {
        if let bool = entry.value.bool { return bool }
        reject(entry.value.place, "\"\(entry.key)\" must be true or false")
        return nil
    }

    mutating func int(_ entry: ComposeValue.Entry) -> Int? {
        if let number = entry.value.text.flatMap({ Int($0) }) { return number }
        reject(entry.value.place, "\"\(entry.key)\" must be a whole number")
        return nil
    }

    mutating func duration(_ entry: ComposeValue.Entry) -> GoDuration? {
        if let duration = entry.value.text.flatMap({ GoDuration($0) }) { return duration }
        reject(entry.value.place, "\"\(entry.key)\" must be a length of time", help: "for example: 500ms, 10s, 1m30s")
        return nil
    }

    /// A list of texts, or of texts and numbers; where `isListOnly` is false, a single text, too.
    mutating func texts(
        _ entry: ComposeValue.Entry, isListOnly: Bool = false, allowsNumbers: Bool = false
    ) -> [String] {
        if let text = entry.value.text, entry.value.typed == nil, !isListOnly { return [text] }
        guard let list = entry.value.list else {
            if !entry.value.isNull { rejectKind(of: entry.value, "\"\(entry.key)\" must be a list of texts") }
            return []
        }
        return list.compactMap { item in
            if let text = item.text, allowsNumbers || item.typed == nil { return text }
            rejectKind(of: item, "\"\(entry.key)\" must be a list of texts and holds \(item.kind)")
            return nil
        }
    }

    /// A command line: a list, or a text that is split as a shell would. Nil where it is empty on purpose.
    mutating func words(_ entry: ComposeValue.Entry) -> [String]? {
        if entry.value.isNull { return nil }
        guard let text = entry.value.text, entry.value.typed == nil else { return texts(entry) }
        guard let words = ShellWords.split(text) else {
            reject(entry.value.place, "a quote in \"\(entry.key)\" is not closed")
            return nil
        }
        return words
    }

    /// A mapping or a list of `NAME=value`; nil values are names alone.
    mutating func pairs(_ entry: ComposeValue.Entry) -> [String: String?] {
        var result: [String: String?] = [:]
        if let map = entry.value.map {
            for pair in map {
                if pair.value.isNull {
                    result.updateValue(nil, forKey: pair.key)
                } else if pair.key.isEmpty {
                    reject(pair.place, "a name in \"\(entry.key)\" is empty")
                } else if let text = pair.value.printed {
                    result[pair.key] = text
                } else {
                    reject(pair.value.place, "\"\(pair.key)\" must be a text and not \(pair.value.kind)")
                }
            }
        } else if let list = entry.value.list {
            for item in list {
                guard let text = item.text, item.typed == nil else {
                    reject(item.place, "\"\(entry.key)\" must be a list of NAME=value")
                    continue
                }
                let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                result.updateValue(parts.count > 1 ? String(parts[1]) : nil, forKey: String(parts[0]))
            }
        } else if !entry.value.isNull {
            reject(entry.value.place, "\"\(entry.key)\" must be a mapping or a list of NAME=value")
        }
        return result
    }

    mutating func labels(_ entry: ComposeValue.Entry) -> [String: String] {
        pairs(entry).mapValues { $0 ?? "" }
    }

    /// `path` from the project's directory, without `.` and `..`.
    func absolute(_ path: String) -> String {
        AbsolutePath.of(path, in: directory, home: variables.values["HOME"])
    }
}

/// Paths as a shell would resolve them, without looking at the disk.
enum AbsolutePath {
    static func of(_ path: String, in directory: String, home: String? = nil) -> String {
        var full = path.hasPrefix("/") ? path : "\(directory)/\(path)"
        if let home, path == "~" || path.hasPrefix("~/") { full = home + path.dropFirst() }
        var parts: [Substring] = []
        for part in full.split(separator: "/") where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(part) }
        }
        return "/" + parts.joined(separator: "/")
    }
}

/// Splits a command as a shell does, without expanding anything.
enum ShellWords {
    /// Nil where a quote is not closed.
    static func split(_ text: String) -> [String]? {
        var words: [String] = []
        var word: String?
        var quote: Character?
        var rest = Substring(text)
        while let character = rest.popFirst() {
            switch (character, quote) {
            case ("'", "'"), ("\"", "\""): quote = nil
            case ("'", nil), ("\"", nil):
                quote = character
                word = word ?? ""
            case ("\\", let open) where open != "'":
                guard let next = rest.popFirst() else { return nil }
                if open == "\"", !"\"\\$`\n".contains(next) { word = (word ?? "") + "\\" }
                word = (word ?? "") + String(next)
            case (_, nil) where character.isWhitespace:
                if let finished = word { words.append(finished) }
                word = nil
            default: word = (word ?? "") + String(character)
            }
        }
        guard quote == nil else { return nil }
        if let word { words.append(word) }
        return words
    }
}
