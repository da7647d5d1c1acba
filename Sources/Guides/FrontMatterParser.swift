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
        guard isDelimiter(1, of: text) else {
            return Result(frontMatter: FrontMatter(), byteCount: 0, lineCount: 0, diagnostics: [])
        }
        var parser = FrontMatterParser(file: file, text: text)
        var last = 2
        while last <= text.lineCount, !isDelimiter(last, of: text) {
            last += 1
        }
        guard last <= text.lineCount else {
            // Without a key behind it, the line is a thematic break.
            let key = text.line(2).split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard key.count == 2, keys.contains(String(key[0])) else {
                return Result(frontMatter: FrontMatter(), byteCount: 0, lineCount: 0, diagnostics: [])
            }
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

    /// True for a line of three hyphens; blanks may follow.
    private static func isDelimiter(_ line: Int, of text: SourceText) -> Bool {
        let bytes = text.bytes[text.lineContent(line)]
        return bytes.starts(with: Array("---".utf8)) && bytes.dropFirst(3).allSatisfy { $0 == 0x20 || $0 == 0x09 }
    }

    private mutating func read(_ yaml: String) {
        let root: Node?
        do {
            // What a value is follows from its key, so that no expressions need to be tried on it; and without an encoding
            // Yams would look into the environment each time.
            root = try Yams.compose(yaml: yaml, .basic, .default, .utf8)
        } catch let error as YamlError {
            diagnostics += YAMLDiagnostic.make(error, file: file, in: text, lineOffset: 1)
            return
        } catch {
            diagnostics.append(Diagnostic(code: "bad-yaml", "\(error)", file: file))
            return
        }
        guard let root else {
            return
        }
        guard case .mapping(let mapping) = root else {
            reject(
                root, "the front matter must be key: value pairs",
                help: "valid keys: \(Self.keys.joined(separator: ", "))"
            )
            return
        }
        for (key, value) in mapping {
            read(key: key, value: value)
        }
    }

    private mutating func read(key: Node, value: Node) {
        guard case .scalar(let scalar) = key else {
            reject(key, "a key must be a word", help: "valid keys: \(Self.keys.joined(separator: ", "))")
            return
        }
        let name = scalar.string
        frontMatter.ranges[name] = range(of: key, length: name.utf8.count)
        let values = if case .sequence(let sequence) = value { Array(sequence) } else { [value] }
        frontMatter.valueRanges[name] = values.compactMap { range(of: $0, length: $0.scalar?.string.utf8.count ?? 1) }
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
                reject(value, "\"order\" must be a whole number", help: "for example: order: 10")
            }
        case "draft":
            frontMatter.draft = value.bool ?? false
            if value.bool == nil {
                reject(value, "\"draft\" must be true or false", help: "a guide without it is no draft")
            }
        default:
            guard !ForeignFrontMatter.keys.contains(name) else { return }
            rejectUnknown(name, at: range(of: key, length: name.utf8.count))
        }
    }

    /// A key that is nearly one of ours is a mistake. Any other one may be meant for another tool: it has no effect here.
    private mutating func rejectUnknown(_ name: String, at range: SourceRange?) {
        let near = nearestName(to: name, among: Self.keys)
        diagnostics.append(
            Diagnostic(
                near == nil ? .warning : .error,
                code: "unknown-front-matter",
                near == nil
                    ? "front matter key \"\(name)\" is not known, and has no effect"
                    : "unknown front matter key \"\(name)\"",
                file: file,
                range: range,
                help: (near.map { "did you mean \"\($0)\"? " } ?? "")
                    + "valid keys: \(Self.keys.joined(separator: ", "))"
            )
        )
    }

    private mutating func string(_ node: Node, _ key: String) -> String? {
        if case .scalar(let scalar) = node, node.null == nil, !scalar.string.isEmpty {
            return scalar.string
        }
        reject(node, "\"\(key)\" must be a text", help: "write it on the same line, in quotes if need be")
        return nil
    }

    private mutating func strings(_ node: Node, _ key: String) -> [String] {
        switch node {
        case .scalar:
            return string(node, key).map { [$0] } ?? []
        case .sequence(let sequence):
            return sequence.compactMap { string($0, key) }
        default:
            reject(node, "\"\(key)\" must be a list of texts", help: "for example: \(key): [one, two]")
            return []
        }
    }

    private mutating func reject(_ node: Node, _ message: String, help: String) {
        let length = if case .scalar(let scalar) = node { scalar.string.utf8.count } else { 1 }
        diagnostics.append(
            Diagnostic(
                code: "bad-front-matter", message, file: file, range: range(of: node, length: length), help: help
            )
        )
    }

    private func range(of node: Node, length: Int) -> SourceRange? {
        YAMLDiagnostic.range(of: node, length: length, in: text, lineOffset: 1)
    }
}
