extension ProjectConfiguration {
    /// How a sample in some language is run.
    package struct Runner: Sendable, Hashable {
        /// A shell command in which `{file}` stands for the sample's file, `{dir}` for the fresh folder it lies in, and
        /// `{folder}` for ``folder``; without `{file}` the file is its last argument.
        package var command: String
        /// The file's name; `sample.` and the language where it is not given.
        package var file: String
        /// The tool that must be on the path; the command's first word where it is not given.
        package var tool: String
        /// A folder outside the guide's workspace that the command needs, as it is written: relative to the project's root,
        /// with `${NAME}` and `${NAME:-default}` for variables of the environment. The sandbox shows it, read-only.
        package var folder: String?
        /// A shell command that succeeds where a sample can be run; `{folder}` stands for ``folder`` in it as well.
        package var probe: String?
        /// Why samples are not run where the tool or the folder is missing, or the probe fails: `the npm packages are not
        /// installed`.
        package var missing: String?

        package init(
            command: String, file: String, tool: String, folder: String? = nil, probe: String? = nil,
            missing: String? = nil
        ) {
            self.command = command
            self.file = file
            self.tool = tool
            self.folder = folder
            self.probe = probe
            self.missing = missing
        }

        /// The absolute path of the folder; nil where the runner needs none.
        ///
        /// - Parameters:
        ///   - root: the project's root, an absolute path.
        ///   - environment: what a variable is, nil where it is not set.
        package func folderPath(root: String, environment: (String) -> String?) -> String? {
            guard let folder, let path = Self.expand(folder, environment: environment), !path.isEmpty else {
                return nil
            }
            return path.hasPrefix("/") ? path : "\(root)/\(path)"
        }

        /// The text with its variables replaced; one that is not set or empty, and has no default, by nothing. Nil where a
        /// `$` begins no variable.
        static func expand(_ text: String, environment: (String) -> String?) -> String? {
            var result = ""
            var rest = text[...]
            while let dollar = rest.firstIndex(of: "$") {
                result += rest[..<dollar]
                rest = rest[dollar...].dropFirst()
                guard rest.first == "{", let close = rest.firstIndex(of: "}") else { return nil }
                let inner = rest[..<close].dropFirst()
                rest = rest[close...].dropFirst()
                let name = inner.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
                let fallback = inner.dropFirst(name.count)
                guard !name.isEmpty, fallback.isEmpty || fallback.hasPrefix(":-") else { return nil }
                let value = environment(String(name)).flatMap { $0.isEmpty ? nil : $0 }
                result += value ?? String(fallback.dropFirst(2))
            }
            return result + rest
        }
    }
}
