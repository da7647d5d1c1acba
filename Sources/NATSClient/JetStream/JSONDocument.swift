package import NATSWire

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A JSON object with typed access to its members.
///
/// The types that describe streams and consumers are views of such documents: what they don't know stays in the document,
/// so that a configuration which was read from a newer server can be changed and sent back without losing anything.
package struct JSONDocument: Sendable, Hashable {
    /// The members in the order in which they are written.
    package var members: [JSONValue.Member]

    /// A document with the given members.
    package init(_ members: [JSONValue.Member] = []) {
        self.members = members
    }

    /// The member named `key`, `nil` if it is missing, null, or of another type. Setting `nil` removes it.
    package subscript<Value: JSONField>(key: String) -> Value? {
        get {
            members.first { $0.key == key }.flatMap { Value(json: $0.value) }
        }
        set {
            let index = members.firstIndex { $0.key == key }
            switch (index, newValue) {
            case (let index?, let value?): members[index].value = value.json
            case (let index?, nil): members.remove(at: index)
            case (nil, let value?): members.append(JSONValue.Member(key, value.json))
            case (nil, nil): break
            }
        }
    }

    /// The member named `key`, or `value` in its place.
    package subscript<Value: JSONField>(key: String, default value: Value) -> Value {
        self[key] ?? value
    }
}

/// What a member of a ``JSONDocument`` can be.
package protocol JSONField {
    /// Reads a value; `nil` if it is of another type.
    init?(json: JSONValue)
    /// The value as JSON.
    var json: JSONValue { get }
}

extension JSONDocument: JSONField {
    package init?(json: JSONValue) {
        guard case .object(let members) = json else { return nil }
        self.init(members)
    }

    package var json: JSONValue { .object(members) }
}

/// A type that is a view of a document.
package protocol JSONDocumentView: JSONField {
    /// All that there is.
    var document: JSONDocument { get set }
    /// A view of `document`.
    init(document: JSONDocument)
}

extension JSONDocumentView {
    package init?(json: JSONValue) {
        guard case .object(let members) = json else { return nil }
        self.init(document: JSONDocument(members))
    }

    package var json: JSONValue { .object(document.members) }
}

extension JSONValue: JSONField {
    package init?(json: JSONValue) {
        if case .null = json { return nil }
        self = json
    }

    package var json: JSONValue { self }
}

extension String: JSONField {
    package init?(json: JSONValue) {
        guard case .string(let text) = json else { return nil }
        self = text
    }

    package var json: JSONValue { .string(self) }
}

extension Bool: JSONField {
    package init?(json: JSONValue) {
        guard case .bool(let value) = json else { return nil }
        self = value
    }

    package var json: JSONValue { .bool(self) }
}

extension Int: JSONField {
    /// Counters of servers are unsigned: what is above the range of `Int` becomes its largest value.
    package init?(json: JSONValue) {
        switch json {
        case .int(let value): self = Int(value)
        case .double(let value) where value >= 0x1p63: self = .max
        case .double(let value): self = Int(value)
        default: return nil
        }
    }

    package var json: JSONValue { .int(Int64(self)) }
}

extension Double: JSONField {
    package init?(json: JSONValue) {
        switch json {
        case .int(let value): self = Double(value)
        case .double(let value): self = value
        default: return nil
        }
    }

    package var json: JSONValue { .double(self) }
}

extension Duration: JSONField {
    /// Durations are whole nanoseconds in JetStream's documents.
    package init?(json: JSONValue) {
        guard case .int(let nanoseconds) = json else { return nil }
        self = .nanoseconds(nanoseconds)
    }

    package var json: JSONValue { .int(nanoseconds) }

    /// The whole nanoseconds, at most what fits.
    package var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        return overflow ? (seconds < 0 ? .min : .max) : whole &+ attoseconds / 1_000_000_000
    }
}

extension Date: JSONField {
    /// Go's zero time stands for no time at all.
    package init?(json: JSONValue) {
        guard case .string(let text) = json, !text.hasPrefix("0001-01-01T"), let date = Timestamp.parse(text) else {
            return nil
        }
        self = date
    }

    package var json: JSONValue { .string(Timestamp.text(self)) }
}

extension Array: JSONField where Element: JSONField {
    package init?(json: JSONValue) {
        guard case .array(let values) = json else { return nil }
        self = values.compactMap(Element.init(json:))
    }

    package var json: JSONValue { .array(map(\.json)) }
}

extension Dictionary: JSONField where Key == String, Value: JSONField {
    package init?(json: JSONValue) {
        guard case .object(let members) = json else { return nil }
        self.init(minimumCapacity: members.count)
        for member in members {
            self[member.key] = Value(json: member.value)
        }
    }

    /// In the order of the keys, as Go writes maps.
    package var json: JSONValue {
        .object(sorted { $0.key < $1.key }.map { JSONValue.Member($0.key, $0.value.json) })
    }
}

extension RawRepresentable where RawValue == String, Self: JSONField {
    package init?(json: JSONValue) {
        guard case .string(let text) = json else { return nil }
        self.init(rawValue: text)
    }

    package var json: JSONValue { .string(rawValue) }
}
