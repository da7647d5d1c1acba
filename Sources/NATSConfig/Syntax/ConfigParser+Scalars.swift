/// Numbers, dates and variables: tokens whose text has to be understood.
extension ConfigParser {
    /// The number that a token such as `-5` or `64kb` stands for; nil for a size suffix that nats-server skips in silence.
    func integer(_ text: String, at place: ConfigPosition) throws(ConfigProblem) -> Int64? {
        let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == "-") }
        guard let number = Int64(digits) else {
            if digits.isEmpty || digits.count != text.prefix(while: { $0.isNumber || $0 == "-" }).count {
                throw problem("expected integer, but got '\(text)'", at: place)
            }
            throw problem("integer '\(text)' is out of the range", at: place)
        }
        guard let factor = sizeFactor(text[digits.endIndex...].lowercased()) else {
            return nil
        }
        return number &* factor
    }

    private func sizeFactor(_ suffix: String) -> Int64? {
        guard let letter = suffix.first else { return 1 }
        guard let power = "kmgtpe".firstIndex(of: letter) else { return nil }
        let base: Int64
        switch suffix.dropFirst() {
        case "": base = 1000
        case "b", "i", "ib": base = 1024
        default: return nil
        }
        let exponent = "kmgtpe".distance(from: "kmgtpe".startIndex, to: power) + 1
        return (0..<exponent).reduce(1) { factor, _ in factor &* base }
    }

    func float(_ text: String, at place: ConfigPosition) throws(ConfigProblem) -> Double {
        guard let number = Double(text) else {
            throw problem("expected float, but got '\(text)'", at: place)
        }
        guard number.isFinite else {
            throw problem("float '\(text)' is out of the range", at: place)
        }
        return number
    }

    /// The value that `$name` stands for: a field seen before, from the innermost block outwards, or else what the
    /// environment variable of that name says, read as a value of the configuration language.
    mutating func variable(_ name: String, line: Int, at place: ConfigPosition) throws(ConfigProblem) -> ConfigValue {
        // A bcrypt hash begins like a variable; nats-server lets it stand without quotes.
        if name.hasPrefix("2a$") {
            return ConfigValue(.string("$" + name), at: place)
        }
        for index in frames.indices.reversed() where !frames[index].isArray {
            if let value = frames[index].map.reference(name) {
                return value
            }
        }
        let unparsable = "variable reference for '\(name)' on line \(line) could not be parsed: "
        if environmentReferences.contains(name) {
            throw problem(unparsable + "variable reference cycle for '\(name)'", at: place)
        }
        if let text = source.variable(name) {
            var parser = ConfigParser(
                Array("pk=\(text)".utf8),
                file: "",
                source: source,
                environmentReferences: environmentReferences.union([name])
            )
            do {
                if let field = try parser.parse()["pk"] {
                    return field.value.moved(to: place)
                }
            } catch {
                throw problem(unparsable + error.message, at: place)
            }
        }
        throw problem("variable reference for '\(name)' on line \(line) can not be found", at: place)
    }
}

extension ConfigValue {
    /// The same value with every position in it replaced: what comes from the environment has no place of its own.
    fileprivate func moved(to place: ConfigPosition) -> ConfigValue {
        switch content {
        case .array(let values):
            let moved = values.map { value in
                var value = value.moved(to: place)
                value.isFromEnvironment = true
                return value
            }
            return ConfigValue(.array(moved), at: place)
        case .map(let map):
            var moved = ConfigMap()
            for var field in map.fields {
                field.keyPosition = place
                field.value = field.value.moved(to: place)
                field.value.isFromEnvironment = true
                moved.set(field)
            }
            return ConfigValue(.map(moved), at: place)
        default:
            return ConfigValue(content, at: place)
        }
    }
}

extension ConfigDateTime {
    /// Reads `2006-01-02T15:04:05Z`; nil when there is no such moment.
    init?(zulu text: String) {
        let parts = text.utf8.split { !(UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0) }
        let numbers = parts.compactMap { Int(String(decoding: $0, as: UTF8.self)) }
        guard numbers.count == 6, text.utf8.count == 20 else { return nil }
        (year, month, day) = (numbers[0], numbers[1], numbers[2])
        (hour, minute, second) = (numbers[3], numbers[4], numbers[5])
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        guard 1...12 ~= month, 1...days[month - 1] ~= day, hour < 24, minute < 60, second < 60 else { return nil }
    }
}
