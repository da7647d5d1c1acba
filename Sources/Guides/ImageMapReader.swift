package import Yams

/// Reads an image map: images by name, each with one stand-in or a list of them, the best first.
package struct ImageMapReader {
    private static let keys = [
        "program", "serves", "original", "version", "since", "search", "entrypoint", "command", "environment", "user",
        "workdir",
        "ports", "volumes", "stop-signal", "system", "tools", "script", "files", "commands", "template",
    ]

    private let file: String
    private let text: SourceText
    package private(set) var diagnostics: [Diagnostic] = []

    package init(file: String, text: SourceText) {
        self.file = file
        self.text = text
    }

    /// The stand-ins by the image's name without a tag.
    package mutating func read(_ node: Node) -> [String: [ImageStandIn]] {
        guard case .mapping(let mapping) = node else {
            reject(node, "\"images\" must map an image to the program that stands in for it")
            return [:]
        }
        var images: [String: [ImageStandIn]] = [:]
        for (key, value) in mapping {
            let name = key.string ?? ""
            if name.isEmpty || name.contains(":") {
                reject(
                    key, "\"\(name)\" is no image without a tag",
                    help: "leave the tag away: one program stands in for all of them")
                continue
            }
            let nodes = if case .sequence(let sequence) = value { Array(sequence) } else { [value] }
            images[name] = nodes.compactMap { standIn($0, of: name) }
        }
        return images
    }

    private mutating func standIn(_ node: Node, of image: String) -> ImageStandIn? {
        guard case .mapping(let mapping) = node, let program = mapping["program"]?.string else {
            reject(
                node, "the stand-in of \"\(image)\" needs a program",
                help: "for example: {program: redis-server, ports: [6379]}")
            return nil
        }
        var result = ImageStandIn(program: program)
        result.command = [program]
        for (key, value) in mapping {
            let name = key.string ?? ""
            switch name {
            case "program": break
            case "serves": result.serves = string(value, name) ?? program
            case "original": result.isOriginal = bool(value, name)
            case "version": result.version = strings(value, name)
            case "since": result.since = string(value, name)
            case "search": result.search = strings(value, name)
            case "entrypoint": result.entrypoint = strings(value, name)
            case "command": result.command = strings(value, name)
            case "environment": result.environment = pairs(value, name)
            case "files": result.files = pairs(value, name)
            case "commands": result.commands = pairs(value, name)
            case "template": result.template = strings(value, name)
            case "user": result.user = string(value, name)
            case "workdir": result.workingDirectory = string(value, name) ?? "/"
            case "ports": result.ports = strings(value, name).compactMap { Int($0) }
            case "volumes": result.volumes = strings(value, name)
            case "stop-signal": result.stopSignal = string(value, name)
            case "system": result.hasSystem = bool(value, name)
            case "tools": result.tools = strings(value, name)
            case "script": result.script = string(value, name)
            default:
                let near = nearestName(to: name, among: Self.keys).map { "did you mean \"\($0)\"? " } ?? ""
                reject(key, "unknown key \"\(name)\"", help: near + "valid keys: " + Self.keys.joined(separator: ", "))
            }
        }
        if mapping["command"] == nil, result.script != nil || !result.entrypoint.isEmpty { result.command = [] }
        return result
    }

    private mutating func string(_ node: Node, _ key: String) -> String? {
        if let scalar = node.scalar, !scalar.string.isEmpty { return scalar.string }
        reject(node, "\"\(key)\" must be a text")
        return nil
    }

    private mutating func strings(_ node: Node, _ key: String) -> [String] {
        if let scalar = node.scalar { return [scalar.string] }
        let texts = node.sequence?.compactMap { $0.scalar?.string }
        if let texts, texts.count == node.sequence?.count { return texts }
        reject(node, "\"\(key)\" must be a list of texts")
        return []
    }

    private mutating func pairs(_ node: Node, _ key: String) -> [String: String] {
        guard let mapping = node.mapping else {
            reject(node, "\"\(key)\" must map names to texts")
            return [:]
        }
        var result: [String: String] = [:]
        for (name, value) in mapping { result[name.string ?? ""] = string(value, name.string ?? "") }
        return result
    }

    private mutating func bool(_ node: Node, _ key: String) -> Bool {
        if node.bool == nil { reject(node, "\"\(key)\" must be true or false") }
        return node.bool ?? false
    }

    private mutating func reject(_ node: Node, _ message: String, help: String? = nil) {
        let range = YAMLDiagnostic.range(of: node, length: node.scalar?.string.utf8.count ?? 1, in: text, lineOffset: 0)
        diagnostics.append(Diagnostic(code: "bad-image-map", message, file: file, range: range, help: help))
    }
}
