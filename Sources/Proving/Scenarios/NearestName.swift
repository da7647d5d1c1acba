/// Finds the name that somebody probably meant.
enum NearestName {
    /// The candidate with the fewest edits to `name`; nil when even that is far off.
    static func of(_ name: String, among candidates: some Sequence<String>) -> String? {
        let limit = name.utf8.count <= 4 ? 1 : max(2, name.utf8.count / 3)
        return
            candidates
            .map { (edits(Array(name.lowercased().utf8), Array($0.lowercased().utf8)), $0) }
            .filter { $0.0 <= limit }
            .min { $0.0 < $1.0 }?.1
    }

    /// The number of insertions, deletions, substitutions and swaps of neighbours between two words.
    private static func edits(_ one: [UInt8], _ two: [UInt8]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...two.count)
        for (row, byte) in one.enumerated() {
            var current = [row + 1]
            for (column, other) in two.enumerated() {
                var best = min(last[column + 1] + 1, current[column] + 1, last[column] + (byte == other ? 0 : 1))
                if row > 0, column > 0, byte == two[column - 1], one[row - 1] == other {
                    best = min(best, beforeLast[column - 1] + 1)
                }
                current.append(best)
            }
            (beforeLast, last) = (last, current)
        }
        return last[two.count]
    }
}
