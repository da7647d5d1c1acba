import Guides

/// The lines of one file as three-way comparisons see them: without the provenance line and without line endings.
struct StitchText: Hashable {
    var lines: [String]
    /// For each line its number in the file, from 1.
    var numbers: [Int]

    /// - Parameter hasProvenance: whether Launchpad writes a provenance line into files of this format.
    init(_ bytes: [UInt8], hasProvenance: Bool) {
        var all = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { line in
            String(decoding: line.last == UInt8(ascii: "\r") ? line.dropLast() : line, as: UTF8.self)
        }
        if all.last == "" { all.removeLast() }
        // A formatter may have moved it, or somebody removed it: it is put back where it belongs.
        let provenance = hasProvenance ? all.prefix(64).firstIndex { $0.contains(Provenance.marker) } : nil
        lines = []
        numbers = []
        for (index, line) in all.enumerated() where index != provenance {
            lines.append(line)
            numbers.append(index + 1)
        }
    }
}

/// Says which lines of a file's new text belong to which of its blocks.
struct BlockBoundaries {
    /// For each block, in order, its lines in the new text, from 0.
    let ranges: [Range<Int>]

    /// - Parameters:
    ///   - counts: how many lines each block has now.
    ///   - old: the lines of all blocks.
    ///   - new: what they become.
    init(counts: [Int], old: [String], new: [String]) {
        let changes = LineDiff(old: old, new: new).changes
        var ranges: [Range<Int>] = []
        var (boundary, start) = (0, 0)
        for (index, count) in counts.enumerated() {
            boundary += count
            let isLast = index == counts.count - 1
            let end = isLast ? new.count : max(start, Self.place(of: boundary, changes, old, new))
            ranges.append(start..<end)
            start = end
        }
        self.ranges = ranges
    }

    /// Where the boundary before old line `boundary` is in the new text.
    private static func place(
        of boundary: Int, _ changes: [(old: Range<Int>, new: Range<Int>)], _ old: [String], _ new: [String]
    ) -> Int {
        guard let change = changes.last(where: { $0.old.lowerBound <= boundary }) else { return boundary }
        // What is added between two blocks is added to the first one.
        if boundary >= change.old.upperBound { return change.new.upperBound + boundary - change.old.upperBound }
        if boundary == change.old.lowerBound { return change.new.lowerBound }
        return change.new.lowerBound
            + alignedPlace(boundary - change.old.lowerBound, Array(old[change.old]), Array(new[change.new]))
    }

    /// The same inside of lines that have all changed: white space aside some of them may be the same, and between those the
    /// boundary keeps its proportion.
    private static func alignedPlace(_ boundary: Int, _ old: [String], _ new: [String]) -> Int {
        func bare(_ line: String) -> String { line.filter { !$0.isWhitespace && !"\"',;".contains($0) } }
        let changes = LineDiff(old: old.map(bare), new: new.map(bare)).changes
        guard let change = changes.last(where: { $0.old.lowerBound <= boundary }) else { return boundary }
        if boundary >= change.old.upperBound { return change.new.upperBound + boundary - change.old.upperBound }
        return change.new.lowerBound + (boundary - change.old.lowerBound) * change.new.count / change.old.count
    }
}
