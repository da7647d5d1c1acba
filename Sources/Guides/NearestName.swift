/// The candidate that `name` was probably meant to be, or nil where none is near enough.
///
/// Near enough is an edit distance (insert, delete, replace, swap of neighbours) of at most a third of the longer name.
package func nearestName<Names: Sequence>(to name: String, among candidates: Names) -> String?
where Names.Element == String {
    var best: (name: String, distance: Int)?
    for candidate in candidates {
        let limit = max(1, max(name.utf8.count, candidate.utf8.count) / 3)
        // Names that differ more than that in length need no comparison, which takes the product of both lengths.
        guard abs(name.utf8.count - candidate.utf8.count) <= limit else {
            continue
        }
        let distance = editDistance(Array(name.lowercased().utf8), Array(candidate.lowercased().utf8))
        if distance <= limit, distance < best?.distance ?? .max {
            best = (candidate, distance)
        }
    }
    return best?.name
}

/// The optimal string alignment distance between two byte strings.
private func editDistance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var beforeLast: [Int] = []
    var last = Array(0...right.count)
    for (row, leftByte) in left.enumerated() {
        var current = [row + 1]
        for (column, rightByte) in right.enumerated() {
            var distance = min(last[column + 1] + 1, current[column] + 1)
            distance = min(distance, last[column] + (leftByte == rightByte ? 0 : 1))
            if row > 0, column > 0, leftByte == right[column - 1], left[row - 1] == rightByte {
                distance = min(distance, beforeLast[column - 1] + 1)
            }
            current.append(distance)
        }
        beforeLast = last
        last = current
    }
    return last[right.count]
}
