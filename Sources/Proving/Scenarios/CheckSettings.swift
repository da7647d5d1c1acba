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

    /// Reads the attributes, whose values the parser has checked, and reports those that have no effect together.
    init(_ block: Block, guide: Guide, _ diagnostics: inout [Diagnostic]) {
        // A directive holds for every block that does not say otherwise.
        for attributes in [guide.directives, block.attributes] {
            timeout = attributes["timeout"].flatMap(AttributeValues.duration) ?? timeout
            skip = attributes["skip"] ?? skip
            engine = attributes["engine"] ?? engine
            let named = attributes["tool"].flatMap(AttributeValues.names) ?? []
            tools += named.filter { !tools.contains($0) }
        }
        status = block.attributes["exit"].flatMap(AttributeValues.status)
        session = block.attributes["session"] ?? session
        needs = block.attributes["needs"].flatMap(AttributeValues.names) ?? []
        serve = block.attributes["serve"] != nil
        ready = block.attributes["ready"].flatMap(AttributeValues.readiness) ?? []
        match = block.attributes["match"].flatMap(Expectation.Mode.init)
        if serve, let entry = block.attributes.entry("exit") {
            diagnostics.append(
                Self.withoutEffect(
                    entry, in: guide, "a command that is left running has no exit status",
                    help: "remove \"exit\" or \"serve\""
                )
            )
        }
        if !serve, let entry = block.attributes.entry("ready") {
            diagnostics.append(
                Self.withoutEffect(
                    entry, in: guide, "\"ready\" says when a command that is left running is up", help: "add \"serve\""
                )
            )
        }
    }

    private static func withoutEffect(
        _ entry: Attributes.Entry, in guide: Guide, _ message: String, help: String
    ) -> Diagnostic {
        Diagnostic(code: "no-effect", message, file: guide.path, range: entry.keyRange, help: help)
    }
}
