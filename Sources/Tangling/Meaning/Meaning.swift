/// What a configuration file says, however it is written: the tree that a program reads out of it.
package indirect enum Meaning: Sendable, Hashable {
    /// `value` is the same for two texts that mean the same; `shown` is how it is written.
    case scalar(value: String, shown: String)
    case list([Meaning])
    /// The documents of one file, each with a whole of its own.
    case documents([Meaning])
    /// In the order of the file; which one comes first means nothing.
    case map([Field])

    package struct Field: Sendable, Hashable {
        package var key: String
        package var value: Meaning

        package init(key: String, value: Meaning) {
            self.key = key
            self.value = value
        }
    }

    /// On one line, short.
    package var text: String {
        switch self {
        case .scalar(_, let shown): return shown
        case .list(let elements), .documents(let elements): return "[" + Self.join(elements.map(\.text)) + "]"
        case .map(let fields):
            return fields.isEmpty ? "{}" : "{ " + Self.join(fields.map { "\($0.key): \($0.value.text)" }) + " }"
        }
    }

    private static func join(_ parts: [String]) -> String {
        let all = parts.joined(separator: ", ")
        return all.count <= 60 || parts.count < 2 ? all : parts[0] + ", and \(parts.count - 1) more"
    }

    /// Whether both mean the same, whatever the order of their fields.
    package func means(_ other: Meaning) -> Bool {
        switch (self, other) {
        case (.scalar(let value, _), .scalar(let otherValue, _)): return value == otherValue
        case (.list(let elements), .list(let others)), (.documents(let elements), .documents(let others)):
            return elements.count == others.count && zip(elements, others).allSatisfy { $0.means($1) }
        case (.map(let fields), .map(let others)):
            guard fields.count == others.count else { return false }
            return fields.allSatisfy { field in
                others.first { $0.key == field.key }?.value.means(field.value) ?? false
            }
        default: return false
        }
    }
}

/// Reads the meaning of files of one language.
package struct MeaningReader: Sendable {
    /// Whether the file at a path is of this language.
    package var reads: @Sendable (_ path: String) -> Bool
    /// Nil for what is no text of the language.
    package var meaning: @Sendable (_ contents: [UInt8]) -> Meaning?

    package init(
        reads: @escaping @Sendable (_ path: String) -> Bool,
        meaning: @escaping @Sendable (_ contents: [UInt8]) -> Meaning?
    ) {
        self.reads = reads
        self.meaning = meaning
    }
}
