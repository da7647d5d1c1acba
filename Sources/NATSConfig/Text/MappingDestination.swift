import GoFormats

/// The rules of subject mappings: what a destination such as `orders.{{wildcard(1)}}` or `orders.$1` may look like.
enum MappingDestination {
    /// Why a mapping is refused, in nats-server's words.
    struct Refused: Error {
        var message: String

        static let badSubject = Refused(message: "invalid subject")

        static func token(_ token: some StringProtocol, _ reason: String) -> Refused {
            let message = "invalid mapping destination: \(reason)"
            return Refused(message: token.isEmpty ? message : "\(message) in \(token)")
        }
    }

    /// What a token of a destination does.
    enum Function: Equatable {
        /// It stands for itself.
        case literal
        /// It repeats what a wildcard of the source stands for.
        case wildcard(Int)
        /// It hashes wildcards, or the whole subject when there are none, into a number.
        case partition([Int])
        case random
        /// Any other function of one wildcard.
        case other(Int)

        /// The wildcards that it needs, counted from 1.
        var wildcards: [Int] {
            switch self {
            case .literal, .random: []
            case .wildcard(let index), .other(let index): [index]
            case .partition(let indexes): indexes
            }
        }
    }

    /// The functions' names as documented, in the order in which nats-server looks for them. The case of their capital
    /// letters is free, that of the others is not.
    private static let names = [
        "Wildcard", "Partition", "SplitFromLeft", "SplitFromRight", "SliceFromLeft", "SliceFromRight", "Right", "Left",
        "Split", "Random",
    ]

    /// Why nats-server refuses a mapping; nil when it takes it.
    static func complaint(about mapping: SubjectMapping) -> String? {
        var seen: Set<String> = []
        var weights: [String: Int] = [:]
        for destination in mapping.destinations {
            guard seen.insert(destination.subject).inserted else {
                return "duplicate entry for \(GoText.quoted(destination.subject))"
            }
            weights[destination.cluster, default: 0] += Int(destination.weight)
            guard weights[destination.cluster, default: 0] <= 100 else {
                return "total weight needs to be <= 100"
            }
            do {
                try check(destination.subject)
                try checkTransform(from: mapping.source, to: destination.subject, isStrict: false)
            } catch {
                return error.message
            }
        }
        return nil
    }

    /// Checks a destination by itself.
    private static func check(_ destination: String) throws(Refused) {
        guard !destination.isEmpty else { return }
        var hasEnded = false
        for token in Subjects.tokens(destination) {
            guard !token.isEmpty, !hasEnded else {
                throw .token(token, "invalid transform")
            }
            if isFunction(token) {
                guard call(token) != nil else {
                    throw .token(token, "unknown function")
                }
            } else if token == ">" {
                hasEnded = true
            } else if token.contains(where: { $0.isWhitespace }) {
                throw .token("", "invalid transform")
            }
        }
    }

    /// Checks that a destination fits its source.
    ///
    /// - Parameter isStrict: imports must be reversible, so they may use only `wildcard` and must use all of them.
    static func checkTransform(from source: String, to destination: String, isStrict: Bool) throws(Refused) {
        guard !destination.isEmpty else { return }
        guard let from = shape(of: source.isEmpty ? ">" : source), let target = shape(of: destination),
            target.wildcards == 0, from.isOpen == target.isOpen
        else {
            throw .badSubject
        }
        var used = 0
        for token in Subjects.tokens(destination) {
            let function = try function(of: token)
            guard from.wildcards > 0 || from.isOpen else {
                switch function {
                case .literal, .random, .partition: continue
                case .wildcard, .other: throw .token(token, "wildcard index out of range")
                }
            }
            if isStrict, function != .literal {
                guard case .wildcard = function else {
                    throw .token(
                        token,
                        "the only mapping function allowed for import transforms is {{Wildcard()}}"
                    )
                }
            }
            for index in function.wildcards {
                guard index <= from.wildcards else {
                    throw .token("\(token): [\(index)]", "wildcard index out of range")
                }
            }
            used += function.wildcards.count
        }
        if isStrict, used < from.wildcards {
            throw .token(destination, "not using all of the token wildcard(s)")
        }
    }

