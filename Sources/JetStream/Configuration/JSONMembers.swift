import NATSWire

/// Members of an object that are left out where they say nothing, as Go's `omitempty` does.
extension [JSONValue.Member] {
    mutating func addText(_ name: String, _ text: String) {
        if !text.isEmpty { append(.init(name, .string(text))) }
    }

    mutating func addTexts(_ name: String, _ texts: [String]) {
        if !texts.isEmpty { append(.init(name, .array(texts.map { .string($0) }))) }
    }

    mutating func addNumber(_ name: String, _ number: some BinaryInteger) {
        if number != 0 { append(.init(name, .int(Int64(clamping: number)))) }
    }

    mutating func addFlag(_ name: String, _ flag: Bool) {
        if flag { append(.init(name, true)) }
    }

    mutating func addTime(_ name: String, _ time: GoTime?) {
        if let time { append(.init(name, .string(time.text))) }
    }

    /// Sorted by key, as Go prints maps.
    mutating func addMetadata(_ metadata: [String: String]?) {
        guard let metadata, !metadata.isEmpty else { return }
        let pairs = metadata.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        append(.init("metadata", .object(pairs.map { .init($0.key, .string($0.value)) })))
    }
}
