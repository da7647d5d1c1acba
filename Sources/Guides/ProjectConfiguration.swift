import Yams

/// What `launchpad.yml` says. Every key may be missing.
package struct ProjectConfiguration: Sendable, Hashable {
    /// One pair of names, in the order of the file.
    package struct Pair: Sendable, Hashable {
        package var key: String
        package var value: String
        /// Where the key stands.
        package var range: SourceRange?

        package init(key: String, value: String, range: SourceRange? = nil) {
            self.key = key
            self.value = value
            self.range = range
        }
    }

    /// The site's name.
    package var title = "Launchpad"
    package var description: String?
    /// The address at which the site is published, for canonical links and the site map.
    package var url: String?
    /// The address of the repository, for a link on every page.
    package var repository: String?
    /// The address in front of a guide's path at which it can be edited.
    package var edit: String?
    /// The folder of the guides.
    package var docs = "docs"
    /// The folder that generated check scripts and the manifest go to.
    package var ops = "ops"
    /// Whether all HTML in guides goes into pages as it stands, scripts too; otherwise only what can't run anything.
    package var allowsRawHTML = false
    /// Runners by language.
    package var runners: [String: Runner] = [:]
    /// What `{{ name }}` in a guide's text stands for.
    package var variables: [String: String] = [:]
    /// Addresses in the site that pages have left, and where they are now: a guide, with an anchor if need be, or an address.
    package var redirects: [Pair] = []
    /// Labels of the versions that are published, the newest first, with their addresses.
    package var versions: [Pair] = []
    /// Programs of this machine that stand in for container images, by the image's name without a tag; added to the map that
    /// ships with Launchpad.
    package var images: [String: [ImageStandIn]] = [:]

    package init() {}

    static let keys = [
        "title", "description", "url", "repository", "edit", "docs", "ops", "raw-html", "runners", "images",
        "variables", "redirects", "versions",
    ]

    /// Reads a `launchpad.yml`.
    package static func parse(
        file: String,
        bytes: [UInt8]
    ) -> (configuration: ProjectConfiguration, diagnostics: [Diagnostic]) {
        let text = SourceText(bytes)
        if let offset = SourceText.firstInvalidUTF8(in: bytes) {
            let problem = Diagnostic(
                code: "not-utf8",
                "the configuration is not UTF-8: the byte at offset \(offset) begins no character",
                file: file,
                range: text.range(of: offset..<offset + 1),
                help: "save it as UTF-8"
            )
            return (ProjectConfiguration(), [problem])
        }
        var reader = ConfigurationReader(file: file, text: text)
        reader.read(String(decoding: bytes, as: UTF8.self))
        return (reader.configuration, reader.diagnostics)
    }
}

private struct ConfigurationReader {
    let file: String
    let text: SourceText
    var configuration = ProjectConfiguration()
    var diagnostics: [Diagnostic] = []

    mutating func read(_ yaml: String) {
        do {
            guard let root = try Yams.compose(yaml: yaml) else {
                return
            }
            guard case .mapping(let mapping) = root else {
                reject(root, "the configuration must be key: value pairs")
                return
            }
            for (key, value) in mapping {
                read(key: key, value: value)
            }
        } catch let error as YamlError {
            diagnostics += YAMLDiagnostic.make(error, file: file, in: text, lineOffset: 0)
        } catch {
            diagnostics.append(Diagnostic(code: "bad-yaml", "\(error)", file: file))
        }
    }

    private mutating func read(key: Node, value: Node) {
        let name = key.string ?? ""
        switch name {
        case "title": string(value, name).map { configuration.title = $0 }
        case "description": configuration.description = string(value, name)
        case "url": configuration.url = address(value, name)
        case "repository": configuration.repository = address(value, name)
        case "edit": configuration.edit = address(value, name)
        case "docs": folder(value, name).map { configuration.docs = $0 }
        case "ops": folder(value, name).map { configuration.ops = $0 }
        case "raw-html":
            switch string(value, name) {
            case "safe": configuration.allowsRawHTML = false
            case "allow": configuration.allowsRawHTML = true
            case nil: break
            default: reject(value, "\"raw-html\" must be safe or allow")
            }
        case "runners":
            var reader = RunnerReader(file: file, text: text)
            configuration.runners = reader.read(value)
            diagnostics += reader.diagnostics
        case "variables":
            for pair in pairs(value, name, "names to texts") {
                if pair.key.allSatisfy({ $0.isLetter || $0.isNumber || "-_.".contains($0) }) {
                    configuration.variables[pair.key] = pair.value
                } else {
                    reject(value, "\"\(pair.key)\" cannot be a variable: letters, digits, -, _ and . can")
                }
            }
        case "redirects": configuration.redirects = pairs(value, name, "old addresses to guides")
        case "versions": configuration.versions = pairs(value, name, "labels to addresses")
        case "images":
            var reader = ImageMapReader(file: file, text: text)
            configuration.images = reader.read(value)
            diagnostics += reader.diagnostics
        default: unknown(key, name, valid: ProjectConfiguration.keys)
        }
    }

    /// A mapping of texts to texts, in its order.
    private mutating func pairs(_ node: Node, _ name: String, _ what: String) -> [ProjectConfiguration.Pair] {
        guard case .mapping(let mapping) = node else {
            reject(node, "\"\(name)\" must map \(what)")
            return []
        }
        return mapping.compactMap { key, value in
            guard let text = string(key, name), let content = string(value, text) else { return nil }
            let range = YAMLDiagnostic.range(of: key, length: text.utf8.count, in: self.text, lineOffset: 0)
            return ProjectConfiguration.Pair(key: text, value: content, range: range)
        }
    }

    private mutating func string(_ node: Node, _ key: String) -> String? {
        if let scalar = node.scalar, node.null == nil, !scalar.string.isEmpty {
            return scalar.string
        }
        reject(node, "\"\(key)\" must be a text")
        return nil
    }

    /// The address of a page or site.
    private mutating func address(_ node: Node, _ key: String) -> String? {
        guard let text = string(node, key) else {
            return nil
        }
        let rest = ["https://", "http://"].first { text.hasPrefix($0) }.map { text.dropFirst($0.utf8.count) }
        guard let rest, let first = rest.first, first != "/", !text.contains(where: \.isWhitespace) else {
            reject(
                node, "\"\(key)\" must be an address",
                help: "it begins with https:// or http://, such as https://docs.example.com/"
            )
            return nil
        }
        return text
    }

    private mutating func folder(_ node: Node, _ key: String) -> String? {
        guard let path = string(node, key) else {
            return nil
        }
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        if path.hasPrefix("/") || parts.contains("..") || parts.contains("") || parts.contains(".") {
            reject(node, "\"\(key)\" must be a folder inside the project, such as \(key)")
            return nil
        }
        return path
    }

    private mutating func unknown(_ node: Node, _ name: String, valid: [String]) {
        let near = nearestName(to: name, among: valid).map { "did you mean \"\($0)\"? " } ?? ""
        reject(
            node, "unknown key \"\(name)\"", code: "unknown-key",
            help: near + "valid keys: " + valid.joined(separator: ", "))
    }

    private mutating func reject(
        _ node: Node, _ message: String, code: String = "bad-configuration", help: String? = nil
    ) {
        let range = YAMLDiagnostic.range(of: node, length: node.scalar?.string.utf8.count ?? 1, in: text, lineOffset: 0)
        diagnostics.append(Diagnostic(code: code, message, file: file, range: range, help: help))
    }
}
