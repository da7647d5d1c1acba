import Guides

/// One of several equal parts of a project's guides, each of which another machine checks (`--shard 2/5`).
package struct Shard: Codable, Sendable, Hashable, CustomStringConvertible {
    /// From 1 to `count`.
    package let index: Int
    package let count: Int

    /// The most parts that guides can be split into.
    package static let limit = 1000

    /// - Returns: nil unless `1 ≤ index ≤ count ≤ 1000`.
    package init?(index: Int, count: Int) {
        guard (1...Self.limit).contains(count), (1...count).contains(index) else { return nil }
        self.index = index
        self.count = count
    }

    /// Reads `2/5`, the second part of five.
    package init?(_ text: String) {
        let numbers = text.split(separator: "/", omittingEmptySubsequences: false)
        guard numbers.count == 2, numbers.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }),
            let index = Int(numbers[0]), let count = Int(numbers[1])
        else { return nil }
        self.init(index: index, count: count)
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let (index, count) = try (
            container.decode(Int.self, forKey: .index), container.decode(Int.self, forKey: .count)
        )
        guard let shard = Shard(index: index, count: count) else {
            throw DecodingError.dataCorruptedError(
                forKey: .index, in: container, debugDescription: "there is no part \(index) of \(count)")
        }
        self = shard
    }

    package var description: String { "\(index)/\(count)" }

    /// The scenarios of this part, in the order given.
    ///
    /// Every machine comes to the same parts, since they depend on nothing but the guides: the one with most checks goes first
    /// to the part that has fewest so far. Each guide is in exactly one part.
    package func select(from scenarios: [Scenario]) -> [Scenario] {
        let sizes = scenarios.map { (path: $0.guide.path, weight: $0.checks.count + 1) }
        let order = sizes.sorted { ($1.weight, $0.path) < ($0.weight, $1.path) }
        var loads = [Int](repeating: 0, count: count)
        var mine: Set<String> = []
        for guide in order {
            let lightest = loads.indices.min { (loads[$0], $0) < (loads[$1], $1) } ?? 0
            loads[lightest] += guide.weight
            if lightest == index - 1 { mine.insert(guide.path) }
        }
        return scenarios.filter { mine.contains($0.guide.path) }
    }
}
