package import Guides

/// Carries edits that were made in tangled files back into the guides that describe them.
///
/// 1. The file's last tangled state tells which side moved: the guide, the file, or both.
/// 2. The changes of both sides are merged line by line; lines that both changed in different ways are a conflict.
/// 3. The merged text is cut along the file's blocks, and each block's lines that changed are replaced in the guide.
/// 4. The new guide is read again: the file must come out of it as merged, and every other block as it was.
package struct Stitcher: Sendable {
    /// What became of one file that is not as its guide says.
    package struct Outcome: Sendable, Hashable {
        package enum Verdict: Sendable, Hashable {
            /// The file's edit is in the guide now; `isMerged` where the guide had moved, too.
            case carried(isMerged: Bool)
            /// Only the guide has moved: tangling writes the file.
            case guideMoved
            /// Its lines are those of the guide, and it differs in what a guide cannot hold: how its lines end, whether the last
            /// one does, the provenance line. Writing the file puts it right.
            case sameLines
            case conflict([Conflict])
            case refused(String)
        }

        package var path: String
        package var guide: String
        package var verdict: Verdict
    }

    /// Lines that the guide and the file changed, each in its own way since the file was tangled.
    package struct Conflict: Sendable, Hashable {
        /// The first line of each side, from 1; the line before where it has none there any more.
        package var guideLine: Int
        package var fileLine: Int
        package var base: [String]
        package var guide: [String]
        package var file: [String]
    }

    /// Everything that came of it. Nothing is written yet.
    package struct Result: Sendable {
        package var outcomes: [Outcome] = []
        /// Guides with their new bytes in the place of the old ones.
        package var guides: [(guide: Guide, bytes: [UInt8])] = []
    }

    private let base: TangleBase
    private let takesFile: Bool

    /// - Parameters:
    ///   - takesFile: where both sides changed the same lines, the file is right.
    ///   - committed: the file at a path as it was committed last, asked where nothing else says what was tangled last.
    /// - Throws: ``DiagnosticsError`` when the manifest on disk cannot be read.
    package init(
        root: String, configuration: ProjectConfiguration, takesFile: Bool = false,
        committed: @escaping @Sendable (String) -> [UInt8]?
    ) throws {
        let manifest = try Manifest.read(root: root, configuration: configuration)
        self.init(base: TangleBase(root: root, manifest: manifest, committed: committed), takesFile: takesFile)
    }

    init(base: TangleBase, takesFile: Bool = false) {
        self.base = base
        self.takesFile = takesFile
    }

    /// Works out the new guides.
    ///
    /// - Parameters:
    ///   - drifts: what differs, as ``Tangler/compare()`` finds it.
    ///   - guides: all guides of the project.
    package func stitch(_ drifts: [Drift], guides: [Guide]) -> Result {
        var result = Result()
        var current = Dictionary(guides.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
        for drift in drifts {
            guard let file = drift.file, let guide = current[file.guide] else { continue }
            let actual: [UInt8]
            switch drift.kind {
            case .changed(let bytes, _), .foreign(let bytes): actual = bytes
            case .missing, .mode, .orphan, .notAFile, .manifest: continue
            }
            let (verdict, stitched) = carry(actual, of: file, into: guide, isForeign: drift.isForeign)
            result.outcomes.append(Outcome(path: file.path, guide: file.guide, verdict: verdict))
            if let stitched { current[file.guide] = stitched }
        }
        for guide in guides {
            guard let now = current[guide.path], now.source != guide.source else { continue }
            result.guides.append((guide, now.source))
        }
        return result
    }

    private func carry(
        _ actual: [UInt8], of file: TangledFile, into guide: Guide, isForeign: Bool
    ) -> (Outcome.Verdict, Guide?) {
        if file.isGenerated {
            return (.refused("Launchpad makes it out of the commands of its guide; change those, then tangle"), nil)
        }
        if isForeign, !takesFile {
            return (.refused("Launchpad did not write it; to take its text over, use --take file"), nil)
        }
        guard SourceText.firstInvalidUTF8(in: actual) == nil, !actual.contains(0) else {
            return (.refused("it holds what is not text, and a guide can't"), nil)
        }
        let hasProvenance = file.parts.contains { $0.block == nil }
        let known = base.contents(of: file.path, among: [file.contents, actual])
        let former = known ?? (takesFile ? file.contents : [])
        let text = { StitchText($0, hasProvenance: hasProvenance) }
        let (before, ours, theirs) = (text(former), text(file.contents), text(actual))
        if theirs.lines == before.lines { return (ours.lines == before.lines ? .sameLines : .guideMoved, nil) }
        let merge = ThreeWayMerge(base: before.lines, guide: ours.lines, file: theirs.lines)
        if !merge.conflicts.isEmpty, !takesFile {
            guard known != nil else {
                return (
                    .refused(
                        "nobody knows here what it was when it was tangled last, so it cannot be told which side moved; "
                            + "to take its text over as it is, use --take file"), nil
                )
            }
            let conflicts = merge.conflicts.map { conflict in
                Conflict(
                    guideLine: Self.guideLine(of: conflict.guide.lowerBound, in: ours, file),
                    fileLine: Self.number(of: conflict.file.lowerBound, in: theirs),
                    base: Array(before.lines[conflict.base]),
                    guide: Array(ours.lines[conflict.guide]),
                    file: Array(theirs.lines[conflict.file])
                )
            }
            return (.conflict(conflicts), nil)
        }
        guard let stitched = rewrite(guide, file, ours.lines, merge.lines) else {
            return (
                .refused(
                    "a block of a guide cannot hold its new text: a lone carriage return, or a line that would end it"),
                nil
            )
        }
        return (.carried(isMerged: ours.lines != before.lines), stitched)
    }

    private static func number(of index: Int, in text: StitchText) -> Int {
        index < text.numbers.count ? text.numbers[index] : (text.numbers.last ?? 1)
    }

    private static func guideLine(of index: Int, in text: StitchText, _ file: TangledFile) -> Int {
        file.guideLine(ofFileLine: number(of: index, in: text)) ?? file.firstGuideLine
    }

    // MARK: - The guide

    /// The guide with `new` as the lines of the file's blocks; nil where it does not say that when it is read again.
    private func rewrite(_ guide: Guide, _ file: TangledFile, _ old: [String], _ new: [String]) -> Guide? {
        let blocks = guide.blocks.filter { $0.kind == .file && $0.attributes["file"] == file.path }
        let lines = blocks.map { Self.lines(of: $0) }
        guard lines.flatMap({ $0 }) == old else { return nil }
        let ranges = BlockBoundaries(counts: lines.map(\.count), old: old, new: new).ranges
        var rewriter = GuideRewriter(guide: guide)
        for ((block, former), range) in zip(zip(blocks, lines), ranges) {
            let now = Array(new[range])
            for change in LineDiff(old: former, new: now).changes {
                let first = block.contentLine + change.old.lowerBound
                rewriter.replace(lines: first..<first + change.old.count, of: block, with: Array(now[change.new]))
            }
        }
        let bytes = rewriter.bytes()
        let parsed = GuideParser.parse(path: guide.path, name: guide.name, bytes: bytes)
        guard let again = parsed.guide, !parsed.diagnostics.contains(where: { $0.severity == .error }) else {
            return nil
        }
        guard again.blocks.count == guide.blocks.count else { return nil }
        var text: [String] = []
        for (block, former) in zip(again.blocks, guide.blocks) {
            guard block.attributes.pairs == former.attributes.pairs, block.language == former.language else {
                return nil
            }
            if blocks.contains(where: { $0.index == block.index }) {
                text += Self.lines(of: block)
            } else if block.text != former.text {
                return nil
            }
        }
        return text == new ? again : nil
    }

    private static func lines(of block: Block) -> [String] {
        StitchText(Array(block.text.utf8), hasProvenance: false).lines
    }
}

extension Attributes {
    /// Keys and values without their places.
    fileprivate var pairs: [String] { entries.map { "\($0.key)=\($0.value)" } }
}

extension Drift {
    fileprivate var isForeign: Bool {
        if case .foreign = kind { true } else { false }
    }
}
