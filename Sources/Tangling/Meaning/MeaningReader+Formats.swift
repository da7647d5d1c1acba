#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
import Yams

extension MeaningReader {
    /// YAML, one document or several.
    package static let yaml = MeaningReader(
        reads: { $0.hasSuffix(".yml") || $0.hasSuffix(".yaml") },
        meaning: { bytes in
            guard let nodes = try? Yams.compose_all(yaml: String(decoding: bytes, as: UTF8.self)) else { return nil }
            var documents: [Meaning] = []
            var iterator = nodes
            while let node = iterator.next() { documents.append(Meaning(node, depth: 0)) }
            // Reading goes on up to the first mistake.
            guard iterator.error == nil else { return nil }
            return documents.count == 1 ? documents[0] : .documents(documents)
        }
    )

    package static let json = MeaningReader(
        reads: { $0.hasSuffix(".json") },
        meaning: { try? JSONDecoder().decode(JSONMeaning.self, from: Data($0)).meaning }
    )
}

extension Meaning {
    /// Beyond this depth everything counts as one value.
    private static let depthLimit = 64

    fileprivate init(_ node: Node, depth: Int) {
        guard depth < Self.depthLimit else {
            self = .scalar(value: "\(node)", shown: "…")
            return
        }
        switch node {
        case .scalar(let scalar):
            self = .scalar(value: "\(node.tag.description) \(scalar.string)", shown: Self.shown(scalar.string))
        case .sequence(let sequence):
            self = .list(sequence.map { Meaning($0, depth: depth + 1) })
        case .mapping(let mapping):
            let fields = mapping.map { key, value in
                Field(key: key.string ?? "\(key)", value: Meaning(value, depth: depth + 1))
            }
            self = .map(Self.merged(fields))
        case .alias(let alias):
            self = .scalar(value: "*\(alias.anchor.rawValue)", shown: "*\(alias.anchor.rawValue)")
        }
    }

    /// The fields with those of the maps behind `<<` among them, except where the map has one of that name itself; the first of
    /// several maps counts.
    private static func merged(_ fields: [Field]) -> [Field] {
        var result = fields.filter { $0.key != "<<" }
        for field in fields where field.key == "<<" {
            let elements = if case .list(let elements) = field.value { elements } else { [field.value] }
            for case .map(let others) in elements {
                result += others.filter { other in !result.contains { $0.key == other.key } }
            }
        }
        return result
    }

    /// A text as it is told: on one line, quoted where it would not be seen otherwise.
    package static func shown(_ text: String) -> String {
        let line = text.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\\n")
        let isPlain = !line.isEmpty && !line.contains(" ")
        let cut = line.count > 60 ? line.prefix(59) + "…" : line[...]
        return isPlain ? String(cut) : "\"\(cut)\""
    }
}

/// Any JSON value.
private struct JSONMeaning: Decodable {
    let meaning: Meaning

    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
        if let object = try? decoder.container(keyedBy: Key.self) {
            let keys = object.allKeys.sorted { $0.stringValue < $1.stringValue }
            meaning = .map(
                try keys.map {
                    Meaning.Field(key: $0.stringValue, value: try object.decode(JSONMeaning.self, forKey: $0).meaning)
                })
        } else if var array = try? decoder.unkeyedContainer() {
            var elements: [Meaning] = []
            while !array.isAtEnd { elements.append(try array.decode(JSONMeaning.self).meaning) }
            meaning = .list(elements)
        } else {
            meaning = Self.scalar(try decoder.singleValueContainer())
        }
    }

    private static func scalar(_ value: any SingleValueDecodingContainer) -> Meaning {
        if let text = try? value.decode(String.self) {
            return .scalar(value: "text \(text)", shown: Meaning.shown(text))
        }
        if let isTrue = try? value.decode(Bool.self) { return .scalar(value: "\(isTrue)", shown: "\(isTrue)") }
        if let whole = try? value.decode(Int64.self) { return .scalar(value: "\(whole)", shown: "\(whole)") }
        if let number = try? value.decode(Double.self) { return .scalar(value: "\(number)", shown: "\(number)") }
        return .scalar(value: "null", shown: "null")
    }
}
