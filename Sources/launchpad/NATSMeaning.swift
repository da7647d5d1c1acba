import GoFormats
import NATSConfig
import Tangling

extension MeaningReader {
    /// Everything whose meaning this program can read.
    static let all: [MeaningReader] = [.yaml, .json, .nats]

    /// The configuration language of nats-server.
    static let nats = MeaningReader(
        reads: { $0.hasSuffix(".conf") },
        meaning: { bytes in
            let text = String(decoding: bytes, as: UTF8.self)
            // What is included has a file, and a drift, of its own; what comes from the environment is not known here.
            let variables = NATSMeaning.variables(in: text)
            let source = ConfigSource(variable: { variables[$0] }) {
                _ throws(ConfigSource.Unreadable) in
                []
            }
            guard let document = try? ConfigDocument(parsing: bytes, file: "nats.conf", source: source) else {
                return nil
            }
            return NATSMeaning(lines: text.split(separator: "\n", omittingEmptySubsequences: false)).meaning(
                document.root)
        }
    )
}

/// Turns a configuration into what it means, with its values as they are written.
private struct NATSMeaning {
    let lines: [Substring]

    func meaning(_ map: ConfigMap) -> Meaning {
        .map(
            map.fields.map { field in
                Meaning.Field(key: field.key, value: duration(field.key, field.value) ?? meaning(field.value))
            })
    }

    /// Settings that are durations, wherever they stand; a number of them is one of seconds.
    private static let durations: Set<String> = [
        "ping_interval", "write_deadline", "lame_duck_duration", "lame_duck_grace_period", "sync_interval", "sync",
        "duplicate_window", "expires", "timeout",
    ]

    /// The time that a setting says, so that `120s` and `2m` mean the same; nil for what is none.
    private func duration(_ key: String, _ value: ConfigValue) -> Meaning? {
        guard Self.durations.contains(key.lowercased()) else { return nil }
        switch value.content {
        case .string(let text):
            guard let duration = try? GoDuration.parse(text) else { return nil }
            return .scalar(value: "time \(duration)", shown: Meaning.shown(text))
        case .integer(let seconds):
            return .scalar(value: "time \(Duration.seconds(seconds))", shown: written(value) ?? "\(seconds)")
        case .float(let seconds):
            return .scalar(value: "time \(Duration.seconds(seconds))", shown: written(value) ?? "\(seconds)")
        default: return nil
        }
    }

    private func meaning(_ value: ConfigValue) -> Meaning {
        switch value.content {
        case .map(let map): return meaning(map)
        case .array(let elements): return .list(elements.map(meaning))
        case .string(let text): return .scalar(value: "text \(text)", shown: Meaning.shown(text))
        case .integer(let number): return .scalar(value: "\(number)", shown: written(value) ?? "\(number)")
        case .float(let number): return .scalar(value: "\(number)", shown: written(value) ?? "\(number)")
        case .bool(let isTrue): return .scalar(value: "\(isTrue)", shown: written(value) ?? "\(isTrue)")
        case .datetime(let time): return .scalar(value: "\(time)", shown: "\(time)")
        }
    }

    /// The value as it stands in the file, `10GB` and not `10737418240`; nil where it cannot be found.
    private func written(_ value: ConfigValue) -> String? {
        guard lines.indices.contains(value.position.line - 1) else { return nil }
        let line = Array(lines[value.position.line - 1].utf8)
        let start = value.position.columnFromOne - 1
        guard line.indices.contains(start) else { return nil }
        let word = line[start...].prefix { !" \t,;}]#\r".utf8.contains($0) }
        return word.isEmpty ? nil : String(decoding: word, as: UTF8.self)
    }

    /// A value for each `$NAME` in the text: its name.
    static func variables(in text: String) -> [String: String] {
        var variables: [String: String] = [:]
        for piece in text.split(separator: "$", omittingEmptySubsequences: false).dropFirst() {
            let name = String(piece.prefix { $0.isLetter || $0.isNumber || $0 == "_" })
            if !name.isEmpty { variables[name] = "\"$\(name)\"" }
        }
        return variables
    }
}
