/// A value of a configuration file, with the place that nats-server names in a message about it.
package struct ConfigValue: Sendable, Hashable {
    /// What the value is.
    package indirect enum Content: Sendable, Hashable {
        case string(String)
        case integer(Int64)
        case float(Double)
        case bool(Bool)
        case datetime(ConfigDateTime)
        case array([ConfigValue])
        case map(ConfigMap)
    }

    package var content: Content
    /// Where the value stands; for an array or a map, where it ends.
    package var position: ConfigPosition
    /// Whether an environment variable held it, as part of an array or a map.
    package var isFromEnvironment = false

    package init(_ content: Content, at position: ConfigPosition) {
        self.content = content
        self.position = position
    }
}

/// A moment in a configuration file, `2026-11-22T10:00:00Z`; the language has UTC and whole seconds only.
package struct ConfigDateTime: Sendable, Hashable, CustomStringConvertible {
    package var year: Int
    package var month: Int
    package var day: Int
    package var hour: Int
    package var minute: Int
    package var second: Int

    /// ISO 8601 with a `Z`.
    package var description: String {
        let date = "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
        return date + "T\(padded(hour, 2)):\(padded(minute, 2)):\(padded(second, 2))Z"
    }

    private func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}

/// The fields of a configuration file or of a `{ … }` in it, in the order in which their keys first appear.
///
/// A key that is given again replaces the earlier field. Keys that differ in case are different keys here, though the
/// options' decoder compares them without case, as nats-server does.
package struct ConfigMap: Sendable, Hashable {
    /// One `key value`.
    package struct Field: Sendable, Hashable {
        package var key: String
        package var keyPosition: ConfigPosition
        package var value: ConfigValue
        /// True when a `$key` somewhere refers to this field: then it is a variable, and no unknown field.
        package var isReferenced = false
    }

    package private(set) var fields: [Field] = []
    private var places: [String: Int] = [:]

    package init() {}

    /// The field called exactly `key`.
    package subscript(key: String) -> Field? {
        places[key].map { fields[$0] }
    }

    /// Adds a field, in the place of an earlier one with the same key if there is one.
    mutating func set(_ field: Field) {
        if let place = places[field.key] {
            fields[place] = field
        } else {
            places[field.key] = fields.count
            fields.append(field)
        }
    }

    /// The value of the field called `key`, which from now on counts as a variable.
    mutating func reference(_ key: String) -> ConfigValue? {
        guard let place = places[key] else { return nil }
        fields[place].isReferenced = true
        return fields[place].value
    }
}
