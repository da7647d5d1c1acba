extension SubjectTree {
    /// The values that are interested in every subject with more tokens than `prefix` that begins with it; nil where what follows
    /// matters to somebody, or where there are queue groups.
    @inlinable
    package func values(below prefix: [UInt8]) -> [Value]? {
        prefix.withUnsafeBytes { prefix in
            var nodes = [root]
            var values: [Value] = []
            var isSettled = true
            let take = { (nodes: [Node]) in
                for full in nodes.compactMap(\.full) {
                    isSettled = isSettled && full.groups.isEmpty
                    values += full.plain.values
                }
            }
            Self.forEachToken(prefix) { token in
                take(nodes)
                nodes = nodes.flatMap { node in
                    [node.star, node.children.value(for: token)].compactMap { $0 }
                }
            }
            take(nodes)
            isSettled = isSettled && nodes.allSatisfy { $0.star == nil && $0.children.isEmpty }
            return isSettled ? values : nil
        }
    }
}
