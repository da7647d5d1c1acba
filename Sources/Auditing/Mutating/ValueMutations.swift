/// What a value is changed into, by what it is.
enum ValueMutations {
    /// - Parameter path: the setting's path; its last word tells a port from a limit.
    static func of(_ value: String, path: String, isQuoted: Bool) -> [(kind: Mutation.Kind, value: String)] {
        let names = path.lowercased().split(separator: ".")
        let name = names.last { Int($0) == nil } ?? ""
        if !isQuoted, let flipped = flipped(value) { return [(.flip, flipped)] }
        if let number = number(value, isPort: name.contains("port")) { return [(.number, number)] }
        if isSubject(value, names) { return subject(value) }
        if ["127.0.0.1", "localhost", "::1"].contains(value) { return [(.widen, value == "::1" ? "::" : "0.0.0.0")] }
        if let address = otherPort(value) { return [(.number, address)] }
        return [(.word, value + "x")]
    }

    private static func flipped(_ value: String) -> String? {
        let pairs = [("true", "false"), ("yes", "no"), ("on", "off"), ("enabled", "disabled"), ("always", "no")]
        for (first, second) in pairs {
            if value.lowercased() == first { return second }
            if value.lowercased() == second { return first }
        }
        return nil
    }

    /// Twice as much of a limit or time; the next port.
    private static func number(_ value: String, isPort: Bool) -> String? {
        let digits = value.prefix { $0.isASCII && $0.isNumber }
        let unit = value.dropFirst(digits.count)
        guard let number = Int(digits), number < 1 << 60, unit.count <= 3, unit.allSatisfy(\.isLetter) else {
            return nil
        }
        return (isPort ? String(number + 1) : String(number == 0 ? 1 : number * 2)) + unit
    }

    /// `4222:4222` and `127.0.0.1:4222` with another first or only port.
    private static func otherPort(_ value: String) -> String? {
        let parts = value.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard parts.count > 1, !value.contains("//"),
            let index = parts.firstIndex(where: { (Int($0) ?? 0) > 0 && $0.allSatisfy(\.isNumber) }),
            let port = Int(parts[index])
        else { return nil }
        var changed = parts
        changed[index] = String(port + 1)
        return changed.joined(separator: ":")
    }

    // MARK: Subjects

    private static let permissions: Set<Substring> = [
        "publish", "subscribe", "pub", "sub", "import", "export", "allow", "deny", "subject", "subjects", "to",
    ]

    private static func isSubject(_ value: String, _ names: [Substring]) -> Bool {
        guard !value.contains(where: { $0.isWhitespace || $0 == "/" }), !value.isEmpty else { return false }
        return value == ">" || value.hasSuffix(".>") || value.hasSuffix(".*")
            || names.contains { permissions.contains($0) }
    }

    private static func subject(_ value: String) -> [(kind: Mutation.Kind, value: String)] {
        var changes: [(Mutation.Kind, String)] = []
        if value != ">" { changes.append((.widen, ">")) }
        if value.hasSuffix(".>") { changes.append((.narrow, value.dropLast(1) + "*")) }
        let first = value.prefix { $0 != "." }
        changes.append((.narrow, first == ">" ? "x.>" : "\(first)x" + value.dropFirst(first.count)))
        return changes
    }
}
