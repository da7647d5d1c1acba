/// How two texts differ, line by line, in the shortest way.
package struct LineDiff: Sendable, Hashable {
    package enum Edit: Sendable, Hashable {
        /// The same line on both sides, by its index in each.
        case keep(old: Int, new: Int)
        case remove(old: Int)
        case insert(new: Int)
    }

    package let old: [String]
    package let new: [String]
    package let edits: [Edit]

    /// Compares `old` with `new`.
    ///
    /// Common lines at both ends are set aside first, so the cost grows with the part that changed. Parts that differ in
    /// more than a few thousand lines are shown as replaced as a whole.
    package init(old: [String], new: [String]) {
        self.old = old
        self.new = new
        var start = 0
        while start < old.count, start < new.count, old[start] == new[start] {
            start += 1
        }
        var end = 0
        while end < old.count - start, end < new.count - start, old[old.count - 1 - end] == new[new.count - 1 - end] {
            end += 1
        }
        var edits: [Edit] = (0..<start).map { .keep(old: $0, new: $0) }
        let oldMiddle = Array(old[start..<old.count - end])
        let newMiddle = Array(new[start..<new.count - end])
        edits += Self.middle(oldMiddle, newMiddle, offset: start)
        edits += (0..<end).map { .keep(old: old.count - end + $0, new: new.count - end + $0) }
        self.edits = edits
    }

    private static func middle(_ old: [String], _ new: [String], offset: Int) -> [Edit] {
        var removed = Set<Int>()
        var inserted = Set<Int>()
        if old.count + new.count > 8_000 {
            removed = Set(old.indices)
            inserted = Set(new.indices)
        } else {
            for change in new.difference(from: old) {
                switch change {
                case .remove(let index, _, _): removed.insert(index)
                case .insert(let index, _, _): inserted.insert(index)
                }
            }
        }
        var edits: [Edit] = []
        var oldIndex = 0
        var newIndex = 0
        while oldIndex < old.count || newIndex < new.count {
            if oldIndex < old.count, removed.contains(oldIndex) {
                edits.append(.remove(old: offset + oldIndex))
                oldIndex += 1
            } else if newIndex < new.count, inserted.contains(newIndex) {
                edits.append(.insert(new: offset + newIndex))
                newIndex += 1
            } else {
                edits.append(.keep(old: offset + oldIndex, new: offset + newIndex))
                oldIndex += 1
                newIndex += 1
            }
        }
        return edits
    }

    /// What differs: runs of old lines, each with the new lines in its place.
    package var changes: [(old: Range<Int>, new: Range<Int>)] {
        var changes: [(old: Range<Int>, new: Range<Int>)] = []
        var (old, new) = (0, 0)
        var start: (old: Int, new: Int)?
        func close() {
            if let start { changes.append((start.old..<old, start.new..<new)) }
            start = nil
        }
        for edit in edits {
            switch edit {
            case .keep:
                close()
                old += 1
                new += 1
            case .remove:
                start = start ?? (old, new)
                old += 1
            case .insert:
                start = start ?? (old, new)
                new += 1
            }
        }
        close()
        return changes
    }

    /// A stretch of edits with up to three unchanged lines around them.
    package struct Hunk: Sendable, Hashable {
        package var edits: ArraySlice<Edit>
        /// First line (from 1) and number of lines on the old side.
        package var old: (line: Int, count: Int) {
            range { edit in
                switch edit {
                case .keep(let index, _), .remove(let index): index
                case .insert: nil
                }
            }
        }
        /// First line (from 1) and number of lines on the new side.
        package var new: (line: Int, count: Int) {
            range { edit in
                switch edit {
                case .keep(_, let index), .insert(let index): index
                case .remove: nil
                }
            }
        }

        private func range(_ index: (Edit) -> Int?) -> (line: Int, count: Int) {
            let indices = edits.compactMap(index)
            return (indices.first.map { $0 + 1 } ?? 0, indices.count)
        }
    }

    /// The hunks of a unified diff.
    package var hunks: [Hunk] {
        let context = 3
        var hunks: [Hunk] = []
        var changed = edits.indices.filter { if case .keep = edits[$0] { false } else { true } }[...]
        while let first = changed.popFirst() {
            var last = first
            while let next = changed.first, next - last <= 2 * context {
                last = next
                changed.removeFirst()
            }
            hunks.append(Hunk(edits: edits[max(0, first - context)...min(edits.count - 1, last + context)]))
        }
        return hunks
    }
}

/// Prints a ``LineDiff`` as a unified diff.
package struct UnifiedDiff: Sendable {
    package var colored: Bool

    package init(colored: Bool) {
        self.colored = colored
    }

    /// - Parameter caption: a text for the end of a hunk's `@@` line, given the hunk.
    package func render(
        _ diff: LineDiff,
        oldName: String,
        newName: String,
        caption: (LineDiff.Hunk) -> String? = { _ in nil }
    ) -> String {
        var result = paint("--- \(oldName)", "1") + "\n" + paint("+++ \(newName)", "1") + "\n"
        for hunk in diff.hunks {
            let header = "@@ -\(Self.span(hunk.old)) +\(Self.span(hunk.new)) @@"
            result += paint(header, "36") + (caption(hunk).map { " " + $0 } ?? "") + "\n"
            for edit in hunk.edits {
                switch edit {
                case .keep(let index, _): result += " " + Self.visible(diff.old[index]) + "\n"
                case .remove(let index): result += paint("-" + Self.visible(diff.old[index]), "31") + "\n"
                case .insert(let index): result += paint("+" + Self.visible(diff.new[index]), "32") + "\n"
                }
            }
        }
        return result
    }

    /// Control characters as signs of their own (`␍` at the end of a line of Windows): a terminal would obey them, and two
    /// lines that differ in nothing else would look the same. The line feed is that before the note on a missing one.
    private static func visible(_ line: String) -> String {
        guard line.utf8.contains(where: { ($0 < 0x20 && $0 != 0x09 && $0 != 0x0A) || $0 == 0x7F }) else {
            return line
        }
        var result = String.UnicodeScalarView()
        for scalar in line.unicodeScalars {
            switch scalar.value {
            case 0x09, 0x0A: result.append(scalar)
            case 0..<0x20: result.append(Unicode.Scalar(0x2400 + scalar.value) ?? scalar)
            case 0x7F: result.append("\u{2421}")
            default: result.append(scalar)
            }
        }
        return String(result)
    }

    private static func span(_ range: (line: Int, count: Int)) -> String {
        range.count == 1 ? "\(range.line)" : "\(range.line),\(range.count)"
    }

    private func paint(_ text: String, _ code: String) -> String {
        colored ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }
}

/// The lines of a file for a diff: split at `\n`, with a note where the last one has none.
package func diffLines(_ bytes: [UInt8]) -> [String] {
    guard !bytes.isEmpty else {
        return []
    }
    var lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false).map {
        String(decoding: $0, as: UTF8.self)
    }
    if lines.last == "" {
        lines.removeLast()
    } else {
        lines[lines.count - 1] += "\n\\ No newline at end of file"
    }
    return lines
}
