/// Two texts that come from a common third one, put together line by line.
package struct ThreeWayMerge: Sendable, Hashable {
    /// Lines that both sides changed, each in its own way. Line ranges count from 0.
    package struct Conflict: Sendable, Hashable {
        package var base: Range<Int>
        package var guide: Range<Int>
        package var file: Range<Int>
    }

    /// The lines with the changes of both sides; where they are in conflict, those of the file.
    package private(set) var lines: [String] = []
    package private(set) var conflicts: [Conflict] = []

    /// - Parameters:
    ///   - base: what both sides were.
    ///   - guide: what the guide says now.
    ///   - file: what the file says now.
    init(base: [String], guide: [String], file: [String]) {
        var ours = Side(base, guide)
        var theirs = Side(base, file)
        var position = 0
        while let start = [ours.next, theirs.next].compactMap({ $0 }).min() {
            lines += base[position..<start]
            let (guideStart, fileStart) = (start + ours.shift, start + theirs.shift)
            var region = start..<start
            var (isOurs, isTheirs) = (false, false)
            while true {
                let isFirst = !isOurs && !isTheirs
                if ours.take(into: &region, isFirst: isFirst) {
                    isOurs = true
                } else if theirs.take(into: &region, isFirst: isFirst) {
                    isTheirs = true
                } else {
                    break
                }
            }
            position = region.upperBound
            let guideLines = guideStart..<position + ours.shift
            let fileLines = fileStart..<position + theirs.shift
            if isOurs, isTheirs, guide[guideLines] != file[fileLines] {
                conflicts.append(Conflict(base: region, guide: guideLines, file: fileLines))
            }
            lines += isTheirs ? file[fileLines] : guide[guideLines]
        }
        lines += base[position...]
    }

    /// What one side has changed and is not merged yet.
    private struct Side {
        private var changes: ArraySlice<(old: Range<Int>, new: Range<Int>)>
        /// How far the side's lines are ahead of the base's, behind the changes that are taken.
        private(set) var shift = 0

        init(_ base: [String], _ text: [String]) {
            changes = LineDiff(old: base, new: text).changes[...]
        }

        /// Where the next change begins in the base.
        var next: Int? { changes.first?.old.lowerBound }

        /// Takes the next change if it belongs to `region` of the base, which grows by it.
        ///
        /// It does when they share a line, or when one of them puts lines in just where the other one begins or ends: which
        /// of the two comes first could not be told.
        mutating func take(into region: inout Range<Int>, isFirst: Bool) -> Bool {
            guard let change = changes.first, change.old.lowerBound >= region.lowerBound else { return false }
            let isAtEnd = change.old.lowerBound == region.upperBound
            let touches = isAtEnd && (isFirst || change.old.isEmpty || region.isEmpty)
            guard change.old.lowerBound < region.upperBound || touches else { return false }
            region = region.lowerBound..<max(region.upperBound, change.old.upperBound)
            shift = change.new.upperBound - change.old.upperBound
            changes.removeFirst()
            return true
        }
    }
}
