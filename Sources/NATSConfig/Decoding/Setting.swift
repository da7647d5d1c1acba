import GoFormats

/// One field or element that is being decoded: a value and the place that messages about it name.
struct Setting {
    /// The key as written; empty for an element of an array.
    var key: String
    var content: ConfigValue.Content
    /// The key's place for a field, the value's own for an element.
    var position: ConfigPosition
    /// Whether it is also a variable, so that an unknown key is no mistake.
    var isReferenced = false

    init(_ field: ConfigMap.Field) {
        key = field.key
        content = field.value.content
        position = field.keyPosition
        isReferenced = field.isReferenced
    }

    init(element: ConfigValue) {
        key = ""
        content = element.content
        position = element.position
    }

    /// The key as options are compared: without case.
    var name: String {
        key.lowercased()
    }

    var typeName: String {
        GoText.typeName(content)
    }

    func problem(_ message: String) -> ConfigProblem {
        ConfigProblem(message, at: position)
    }

    /// A problem whose place nats-server does not tell.
    func placeless(_ message: String) -> ConfigProblem {
        ConfigProblem(message, at: position, leadsWithPosition: false)
    }

    // MARK: Values of one type

    // nats-server casts these without a check and reports the failed cast of its runtime; so do we, in the same words.

    func string() throws(ConfigProblem) -> String {
        guard case .string(let text) = content else { throw mismatch("string") }
        return text
    }

    func integer() throws(ConfigProblem) -> Int64 {
        guard case .integer(let number) = content else { throw mismatch("int64") }
        return number
    }

    func int() throws(ConfigProblem) -> Int {
        Int(try integer())
    }

    func int32() throws(ConfigProblem) -> Int32 {
        Int32(truncatingIfNeeded: try integer())
    }

    func bool() throws(ConfigProblem) -> Bool {
        guard case .bool(let truth) = content else { throw mismatch("bool") }
        return truth
    }

    /// The fields of a map, in order.
    func fields() throws(ConfigProblem) -> [Setting] {
        guard let fields = fieldsIfMap else { throw mismatch("map[string]interface {}") }
        return fields
    }

    /// The elements of an array.
    func elements() throws(ConfigProblem) -> [Setting] {
        guard let elements = elementsIfArray else { throw mismatch("[]interface {}") }
        return elements
    }

    func strings() throws(ConfigProblem) -> [String] {
        var strings: [String] = []
        for element in try elements() {
            strings.append(try element.string())
        }
        return strings
    }

    var fieldsIfMap: [Setting]? {
        guard case .map(let map) = content else { return nil }
        return map.fields.map { Setting($0) }
    }

    var elementsIfArray: [Setting]? {
        guard case .array(let values) = content else { return nil }
        return values.map { Setting(element: $0) }
    }

    private func mismatch(_ expected: String) -> ConfigProblem {
        problem("interface conversion: interface {} is \(typeName), not \(expected)")
    }

    // MARK: Durations

    /// A duration in Go's notation, with Go's words when it isn't one.
    func duration(orFailWith prefix: String) throws(ConfigProblem) -> Duration {
        let text = try string()
        do {
            return try GoDuration.parse(text)
        } catch {
            throw problem(prefix + error.message)
        }
    }
}

extension Setting {
    /// The same value, with another setting's place in messages about it: nats-server doesn't always blame the field itself.
    func blaming(_ other: Setting) -> Setting {
        var setting = self
        setting.position = other.position
        return setting
    }
}
