/// Makes one subject out of another: of `orders.*.>` and `shop.$1.>` a rule that turns `orders.eu.new` into `shop.eu.new`.
///
/// Mappings, imports under another name and streams use it. Works on bytes; making one takes strings, which come from
/// configuration.
package struct SubjectTransform: Sendable, Hashable {
    /// The pattern of the subjects that it takes.
    package let source: String
    /// The destination as written.
    package let destination: String
    private let pieces: [Piece]
    /// The number of tokens in the source before `>`, or all of them.
    private let fixedTokens: Int
    private let isOpen: Bool
    private let hasWildcards: Bool

    /// A token of the destination, with wildcards counted by the source's tokens, from 0.
    private enum Piece: Sendable, Hashable {
        case literal([UInt8])
        case token(Int)
        case partition(UInt32, [Int])
        case random(Int)
        case cut(TransformFunction.Cut, Int, Int)
        case split(Int, [UInt8])
    }

    /// - Parameter isStrict: imports must be reversible, so they may use only `wildcard` and must use all of them.
    /// - Throws: ``TransformProblem`` when the two do not fit together.
    package init(from source: String, to destination: String, isStrict: Bool = false) throws(TransformProblem) {
        let source = source.isEmpty ? ">" : source
        guard let from = Self.shape(of: source), let target = Self.shape(of: destination),
            target.wildcards.isEmpty, from.isOpen == target.isOpen
        else {
            throw .badSubject
        }
        let takes = !from.wildcards.isEmpty || from.isOpen
        var pieces: [Piece] = []
        var used = 0
        for token in Self.tokens(destination) where token != ">" {
            let function = try TransformFunction(token)
            guard takes else {
                switch function {
                case .literal: pieces.append(.literal(Array(token.utf8)))
                case .random(let count): pieces.append(.random(count))
                case .partition(let count, _): pieces.append(.partition(Self.bits(count), []))
                case .wildcard, .cut, .split: throw .token(token, "wildcard index out of range")
                }
                continue
            }
            if isStrict, function != .literal {
                guard case .wildcard = function else {
                    throw .token(token, "the only mapping function allowed for import transforms is {{Wildcard()}}")
                }
            }
            for index in function.wildcards where index > from.wildcards.count {
                throw .token("\(token): [\(index)]", "wildcard index out of range")
            }
            used += function.wildcards.count
            pieces.append(Self.piece(function, token, from.wildcards))
        }
        if isStrict, takes, used < from.wildcards.count {
            throw .token(destination, "not using all of the token wildcard(s)")
        }
        self.source = source
        self.destination = destination
        self.pieces = pieces
        fixedTokens = Self.tokens(source).count - (from.isOpen ? 1 : 0)
        isOpen = from.isOpen
        hasWildcards = takes
    }

    private static func piece(_ function: TransformFunction, _ token: Substring, _ places: [Int]) -> Piece {
        // nats-server takes the first token where the number is none of a wildcard.
        let place = { (index: Int) in places.indices.contains(index - 1) ? places[index - 1] : 0 }
        switch function {
        case .literal: return .literal(Array(token.utf8))
        case .wildcard(let index): return .token(place(index))
        case .partition(let count, let indexes): return .partition(bits(count), indexes.map(place))
        case .random(let count): return .random(count)
        case .cut(let cut, let index, let size): return .cut(cut, place(index), size)
        case .split(let index, let separator): return .split(place(index), Array(separator.utf8))
        }
    }

    private static func bits(_ count: Int) -> UInt32 { UInt32(bitPattern: Int32(truncatingIfNeeded: count)) }

    /// Whether two results for one subject may differ.
    package var isRandom: Bool {
        pieces.contains { if case .random = $0 { true } else { false } }
    }

    /// What becomes of `subject`, which the source must cover. Wildcards in it are taken as they stand.
    package func apply(_ subject: some Collection<UInt8>) -> [UInt8] {
        let tokens = subject.split(separator: Subject.dot, omittingEmptySubsequences: false).map { Array($0) }
        var result: [UInt8] = []
        for (index, piece) in pieces.enumerated() {
            if index > 0 { result.append(Subject.dot) }
            append(piece, tokens, to: &result)
        }
        guard isOpen else { return result }
        for token in tokens.dropFirst(fixedTokens) {
            if !result.isEmpty { result.append(Subject.dot) }
            result += token
        }
        return result
    }

    private func append(_ piece: Piece, _ tokens: [[UInt8]], to result: inout [UInt8]) {
        let token = { (index: Int) in tokens.indices.contains(index) ? tokens[index] : [] }
        switch piece {
        case .literal(let text): result += text
        case .token(let index): result += token(index)
        case .partition(let count, let indexes):
            var key: [UInt8] = []
            if !indexes.isEmpty {
                key = Array(indexes.map(token).joined())
            } else if hasWildcards {
                key = Array(tokens.joined(separator: [Subject.dot]))
            }
            result += "\(count == 0 ? 0 : TokenCutter.hash(key) % count)".utf8
        case .random(let count):
            result += "\(count == 0 ? 0 : Int.random(in: 0...Int(Int32.max)) % count)".utf8
        case .cut(let cut, let index, let size): result += TokenCutter.cut(token(index), cut, size)
        case .split(let index, let separator): result += TokenCutter.split(token(index), separator)
        }
    }

    /// The rule that leads back, as nats-server makes it; nil where there is none.
    package var reversed: SubjectTransform? {
        let marks = Self.tokens(destination).filter(Self.isMark)
        var rest = marks[...]
        let back = Self.tokens(source).map { token in token == "*" ? rest.popFirst() ?? "*" : token }
        return try? SubjectTransform(
            from: Self.unmarked(destination), to: back.joined(separator: "."), isStrict: true)
    }

    // MARK: Wildcards and their marks

    /// `foo.*.*` as the destination `foo.$1.$2`.
    package static func marked(_ subject: String) -> String {
        var count = 0
        let tokens = tokens(subject).map { token -> String in
            guard token == "*" else { return String(token) }
            count += 1
            return "$\(count)"
        }
        return tokens.joined(separator: ".")
    }

    /// `foo.$2.$1` as the subject `foo.*.*`.
    package static func unmarked(_ destination: String) -> String {
        tokens(destination).map { isMark($0) ? "*" : $0 }.joined(separator: ".")
    }

    private static func isMark(_ token: Substring) -> Bool {
        if token.hasPrefix("$"), let digit = token.dropFirst().first, "1"..."9" ~= digit { return true }
        guard TransformFunction.hasForm(token), let call = TransformFunction.call(token) else { return false }
        return call.name == "Wildcard" && call.arguments.count == 1 && call.arguments != [""]
    }

    private static func tokens(_ subject: String) -> [Substring] {
        subject.split(separator: ".", omittingEmptySubsequences: false)
    }

    /// Where a subject has its `*` and whether it ends with `>`; nil for a malformed subject.
    private static func shape(of subject: String) -> (wildcards: [Int], isOpen: Bool)? {
        var wildcards: [Int] = []
        var isOpen = false
        for (index, token) in tokens(subject).enumerated() {
            guard !token.isEmpty, !isOpen else { return nil }
            if token == ">" {
                isOpen = true
            } else if token == "*" {
                wildcards.append(index)
            }
        }
        return (wildcards, isOpen)
    }
}
