/// Which values are interested in which subjects: a trie over tokens, with wildcards, and with queue groups.
///
/// It belongs to whoever holds it and takes no lock; the broker keeps one for each account behind that account's lock and
/// hands out what a match found as an immutable result. Adding, removing and matching take time in the number of tokens (and
/// of wildcard branches that apply), not in the number of values.
@usableFromInline package struct SubjectTree<Value: AnyObject> {
    /// The values that end at one token of the trie.
    @usableFromInline
    final class Node {
        @usableFromInline var children = TokenTable<Node>()
        @usableFromInline var star: Node?
        @usableFromInline var full: Node?
        @usableFromInline var plain: [ObjectIdentifier: Value] = [:]
        @usableFromInline var groups: [[UInt8]: [ObjectIdentifier: Value]] = [:]

        @inlinable
        init() {}

        @inlinable
        var isUnused: Bool {
            children.isEmpty && star == nil && full == nil && plain.isEmpty && groups.isEmpty
        }
    }

    @usableFromInline let root = Node()
    /// The number of values in the tree.
    @usableFromInline package internal(set) var count = 0

    @inlinable
    package init() {}

    /// Adds `value` under `pattern`, as a member of `queue` where there is one.
    ///
    /// - Returns: false, and nothing is added, when the pattern is not one that can be subscribed to.
    @inlinable
    package mutating func insert(_ value: Value, pattern: [UInt8], queue: [UInt8]?) -> Bool {
        guard Self.canHold(pattern) else { return false }
        let node = pattern.withUnsafeBytes { bytes in
            var node = root
            Self.forEachToken(bytes) { token in node = Self.descendMaking(node, token) }
            return node
        }
        if let queue {
            node.groups[queue, default: [:]][ObjectIdentifier(value)] = value
        } else {
            node.plain[ObjectIdentifier(value)] = value
        }
        count += 1
        return true
    }

    /// Takes `value` out again. Branches that nobody uses any more go with it.
    ///
    /// - Returns: false when it was not there.
    @discardableResult
    @inlinable
    package mutating func remove(_ value: Value, pattern: [UInt8], queue: [UInt8]?) -> Bool {
        let removed = pattern.withUnsafeBytes { bytes in
            var tokens: [UnsafeRawBufferPointer] = []
            Self.forEachToken(bytes) { tokens.append($0) }
            var path = [root]
            for token in tokens {
                guard let next = Self.descend(path[path.count - 1], token) else { return false }
                path.append(next)
            }
            guard Self.take(value, queue, outOf: path[path.count - 1]) else { return false }
            for depth in stride(from: tokens.count, to: 0, by: -1) where path[depth].isUnused {
                Self.cut(tokens[depth - 1], from: path[depth - 1])
            }
            return true
        }
        if removed { count -= 1 }
        return removed
    }

    /// Calls back with every value that is interested in `subject`: `plain` for each ungrouped one, `group` for all members
    /// of a queue group under one pattern. A group that has members under several matching patterns is called once for each.
    ///
    /// A subject with an empty token matches nothing. A wildcard token in `subject` is matched by wildcards alone.
    @inlinable
    package func forEachMatch(
        _ subject: UnsafeRawBufferPointer,
        plain: (Value) -> Void,
        group: ([UInt8], [ObjectIdentifier: Value]) -> Void
    ) {
        guard !Self.hasEmptyToken(subject) else { return }
        Self.visit(root, subject, 0, plain, group)
    }

    @inlinable
    static func visit(
        _ node: Node,
        _ subject: UnsafeRawBufferPointer,
        _ start: Int,
        _ plain: (Value) -> Void,
        _ group: ([UInt8], [ObjectIdentifier: Value]) -> Void
    ) {
        if let full = node.full { emit(full, plain, group) }
        var end = start
        while end < subject.count, subject[end] != Subject.dot { end += 1 }
        let isLast = end == subject.count
        if let star = node.star {
            if isLast { emit(star, plain, group) } else { visit(star, subject, end + 1, plain, group) }
        }
        if let next = node.children.value(for: UnsafeRawBufferPointer(rebasing: subject[start..<end])) {
            if isLast { emit(next, plain, group) } else { visit(next, subject, end + 1, plain, group) }
        }
    }

    @inlinable
    static func emit(
        _ node: Node,
        _ plain: (Value) -> Void,
        _ group: ([UInt8], [ObjectIdentifier: Value]) -> Void
    ) {
        for value in node.plain.values { plain(value) }
        for (name, members) in node.groups { group(name, members) }
    }

    @inlinable
    static func hasEmptyToken(_ subject: UnsafeRawBufferPointer) -> Bool {
        var previous = Subject.dot
        for byte in subject {
            if byte == Subject.dot && previous == Subject.dot { return true }
            previous = byte
        }
        return previous == Subject.dot
    }
}

extension SubjectTree {
    @inlinable
    static func forEachToken(_ pattern: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Void) {
        var start = 0
        for index in 0...pattern.count where index == pattern.count || pattern[index] == Subject.dot {
            body(UnsafeRawBufferPointer(rebasing: pattern[start..<index]))
            start = index + 1
        }
    }

    @inlinable
    static func descendMaking(_ node: Node, _ token: UnsafeRawBufferPointer) -> Node {
        if let next = descend(node, token) { return next }
        let next = Node()
        switch wildcard(token) {
        case Subject.star: node.star = next
        case Subject.full: node.full = next
        default: node.children.add(token, next)
        }
        return next
    }

    @inlinable
    static func descend(_ node: Node, _ token: UnsafeRawBufferPointer) -> Node? {
        switch wildcard(token) {
        case Subject.star: node.star
        case Subject.full: node.full
        default: node.children.value(for: token)
        }
    }

    @inlinable
    static func cut(_ token: UnsafeRawBufferPointer, from node: Node) {
        switch wildcard(token) {
        case Subject.star: node.star = nil
        case Subject.full: node.full = nil
        default: node.children.remove(token)
        }
    }

    @inlinable
    static func take(_ value: Value, _ queue: [UInt8]?, outOf node: Node) -> Bool {
        guard let queue else { return node.plain.removeValue(forKey: ObjectIdentifier(value)) != nil }
        guard node.groups[queue]?.removeValue(forKey: ObjectIdentifier(value)) != nil else { return false }
        if node.groups[queue]?.isEmpty == true { node.groups[queue] = nil }
        return true
    }

    /// False for an empty pattern, an empty token, and `>` before the last token. White space is a token's byte like others:
    /// nats-server's tree does not look for it either.
    @inlinable
    static func canHold(_ pattern: [UInt8]) -> Bool {
        var length = 0
        var last: UInt8 = 0
        for byte in pattern {
            if byte == Subject.dot {
                if length == 0 || (length == 1 && last == Subject.full) { return false }
                length = 0
            } else {
                length += 1
                last = byte
            }
        }
        return length > 0
    }

    @inlinable
    static func wildcard(_ token: UnsafeRawBufferPointer) -> UInt8 {
        token.count == 1 ? token[0] : 0
    }
}

/// Copies share their nodes, so a tree may be handed over, and must not be changed from two places: its holder keeps it behind
/// a lock.
extension SubjectTree: @unchecked Sendable where Value: Sendable {}
