import Guides
import Yams

/// Turns YAML into ``ComposeValue``, with variables replaced.
struct ComposeYAML {
    let file: String
    let text: SourceText
    let variables: Variables
    var diagnostics: [Diagnostic] = []

    init(file: String, bytes: [UInt8], variables: Variables) {
        self.file = file
        text = SourceText(bytes)
        self.variables = variables
    }

    /// The whole document; nil where it is empty or no YAML.
    mutating func read() -> ComposeValue? {
        if SourceText.firstInvalidUTF8(in: text.bytes) != nil {
            diagnostics.append(
                Diagnostic(
                    code: "not-utf8", "the compose file is not UTF-8", file: file, help: "save it as UTF-8"))
            return nil
        }
        do {
            guard let root = try Yams.compose(yaml: String(decoding: text.bytes, as: UTF8.self)) else { return nil }
            return value(of: root)
        } catch let error as YamlError {
            diagnostics += YAMLDiagnostic.make(error, file: file, in: text, lineOffset: 0)
        } catch {
            diagnostics.append(Diagnostic(code: "bad-yaml", "\(error)", file: file))
        }
        return nil
    }

    private mutating func value(of node: Node) -> ComposeValue {
        var value = content(of: node)
        value.directive = ComposeValue.Directive(rawValue: node.tag.description)
        return value
    }

    private mutating func content(of node: Node) -> ComposeValue {
        switch node {
        case .scalar(let scalar):
            let place = place(of: node, length: scalar.string.utf8.count)
            if node.null != nil, scalar.style == .plain || scalar.style == .any {
                return ComposeValue(content: .null, place: place)
            }
            let text = replaceVariables(in: scalar.string, place)
            // What a variable stands for is a text, whatever it looks like.
            let isPlain = (scalar.style == .plain || scalar.style == .any) && text == scalar.string
            return ComposeValue(content: .scalar(text, isPlain: isPlain), place: place)
        case .sequence(let sequence):
            return ComposeValue(content: .list(sequence.map { value(of: $0) }), place: place(of: node, length: 1))
        case .mapping(let mapping):
            return ComposeValue(content: .map(entries(of: mapping)), place: place(of: node, length: 1))
        case .alias:
            // Yams resolves anchors itself.
            return ComposeValue(content: .null, place: place(of: node, length: 1))
        }
    }

    /// The entries with those of merge keys (`<<`) behind the own ones.
    private mutating func entries(of mapping: Node.Mapping) -> [ComposeValue.Entry] {
        var entries: [ComposeValue.Entry] = []
        var merged: [ComposeValue.Entry] = []
        for (keyNode, node) in mapping {
            let key = keyNode.scalar?.string ?? ""
            let place = place(of: keyNode, length: key.utf8.count)
            let value = value(of: node)
            if key == "<<" {
                merged += (value.list ?? [value]).flatMap { $0.map ?? [] }
            } else {
                entries.append(ComposeValue.Entry(key: key, place: place, value: value))
            }
        }
        for entry in merged where !entries.contains(where: { $0.key == entry.key }) {
            entries.append(entry)
        }
        return entries
    }

    private mutating func replaceVariables(in string: String, _ place: Place) -> String {
        do {
            return try variables.replace(in: string)
        } catch {
            diagnostics.append(
                Diagnostic(code: "bad-variable", error.message, file: file, range: place.range, help: error.help))
            return string
        }
    }

    private func place(of node: Node, length: Int) -> Place {
        Place(file: file, range: YAMLDiagnostic.range(of: node, length: length, in: text, lineOffset: 0))
    }
}
