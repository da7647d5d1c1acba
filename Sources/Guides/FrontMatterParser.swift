import Yams

/// Reads the YAML between two `---` lines at the top of a guide.
struct FrontMatterParser {
    /// What stood at the top of a guide.
    struct Result {
        var frontMatter: FrontMatter
        /// The number of bytes and lines that it takes, both `---` lines included.
        var byteCount: Int
        var lineCount: Int
        var diagnostics: [Diagnostic]
    }

    static let keys = ["title", "description", "order", "services", "broker", "needs", "tags", "draft"]

    private let file: String
    private let text: SourceText
    private var frontMatter = FrontMatter()
    private var diagnostics: [Diagnostic] = []

    private init(file: String, text: SourceText) {
        self.file = file
        self.text = text
    }

    /// Reads the front matter of `text`, or nothing where there is none.
    static func parse(file: String, text: SourceText) -> Result {
        guard text.lineCount > 0, text.line(1) == "---" else {
            return Result(frontMatter: FrontMatter(), byteCount: 0, lineCount: 0, diagnostics: [])
        }
        var parser = FrontMatterParser(file: file, text: text)
        var last = 2
        while last <= text.lineCount, text.line(last) != "---" {
            last += 1
        }
        guard last <= text.lineCount else {
            parser.diagnostics.append(
                Diagnostic(
                    code: "unclosed-front-matter",
                    "the front matter is not closed",
                    file: file,
                    range: SourceRange(line: 1, column: 1, length: 3),
                    help: "end it with a line that is \"---\" alone"
                )
            )
            return Result(frontMatter: FrontMatter(), byteCount: 0, lineCount: 0, diagnostics: parser.diagnostics)
        }
        let yaml = text.bytes[text.lineBytes(2).lowerBound..<text.lineBytes(last).lowerBound]
        parser.read(String(decoding: yaml, as: UTF8.self))
        return Result(
            frontMatter: parser.frontMatter,
            byteCount: text.lineBytes(last).upperBound,
            lineCount: last,
            diagnostics: parser.diagnostics
        )
    }

    private mutating func read(_ yaml: String) {
        let root: Node?
        do {
            root = try Yams.compose(yaml: yaml)
        } catch let error as YamlError {
            diagnostics.append(YAMLDiagnostic.make(error, file: file, lineOffset: 1))
            return
        } catch {
            diagnostics.append(Diagnostic(code: "bad-yaml", "\(error)", file: file))
            return
        }
        guard let root else {
            return
        }
        guard case .mapping(let mapping) = root else {
            reject(root, "the front matter must be key: value pairs")
            return
        }
        for (key, value) in mapping {
            read(key: key, value: value)
        }
    }

    private mutating func read(key: Node, value: Node) {
        guard case .scalar(let scalar) = key else {
            reject(key, "a key must be a word")
            return
        }
        let name = scalar.string
        frontMatter.ranges[name] = range(of: key, length: name.utf8.count)
        switch name {
        case "title": frontMatter.title = string(value, name)
        case "description": frontMatter.description = string(value, name)
        case "services": frontMatter.services = string(value, name)
        case "broker": frontMatter.broker = string(value, name)
        case "needs": frontMatter.needs = strings(value, name)
        case "tags": frontMatter.tags = strings(value, name)
        case "order":
            frontMatter.order = value.int
            if frontMatter.order == nil {
                reject(value, "\"order\" must be a whole number")
            }
        case "draft":
            frontMatter.draft = value.bool ?? false
            if value.bool == nil {
                reject(value, "\"draft\" must be true or false")
            }
        default:
            let near = nearestName(to: name, among: Self.keys).map { "did you mean \"\($0)\"? " } ?? ""
            diagnostics.append(
                Diagnostic(
                    code: "unknown-front-matter",
                    "unknown front matter key \"\(name)\"",
                    file: file,
                    range: range(of: key, length: name.utf8.count),
                    help: near + "valid keys: \(Self.keys.joined(separator: ", "))"
                )
            )
        }
    }

    private mutating func string(_ node: Node, _ key: String) -> String? {
        if case .scalar(let scalar) = node, node.null == nil, !scalar.string.isEmpty {
            return scalar.string
        }
        reject(node, "\"\(key)\" must be a text")
        return nil
    }

    private mutating func strings(_ node: Node, _ key: String) -> [String] {
        switch node {
        case .scalar:
            return string(node, key).map { [$0] } ?? []
        case .sequence(let sequence):
            return sequence.compactMap { string($0, key) }
        default:
            reject(node, "\"\(key)\" must be a list of texts")
            return []
        }
    }

    private mutating func reject(_ node: Node, _ message: String) {
        let length = if case .scalar(let scalar) = node { scalar.string.utf8.count } else { 1 }
        diagnostics.append(
            Diagnostic(code: "bad-front-matter", message, file: file, range: range(of: node, length: length))
        )
    }

    private func range(of node: Node, length: Int) -> SourceRange? {
        YAMLDiagnostic.range(of: node, length: length, in: text, lineOffset: 1)
    }
}

/// Turns Yams' places and errors, which count Unicode scalars, into ours, which count bytes.
enum YAMLDiagnostic {
    /// - Parameter lineOffset: the number of lines of `text` that stand before the YAML.
    static func range(of node: Node, length: Int, in text: SourceText, lineOffset: Int) -> SourceRange? {
        guard let mark = node.mark else {
            return nil
        }
        let line = mark.line + lineOffset
        let before = text.line(line).unicodeScalars.prefix(mark.column - 1)
        let column = before.reduce(1) { $0 + UTF8.width($1) }
        return SourceRange(line: line, column: column, length: max(1, length))
    }

    static func make(_ error: YamlError, file: String, lineOffset: Int) -> Diagnostic {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            return Diagnostic(
                code: "bad-yaml",
                problem,
                file: file,
                range: SourceRange(line: mark.line + lineOffset, column: mark.column),
                help: "the YAML cannot be read from here on"
            )
        default:
            return Diagnostic(code: "bad-yaml", "\(error)", file: file)
        }
    }
}
