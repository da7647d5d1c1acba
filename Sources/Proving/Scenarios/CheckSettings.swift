import Guides

/// What a block's attributes, and for some of them the guide's directives, say about how it is run.
struct CheckSettings {
    var status: Int?
    var timeout: Duration = .seconds(30)
    var session = "main"
    var serve = false
    var ready: [Readiness] = []
    var needs: [String] = []
    var skip: String?
    var match: Expectation.Mode?
    var engine: String?
    var tools: [String] = []

    /// Reads the attributes and reports every value that is not valid.
    init(_ block: Block, guide: Guide, _ diagnostics: inout [Diagnostic]) {
        var reader = AttributeReader(file: guide.path, diagnostics: diagnostics)
        // A directive holds for every block that does not say otherwise.
        for attributes in [guide.directives, block.attributes] {
            if let value = reader.read(
                attributes, "timeout", valid: "5s, 500ms, 2m, up to 24h", AttributeValues.duration)
            {
                timeout = value
            }
            if let value = reader.read(attributes, "skip", valid: "a reason, which the page shows", Self.nonEmpty) {
                skip = value
            }
            if let value = reader.read(attributes, "engine", valid: Self.engines.joined(separator: ", "), Self.engine) {
                engine = value
            }
            if let value = reader.read(
                attributes, "tool", valid: "names of programs between commas", AttributeValues.list)
            {
                tools += value.filter { !tools.contains($0) }
            }
        }
        status = reader.read(block.attributes, "exit", valid: "a number from 0 to 255", Self.exitStatus)
        session = reader.read(block.attributes, "session", valid: "a name", Self.nonEmpty) ?? session
        needs =
            reader.read(block.attributes, "needs", valid: "names of blocks between commas", AttributeValues.list) ?? []
        serve = reader.read(block.attributes, "serve", valid: "true, false", AttributeValues.flag) ?? false
        ready =
            reader.read(
                block.attributes,
                "ready",
                valid: "tcp:PORT, tcp:HOST:PORT, http:URL, log:TEXT, or several of them between commas",
                AttributeValues.readiness
            ) ?? []
        let modes = Expectation.Mode.allCases.map(\.rawValue).joined(separator: ", ")
        match = reader.read(block.attributes, "match", valid: modes) { Expectation.Mode(rawValue: $0) }
        if serve, let entry = block.attributes.entry("exit") {
            reader.reject(
                entry, "a command that is left running has no exit status", help: "remove \"exit\" or \"serve\"")
        }
        if block.attributes.entry("serve") == nil, let entry = block.attributes.entry("ready") {
            reader.reject(entry, "\"ready\" says when a command that is left running is up", help: "add \"serve\"")
        }
        diagnostics = reader.diagnostics
    }

    private static let engines = ["bundled", "nats-server", "docker"]

    private static func engine(_ text: String) -> String? {
        engines.contains(text) ? text : nil
    }

    private static func nonEmpty(_ text: String) -> String? {
        text.contains { $0 != " " } ? text : nil
    }

    private static func exitStatus(_ text: String) -> Int? {
        guard text.utf8.allSatisfy(\.isDigit), let number = Int(text) else { return nil }
        return (0...255).contains(number) ? number : nil
    }
}

/// Reads attribute values and collects what is wrong with them.
private struct AttributeReader {
    let file: String
    var diagnostics: [Diagnostic]

    /// The value of `key`, or nil where there is none or it is not valid, which is reported.
    mutating func read<Value>(
        _ attributes: Attributes,
        _ key: String,
        valid: String,
        _ parse: (String) -> Value?
    ) -> Value? {
        guard let entry = attributes.entry(key) else { return nil }
        if let value = parse(entry.value) { return value }
        let message = "\"\(entry.value)\" is no value for \"\(key)\""
        let diagnostic = Diagnostic(
            code: "bad-value",
            message,
            file: file,
            range: entry.valueRange,
            help: "valid here: \(valid)"
        )
        // A directive is read once for each block, and reported once.
        if !diagnostics.contains(diagnostic) { diagnostics.append(diagnostic) }
        return nil
    }

    mutating func reject(_ entry: Attributes.Entry, _ message: String, help: String) {
        diagnostics.append(Diagnostic(code: "no-effect", message, file: file, range: entry.keyRange, help: help))
    }
}
