package import Guides

/// One way in which the disk differs from what the guides say.
package struct Drift: Sendable, Hashable {
    package enum Kind: Sendable, Hashable {
        /// The file is not there.
        case missing
        /// The file has other contents. `editedByHand` is false when it is what Launchpad wrote last.
        case changed(actual: [UInt8], editedByHand: Bool)
        /// The contents are right, the permission bits are not.
        case mode(actual: UInt16)
        /// A file is there that Launchpad did not write.
        case foreign(actual: [UInt8])
        /// Launchpad wrote it, and no guide describes it any more.
        case orphan(guide: String, editedByHand: Bool)
        /// Something that is not a file is in its place.
        case notAFile(String)
        /// The list of tangled files is not what it would be.
        case manifest
    }

    package var kind: Kind
    /// Relative to the project's root.
    package var path: String
    /// What the guides say; nil for orphans and for the manifest.
    package var file: TangledFile?

    package init(kind: Kind, path: String, file: TangledFile?) {
        self.kind = kind
        self.path = path
        self.file = file
    }
}

extension Drift {
    /// What is wrong, in one sentence without its place: `ops/nats.conf was edited by hand`.
    package var message: String {
        switch kind {
        case .missing: "\(path) is missing"
        case .changed(_, editedByHand: true): "\(path) was edited by hand"
        case .changed(_, editedByHand: false): "\(path) is older than its guide"
        case .foreign: "\(path) was not written by Launchpad"
        case .mode(let actual):
            "\(path) has mode 0\(String(actual, radix: 8)) instead of 0\(String(file?.mode ?? 0o644, radix: 8))"
        case .orphan(let guide, let editedByHand):
            "\(path) is not described any more (it came from \(guide)"
                + (editedByHand ? ", and was edited by hand since)" : ")")
        case .notAFile(let what): "\(path) is \(what), not a file"
        case .manifest: "\(path) is out of date"
        }
    }

    /// What to do about it.
    package var help: String {
        switch kind {
        case .missing, .mode, .manifest, .changed(_, editedByHand: false): "run: launchpad tangle"
        case .changed(_, editedByHand: true):
            "if the file is right, run: launchpad stitch, which carries the edit into the guide; else: launchpad tangle"
        case .foreign: "move its text into the guide, or replace it with: launchpad tangle --force"
        case .orphan: "to remove it, run: launchpad tangle --prune"
        case .notAFile: "move it away, then run: launchpad tangle"
        }
    }

    /// The same for a list of other problems, at the place in the guide that describes the file.
    package func diagnostic(_ severity: Diagnostic.Severity) -> Diagnostic {
        Diagnostic(
            severity, code: Self.code, message, file: file?.guide ?? path,
            range: file.map { SourceRange(line: $0.firstGuideLine, column: 1) }, help: help
        )
    }

    /// The code of every diagnostic about drift.
    package static let code = "drift"
}

/// Tells of drift in words and diffs, each with guide, line and file.
package struct DriftReport: Sendable {
    private let diff: UnifiedDiff
    private let readers: [MeaningReader]
    private let width: Int?

    /// - Parameters:
    ///   - readers: how to read what configuration files mean.
    ///   - width: of the terminal in cells, which sentences stay within; nil where there is none.
    package init(colored: Bool, readers: [MeaningReader] = [.yaml, .json], width: Int? = nil) {
        diff = UnifiedDiff(colored: colored)
        self.readers = readers
        self.width = width
    }

    package func render(_ drifts: [Drift]) -> String {
        drifts.map(render).joined(separator: "\n")
    }

    private func render(_ drift: Drift) -> String {
        let origin = drift.file.map { "; \($0.guide):\($0.firstGuideLine) describes it" } ?? ""
        let head = drift.message + origin
        func line(_ text: String) -> String { TerminalCells.wrapLines(text, limit: width) + "\n" }
        switch drift.kind {
        case .changed(let actual, _): return line(head) + changes(drift, from: actual)
        case .foreign(let actual): return line("\(head); \(drift.help)") + changes(drift, from: actual)
        case .orphan, .notAFile: return line("\(head); \(drift.help)")
        case .missing, .mode, .manifest: return line(head)
        }
    }

    private func changes(_ drift: Drift, from actual: [UInt8]) -> String {
        guard let file = drift.file else {
            return ""
        }
        let difference = LineDiff(old: diffLines(actual), new: diffLines(file.contents))
        return meaning(drift.path, actual, file.contents)
            + diff.render(difference, oldName: "\(drift.path) (on disk)", newName: "\(drift.path) (\(file.guide))") {
                hunk in
                let changed = hunk.edits.compactMap { edit -> Int? in
                    switch edit {
                    case .insert(let index): index + 1
                    case .remove, .keep: nil
                    }
                }
                // A hunk that only removes lines is told by the line before it.
                return file.guideLine(ofFileLine: changed.first ?? Self.lineBeforeRemoval(in: hunk)).map {
                    "\(file.guide):\($0)"
                }
            }
    }

    /// What the guide sets differently, for a language that can be read.
    private func meaning(_ path: String, _ actual: [UInt8], _ described: [UInt8]) -> String {
        guard let reader = readers.first(where: { $0.reads(path) }), let old = reader.meaning(actual),
            let new = reader.meaning(described)
        else { return "" }
        let changes = MeaningDiff(old: old, new: new).changes
        guard !changes.isEmpty else { return "  both say the same, written in another way\n" }
        let shown = changes.prefix(12).map { TerminalCells.wrapLines("  \($0)\n", limit: width) }.joined()
        return changes.count > 12 ? shown + "  and \(changes.count - 12) more settings\n" : shown
    }

    private static func lineBeforeRemoval(in hunk: LineDiff.Hunk) -> Int {
        var line = hunk.new.line
        for edit in hunk.edits {
            switch edit {
            case .keep(_, let index): line = index + 1
            case .insert, .remove: return max(1, line)
            }
        }
        return max(1, line)
    }
}

extension TangledFile {
    /// The guide's line that `line` (from 1) of this file comes from, or nil for a line behind its end.
    package func guideLine(ofFileLine line: Int) -> Int? {
        guard let part = parts.first(where: { $0.fileLines.contains(line) }) else {
            return nil
        }
        return part.block == nil ? part.guideLine : part.guideLine + line - part.fileLines.lowerBound
    }

    /// The line of the guide at which the description of this file starts.
    package var firstGuideLine: Int {
        parts.map(\.guideLine).min() ?? 1
    }
}
