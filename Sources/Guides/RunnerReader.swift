import Yams

/// Reads `runners` of a `launchpad.yml`: languages with their commands, or with all that a runner can say.
struct RunnerReader {
    private static let keys = ["command", "file", "folder", "missing", "probe", "tool"]

    private let file: String
    private let text: SourceText
    private(set) var diagnostics: [Diagnostic] = []

    init(file: String, text: SourceText) {
        self.file = file
        self.text = text
    }

    /// The runners by language. One with a mistake is left out, and told.
    mutating func read(_ node: Node) -> [String: ProjectConfiguration.Runner] {
        guard case .mapping(let mapping) = node else {
            reject(node, "\"runners\" must map a language to its command")
            return [:]
        }
        var runners: [String: ProjectConfiguration.Runner] = [:]
        for (key, value) in mapping {
            guard let language = key.string else {
                reject(key, "a language must be a word")
                continue
            }
            runners[language] = runner(value, of: language)
        }
        return runners
    }

    private mutating func runner(_ node: Node, of language: String) -> ProjectConfiguration.Runner? {
        var fields: [String: Node] = [:]
        var texts: [String: String] = [:]
        if case .mapping(let mapping) = node {
            for (key, value) in mapping {
                let name = key.string ?? ""
                guard Self.keys.contains(name) else {
                    unknown(key, name)
                    continue
                }
                fields[name] = value
                texts[name] = string(value, name)
            }
        } else {
            fields["command"] = node
            texts["command"] = node.scalar?.string
        }
        guard let command = texts["command"], let first = command.split(separator: " ").first else {
            reject(node, "the runner of \"\(language)\" needs a command")
            return nil
        }
        check(fields, texts, of: language)
        return ProjectConfiguration.Runner(
            command: command,
            file: texts["file"] ?? "sample.\(language)",
            tool: texts["tool"] ?? String(first),
            folder: texts["folder"],
            probe: texts["probe"],
            missing: texts["missing"]
        )
    }

    /// What each of the texts must be, seen together.
    private mutating func check(_ fields: [String: Node], _ texts: [String: String], of language: String) {
        if let node = fields["folder"], let folder = texts["folder"] {
            if ProjectConfiguration.Runner.expand(folder, environment: { _ in nil }) == nil {
                reject(
                    node, "\"\(folder)\" names no folder: a $ begins a variable",
                    help: "a variable is written ${NAME}, or ${NAME:-folder} with a folder where it is not set")
            }
        } else {
            for key in ["command", "probe"] where texts[key]?.contains("{folder}") ?? false {
                guard let node = fields[key] else { continue }
                reject(
                    node, "\"\(key)\" needs {folder}, and the runner of \"\(language)\" has none",
                    help: "say which one: folder: PATH, relative to the project's root")
            }
        }
        if let node = fields["probe"], texts["probe"]?.contains("{file}") ?? false {
            reject(
                node, "\"probe\" runs before there is a {file}",
                help: "try what the samples need, such as python3 -c 'import nats'")
        }
        if let node = fields["file"], texts["file"]?.contains("/") ?? false {
            reject(node, "\"file\" must be a name without a folder, such as sample.\(language)")
        }
        // Without a tool of its own and without {folder}, what the first word is can't be looked up.
        if texts["tool"] == nil, let node = fields["command"], let word = texts["command"]?.split(separator: " ").first,
            word.contains("{") || word.contains("=")
        {
            reject(
                node, "the command of \"\(language)\" begins with no program",
                help: "say with tool: which program it needs, such as tool: python3")
        }
    }

    private mutating func string(_ node: Node, _ key: String) -> String? {
        if let scalar = node.scalar, node.null == nil, !scalar.string.isEmpty { return scalar.string }
        reject(node, "\"\(key)\" must be a text")
        return nil
    }

    private mutating func unknown(_ node: Node, _ name: String) {
        let near = nearestName(to: name, among: Self.keys).map { "did you mean \"\($0)\"? " } ?? ""
        reject(
            node, "unknown key \"\(name)\"", code: "unknown-key",
            help: near + "valid keys: " + Self.keys.joined(separator: ", "))
    }

    private mutating func reject(
        _ node: Node, _ message: String, code: String = "bad-configuration", help: String? = nil
    ) {
        let range = YAMLDiagnostic.range(of: node, length: node.scalar?.string.utf8.count ?? 1, in: text, lineOffset: 0)
        diagnostics.append(Diagnostic(code: code, message, file: file, range: range, help: help))
    }
}
