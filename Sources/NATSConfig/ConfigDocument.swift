/// A configuration file in the language that nats-server reads, as a tree of values.
package struct ConfigDocument: Sendable, Hashable {
    /// The path of the file, as given.
    package var file: String
    /// Its fields, those of included files among them.
    package var root: ConfigMap

    /// Parses the bytes of a file.
    ///
    /// - Parameters:
    ///   - file: the file's path; includes are relative to its directory, and messages repeat it.
    ///   - source: where included files and environment variables come from.
    /// - Throws: the first problem, in nats-server's words.
    package init(parsing bytes: [UInt8], file: String, source: ConfigSource) throws(ConfigProblem) {
        var parser = ConfigParser(bytes, file: file, source: source)
        self.file = file
        root = try parser.parse()
    }

    /// Reads and parses the file at `file`.
    ///
    /// - Throws: the first problem, in nats-server's words; a file that can't be read is one.
    package init(reading file: String, source: ConfigSource) throws(ConfigProblem) {
        let bytes: [UInt8]
        do {
            bytes = try source.read(file)
        } catch {
            throw ConfigProblem(error.message, at: nil)
        }
        try self.init(parsing: bytes, file: file, source: source)
    }
}