    /// How many `*` a subject has and whether it ends with `>`; nil for a malformed subject.
    private static func shape(of subject: String) -> (wildcards: Int, isOpen: Bool)? {
        var wildcards = 0
        var isOpen = false
        for token in Subjects.tokens(subject) {
            guard !token.isEmpty, !isOpen else { return nil }
            if token == ">" {
                isOpen = true
            } else if token == "*" {
                wildcards += 1
            }
        }
        return (wildcards, isOpen)
    }

    // MARK: Functions

    private static func isFunction(_ token: Substring) -> Bool {
        token.utf8.count > 4 && token.hasPrefix("{{") && token.hasSuffix("}}")
    }

    /// The canonical name and the arguments of `{{name(a, b)}}`, which may stand anywhere in the token; nil when it holds
    /// no known function.
    private static func call(_ token: Substring) -> (name: String, arguments: [String])? {
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

    static func function(of token: Substring) throws(Refused) -> Function {
        guard token.utf8.count > 1 else { return .literal }
        if token.hasPrefix("$") {
            // Subjects such as $SYS begin like this too.
            return Int(token.dropFirst()).map { .wildcard($0) } ?? .literal
        }
        guard isFunction(token) else { return .literal }
        guard let (name, arguments) = call(token) else {
            throw .token(token, "unknown function")
        }
        let invalid = Refused.token(token, "function argument is invalid or in the wrong format")
        switch name {
        case "Wildcard":
            if arguments == [""] { throw notEnough(token) }
            guard arguments.count == 1 else { throw tooMany(token) }
            guard let index = Int(arguments[0]) else { throw invalid }
            return .wildcard(index)
        case "Partition":
            let numbers = arguments.compactMap { Int($0) }
            guard numbers.count == arguments.count, numbers[0] <= Int32.max else { throw invalid }
            return .partition(Array(numbers.dropFirst()))
        case "Random":
            guard arguments.count == 1 else { throw notEnough(token) }
            guard let ceiling = Int(arguments[0]), ceiling <= Int32.max else { throw invalid }
            return .random
        default:
            guard arguments.count >= 2 else { throw notEnough(token) }
            guard arguments.count == 2 else { throw tooMany(token) }
            guard let index = Int(arguments[0]) else { throw invalid }
            let isValid = name == "Split" ? !arguments[1].contains(" ") : Int32(arguments[1]) != nil
            guard isValid else { throw invalid }
            return .other(index)
        }
    }

    private static func notEnough(_ token: Substring) -> Refused {
        .token(token, "not enough arguments passed to the function")
    }

    private static func tooMany(_ token: Substring) -> Refused {
        .token(token, "too many arguments passed to the function")
    }

    // MARK: Wildcards and their markers

    /// `foo.*.*` as the destination `foo.$1.$2`.
    static func marked(_ subject: String) -> String {
        var count = 0
        let tokens = Subjects.tokens(subject).map { token -> String in
            guard token == "*" else { return String(token) }
            count += 1
            return "$\(count)"
        }
        return tokens.joined(separator: ".")
    }

    /// `foo.$2.$1` as the subject `foo.*.*`.
    static func unmarked(_ destination: String) -> String {
        let tokens = Subjects.tokens(destination).map { token -> Substring in
            let isNumbered = token.hasPrefix("$") && token.dropFirst().first.map { "1"..."9" ~= $0 } == true
            if isNumbered {
                return "*"
            }
            if isFunction(token), let (name, arguments) = call(token), name == "Wildcard", arguments.count == 1,
                arguments != [""]
            {
                return "*"
            }
            return token
        }
        return tokens.joined(separator: ".")
    }
}
