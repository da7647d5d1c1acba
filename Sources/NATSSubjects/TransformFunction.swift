/// What one token of a mapping's destination does, such as `{{wildcard(1)}}`, `$1` or `{{partition(10,1,2)}}`.
///
/// Wildcards are counted from 1. Source: https://docs.nats.io/nats-concepts/subject_mapping.
package enum TransformFunction: Sendable, Hashable {
    /// It stands for itself.
    case literal
    /// It repeats what a wildcard of the source stands for.
    case wildcard(Int)
    /// It hashes wildcards, or the whole subject when there are none, into one of so many numbers.
    case partition(count: Int, wildcards: [Int])
    /// Any of so many numbers.
    case random(count: Int)
    /// It parts what a wildcard stands for, or takes some of it.
    case cut(Cut, wildcard: Int, size: Int)
    /// It parts what a wildcard stands for wherever a separator stands.
    case split(wildcard: Int, separator: String)

    /// The ways to cut a token, by their documented names.
    package enum Cut: String, Sendable, Hashable, CaseIterable {
        case splitFromLeft = "SplitFromLeft"
        case splitFromRight = "SplitFromRight"
        case sliceFromLeft = "SliceFromLeft"
        case sliceFromRight = "SliceFromRight"
        case right = "Right"
        case left = "Left"
    }

    /// The wildcards that it needs.
    package var wildcards: [Int] {
        switch self {
        case .literal, .random: []
        case .wildcard(let index), .cut(_, let index, _), .split(let index, _): [index]
        case .partition(_, let indexes): indexes
        }
    }

    /// The functions' names as documented, in the order in which nats-server looks for them. The case of their capital
    /// letters is free, that of the others is not.
    private static let names = ["Wildcard", "Partition"] + Cut.allCases.map(\.rawValue) + ["Split", "Random"]

    /// Reads a token of a destination.
    ///
    /// - Throws: ``TransformProblem`` for a function that does not exist or whose arguments are wrong.
    package init(_ token: some StringProtocol) throws(TransformProblem) {
        let token = Substring(token)
        guard token.utf8.count > 1 else {
            self = .literal
            return
        }
        if token.hasPrefix("$") {
            // Subjects such as $SYS begin like this too.
            self = Int(token.dropFirst()).map { .wildcard($0) } ?? .literal
            return
        }
        guard Self.hasForm(token) else {
            self = .literal
            return
        }
        guard let call = Self.call(token) else { throw .token(token, "unknown function") }
        try self.init(call.name, call.arguments, token)
    }

    private init(_ name: String, _ arguments: [String], _ token: Substring) throws(TransformProblem) {
        let invalid = TransformProblem.token(token, "function argument is invalid or in the wrong format")
        switch name {
        case "Wildcard":
            if arguments == [""] { throw Self.notEnough(token) }
            guard arguments.count == 1 else { throw Self.tooMany(token) }
            guard let index = Int(arguments[0]) else { throw invalid }
            self = .wildcard(index)
        case "Partition":
            let numbers = arguments.compactMap { Int($0) }
            guard numbers.count == arguments.count, numbers[0] <= Int32.max else { throw invalid }
            self = .partition(count: numbers[0], wildcards: Array(numbers.dropFirst()))
        case "Random":
            guard arguments.count == 1 else { throw Self.notEnough(token) }
            guard let ceiling = Int(arguments[0]), ceiling <= Int32.max else { throw invalid }
            self = .random(count: ceiling)
        default:
            guard arguments.count >= 2 else { throw Self.notEnough(token) }
            guard arguments.count == 2 else { throw Self.tooMany(token) }
            guard let index = Int(arguments[0]) else { throw invalid }
            if let cut = Cut(rawValue: name) {
                guard let size = Int32(arguments[1]) else { throw invalid }
                self = .cut(cut, wildcard: index, size: Int(size))
            } else {
                guard !arguments[1].contains(" ") else { throw invalid }
                self = .split(wildcard: index, separator: arguments[1])
            }
        }
    }

    private static func notEnough(_ token: Substring) -> TransformProblem {
        .token(token, "not enough arguments passed to the function")
    }

    private static func tooMany(_ token: Substring) -> TransformProblem {
        .token(token, "too many arguments passed to the function")
    }

    // MARK: The form of a call

    /// Whether a token looks like a function.
    package static func hasForm(_ token: some StringProtocol) -> Bool {
        token.utf8.count > 4 && token.hasPrefix("{{") && token.hasSuffix("}}")
    }

    /// The canonical name and the arguments of `{{name(a, b)}}`, which may stand anywhere in the token; nil when it holds
    /// no known function.
    package static func call(_ token: Substring) -> (name: String, arguments: [String])? {
        let calls = calls(in: token)
        for canonical in names {
            guard let call = calls.first(where: { isSpelling($0.name, of: canonical) }) else { continue }
            let list = call.list.split(separator: ",", omittingEmptySubsequences: false)
            return (canonical, list.map { String(trimmed($0)) })
        }
        return nil
    }

    /// Everything in a token that has the form of a call. A list of arguments reaches as far as it can.
    private static func calls(in token: Substring) -> [(name: Substring, list: Substring)] {
        guard
            let end = token.indices.last(where: {
                token[$0] == ")" && trimmed(token[$0...].dropFirst()).hasPrefix("}}")
            })
        else {
            return []
        }
        return token.indices.compactMap { start in
            guard start < end, token[start...].hasPrefix("{{") else { return nil }
            let inner = token[start..<end].dropFirst(2)
            guard let open = inner.firstIndex(of: "(") else { return nil }
            return (trimmed(inner[..<open]), inner[inner.index(after: open)...])
        }
    }

    private static func isSpelling(_ name: Substring, of canonical: String) -> Bool {
        guard name.count == canonical.count else { return false }
        return zip(name, canonical).allSatisfy { written, documented in
            written == documented || (documented.isUppercase && written == Character(documented.lowercased()))
        }
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text.drop { $0.isWhitespace }
        while text.last?.isWhitespace == true {
            text.removeLast()
        }
        return text
    }
}

/// Why a mapping is refused, in nats-server's words.
package struct TransformProblem: Error, Sendable, Hashable {
    package var message: String

    static let badSubject = TransformProblem(message: "invalid subject")

    /// A problem with one token; an empty one is not named.
    package static func token(_ token: some StringProtocol, _ reason: String) -> TransformProblem {
        let message = "invalid mapping destination: \(reason)"
        return TransformProblem(message: token.isEmpty ? message : "\(message) in \(token)")
    }
}
