import Guides
import Tangling

/// Completing what stands behind the marks of a fence.
extension LanguageServer {
    private static let languages = ["console", "sh", "bash", "text", "json", "conf", "yaml"]

    func completion(_ parameters: JSON) -> JSON {
        guard let place = place(parameters), workspace?.isGuide(place.path) == true else { return .null }
        let line = Array(place.positions.text.line(place.position.line).utf8).prefix(place.position.column - 1)
        let text = String(decoding: line, as: UTF8.self)
        let trimmed = text.drop { " >-*0123456789.".contains($0) }
        guard let mark = trimmed.first, mark == "`" || mark == "~" else { return .null }
        let marks = trimmed.prefix { $0 == mark }
        // A line of marks inside a block closes it.
        guard marks.count >= 3, !isInside(place) else { return .null }
        let info = trimmed.dropFirst(marks.count)
        guard let space = info.firstIndex(of: " ") else {
            return .array(Self.languages.map { item($0, kind: 14, detail: "language") })
        }
        let language = String(info[..<space])
        let words = info[space...].split(separator: " ")
        if let last = words.last, info.last != " ", let equals = last.firstIndex(of: "=") {
            return .array(values(of: String(last[..<equals]), place).map { item($0, kind: 12, detail: nil) })
        }
        let used = Set(words.map { $0.prefix { $0 != "=" }.description }.dropLast(info.last == " " ? 0 : 1))
        let kind = Self.kind(language, used)
        let fitting = AttributeRule.all.filter { rule in
            !used.contains(rule.key)
                && (rule.kinds.contains(kind) || (used.isEmpty && ["file", "expect"].contains(rule.key)))
        }
        return .array(fitting.map { item($0.key, kind: 10, detail: $0.value, isFlag: $0.value.hasPrefix("true")) })
    }

    private func isInside(_ place: Place) -> Bool {
        state.guide(place.path)?.blocks.contains { block in
            block.range.start.line < place.position.line && place.position.line <= block.range.end.line
        } ?? false
    }

    private static func kind(_ language: String, _ used: Set<String>) -> Block.Kind {
        if used.contains("file") { return .file }
        if used.contains("expect") { return .expectation }
        switch language {
        case "console": return .console
        case "sh", "bash": return .script
        default: return .sample
        }
    }

    private func values(of key: String, _ place: Place) -> [String] {
        let above = state.guide(place.path)?.blocks.filter { $0.range.end.line < place.position.line } ?? []
        switch key {
        case "match": return ["exact", "regex", "json", "unordered", "contains"]
        case "engine": return ["bundled", "nats-server", "docker"]
        case "needs": return above.filter { [.console, .script].contains($0.kind) }.map(\.name)
        case "expect": return above.filter { [.script, .sample].contains($0.kind) }.map(\.name)
        case "file": return state.plan.files.filter { $0.guide == place.path }.map(\.path)
        case "ready": return ["tcp:", "http://localhost:", "\"log:\""]
        case "session": return Set(above.compactMap { $0.attributes["session"] }).sorted()
        case "timeout": return ["5s", "30s", "2m"]
        case "mode": return ["0755", "0600"]
        case "exit": return ["1", "2"]
        default: return []
        }
    }

    private func item(_ label: String, kind: Int, detail: String?, isFlag: Bool = true) -> JSON {
        var item: [String: JSON] = ["label": .string(label), "kind": JSON(kind)]
        if let detail { item["detail"] = .string(detail) }
        if !isFlag { item["insertText"] = .string(label + "=") }
        return .object(item)
    }
}
