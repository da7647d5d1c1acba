import Foundation
import Guides
import Testing

@testable import Tangling

/// Ten times a thousand random projects, edits and merges. The same ones in every run; `STITCH_SEEDS` says how many thousands.
@Suite("Stitching random edits")
struct StitchPropertyTests {
    private static let configuration = ProjectConfiguration()

    private func plan(_ guide: Guide) throws -> TanglePlan {
        let (plan, diagnostics) = TanglePlan.make(from: [guide], root: "/nowhere", configuration: Self.configuration)
        try #require(diagnostics.isEmpty, "\(diagnostics)")
        return plan
    }

    private func parse(_ text: String) throws -> Guide {
        let parsed = GuideParser.parse(path: "docs/g.md", name: "g", bytes: Array(text.utf8))
        return try #require(parsed.guide)
    }

    private func manifest(_ plan: TanglePlan) -> Manifest {
        Manifest(
            files: Dictionary(
                uniqueKeysWithValues: plan.files.map {
                    ($0.path, Manifest.Entry(guide: $0.guide, sha256: Manifest.hash($0.contents)))
                }))
    }

    /// The lines of the guide that stand in no block of a file.
    private func prose(_ guide: Guide) -> [String] {
        let lines = guide.source.split(separator: 0x0A, omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        let inside = Set(
            guide.blocks.filter { $0.kind == .file }.flatMap { ($0.range.start.line...$0.range.end.line) })
        return lines.enumerated().filter { !inside.contains($0.offset + 1) }.map(\.element)
    }

    @Test(
        "what was edited in the files stands in the guide, no other byte has changed, and there is no drift left",
        arguments: 0..<(ProcessInfo.processInfo.environment["STITCH_SEEDS"].flatMap(Int.init) ?? 10))
    func roundTrip(seed: Int) throws {
        var random = RandomProject(generator: SeededGenerator(state: UInt64(seed) &* 7919 + 1))
        var (carried, same) = (0, 0)
        for number in 0..<1_000 {
            let guide = try parse(random.guide())
            let before = try plan(guide)
            let base = TangleBase(manifest: manifest(before)) { _ in nil }
            var drifts: [Drift] = []
            var expected: [String: [UInt8]] = Dictionary(
                uniqueKeysWithValues: before.files.map { ($0.path, $0.contents) })
            for file in before.files where Bool.random(using: &random.generator) {
                let text = String(decoding: file.contents, as: UTF8.self)
                var lines = text.components(separatedBy: "\n")
                if lines.last == "" { lines.removeLast() }
                // The provenance line is Launchpad's own.
                let own = lines.firstIndex { $0.contains(Provenance.marker) }
                let head = own.map { Array(lines[...$0]) } ?? []
                let edited = random.edited(Array(lines.dropFirst(head.count)))
                let actual = Array(random.saved(edited, below: head).utf8)
                guard actual != file.contents else { continue }
                expected[file.path] = Array((head + edited).map { $0 + "\n" }.joined().utf8)
                drifts.append(Drift(kind: .changed(actual: actual, editedByHand: true), path: file.path, file: file))
            }
            let result = Stitcher(base: base).stitch(drifts, guides: [guide])
            for outcome in result.outcomes {
                let isSame = before.files.contains { $0.path == outcome.path && $0.contents == expected[$0.path] }
                try #require(
                    outcome.verdict == (isSame ? .sameLines : .carried(isMerged: false)),
                    "seed \(seed), case \(number): \(outcome)\n\(String(decoding: guide.source, as: UTF8.self))"
                )
                if isSame { same += 1 } else { carried += 1 }
            }
            let bytes = result.guides.first?.bytes ?? guide.source
            let again = try parse(String(decoding: bytes, as: UTF8.self))
            let after = try plan(again)
            for file in after.files {
                let isRight = file.contents == expected[file.path]
                try #require(isRight, "seed \(seed), case \(number): \(file.path)")
            }
            #expect(prose(again) == prose(guide), "seed \(seed), case \(number)")
        }
        #expect(carried > 500 && same > 0)
    }

    @Test("edits of both sides are merged, or told as a conflict; nothing of either is lost", arguments: 0..<4)
    func merging(seed: Int) throws {
        var random = RandomProject(generator: SeededGenerator(state: UInt64(seed) &* 104_729 + 3))
        var (merged, conflicts) = (0, 0)
        for number in 0..<500 {
            let base = (0..<8).map { _ in random.line() }
            let guide = random.edited(base)
            let file = random.edited(base)
            let merge = ThreeWayMerge(base: base, guide: guide, file: file)
            #expect(ThreeWayMerge(base: base, guide: base, file: file).lines == file)
            #expect(ThreeWayMerge(base: base, guide: guide, file: base).lines == guide)
            #expect(ThreeWayMerge(base: base, guide: file, file: file).lines == file)
            let other = ThreeWayMerge(base: base, guide: file, file: guide)
            #expect(other.conflicts.count == merge.conflicts.count, "seed \(seed), case \(number)")
            guard merge.conflicts.isEmpty else {
                conflicts += 1
                continue
            }
            merged += 1
            #expect(other.lines == merge.lines, "seed \(seed), case \(number)")
            // What neither side had and was not there before is not there after.
            let known = Set(base + guide + file)
            #expect(merge.lines.allSatisfy(known.contains))
            let growth = (guide.count - base.count) + (file.count - base.count)
            let isWhole = merge.lines.count == base.count + growth || sharesChange(base, guide, file)
            #expect(isWhole, "seed \(seed), case \(number)")
        }
        #expect(merged > 20 && conflicts > 20)
    }

    /// Whether both sides made one of their changes alike, which then counts once.
    private func sharesChange(_ base: [String], _ guide: [String], _ file: [String]) -> Bool {
        let ours = LineDiff(old: base, new: guide).changes
        let theirs = LineDiff(old: base, new: file).changes
        return ours.contains { own in
            theirs.contains { other in
                own.old.lowerBound <= other.old.upperBound && other.old.lowerBound <= own.old.upperBound
            }
        }
    }
}
