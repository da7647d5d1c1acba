/// The keys that a configuration file sets.
enum ConfigurationKeys {
    /// Each key with its first line, in the order of the file; none for files that are no configuration.
    ///
    /// - Parameters:
    ///   - contents: the file, or a part of it.
    ///   - path: its path, whose ending tells the language.
    static func keys(in contents: [UInt8], of path: String) -> [(name: String, line: Int)] {
        let endings = ["conf", "yml", "yaml", "toml", "ini", "properties"]
        guard endings.contains(where: { path.hasSuffix("." + $0) }) else { return [] }
        let tokens = Highlighter.tokens(contents, Highlighter.language(ofFile: path))
        var seen: Set<String> = []
        var keys: [(name: String, line: Int)] = []
        var line = 1
        var position = 0
        for token in tokens where token.kind == .property {
            line += contents[position..<token.range.lowerBound].count { $0 == UInt8(ascii: "\n") }
            position = token.range.lowerBound
            let name = String(decoding: contents[token.range], as: UTF8.self)
            if seen.insert(name).inserted {
                keys.append((name, line))
            }
        }
        return keys
    }
}
