import Foundation
import Guides
import TestSupport
import Testing

@testable import Tangling

@Suite("Stitching")
struct StitcherTests {
    private static let guide = """
        # T

        1. First

           ```conf file=ops/a.conf part=top
           one
           two
           ```

        > ```conf file=ops/a.conf part=bottom
        > three
        > four
        > ```

        ```yaml file=ops/b.yml
        key: 1
        ```
        """

    /// A tangled project, its guide with `edit` made.
    private func project(_ edit: (String) -> String = { $0 }) async throws -> TangleHarness {
        let harness = try TangleHarness(["g.md": Self.guide])
        try await harness.tangle()
        try harness.folder.write("docs/g.md", edit(Self.guide))
        return harness
    }

    private func stitch(_ harness: TangleHarness, takesFile: Bool = false) async throws -> Stitcher.Result {
        let project = Project(root: harness.folder.path, configuration: harness.configuration)
        let guides = await project.loadGuides().guides
        let stitcher = try Stitcher(
            root: project.root, configuration: project.configuration, takesFile: takesFile, committed: { _ in nil })
        let result = stitcher.stitch(try await harness.drift(), guides: guides)
        for (guide, bytes) in result.guides {
            try harness.folder.write(guide.path, String(decoding: bytes, as: UTF8.self))
        }
        return result
    }

    private func edit(_ harness: TangleHarness, _ file: String, _ old: String, _ new: String) throws {
        try harness.folder.write(file, try harness.folder.read(file).replacing(old, with: new))
    }

    @Test("an edited line goes back into its block with the indentation and the quote marks of its place")
    func places() async throws {
        let harness = try await project()
        try edit(harness, "ops/a.conf", "two", "2\n\n2b")
        try edit(harness, "ops/a.conf", "four\n", "```\n5\n")
        let result = try await stitch(harness)
        #expect(result.outcomes.map(\.verdict) == [.carried(isMerged: false)])
        let text = try harness.folder.read("docs/g.md")
        #expect(text.contains("   one\n   2\n\n   2b\n   ```\n"))
        #expect(text.contains("> ````conf file=ops/a.conf part=bottom\n> three\n> ```\n> 5\n> ````\n"))
        #expect(try await harness.drift().filter { $0.kind != .manifest }.isEmpty)
    }

    @Test("edits of guide and file in different places are merged")
    func merges() async throws {
        let harness = try await project { $0.replacing("three", with: "drei") }
        try edit(harness, "ops/a.conf", "one", "uno")
        #expect(try await stitch(harness).outcomes.map(\.verdict) == [.carried(isMerged: true)])
        let text = try harness.folder.read("docs/g.md")
        #expect(text.contains("   uno\n   two\n") && text.contains("> drei\n> four\n"))
    }

    @Test("edits of the same line are a conflict with both sides, unless the file is said to be right")
    func conflicts() async throws {
        let harness = try await project { $0.replacing("> three", with: "> drei") }
        try edit(harness, "ops/a.conf", "three", "trois")
        let result = try await stitch(harness)
        #expect(
            result.outcomes.map(\.verdict) == [
                .conflict([
                    Stitcher.Conflict(guideLine: 11, fileLine: 4, base: ["three"], guide: ["drei"], file: ["trois"])
                ])
            ])
        #expect(result.guides.isEmpty)
        let taken = try await stitch(harness, takesFile: true)
        #expect(taken.outcomes.map(\.verdict) == [.carried(isMerged: true)])
        #expect(try harness.folder.read("docs/g.md").contains("> trois\n"))
    }

    @Test("where only the guide has moved there is nothing to carry")
    func guideMoved() async throws {
        let harness = try await project { $0.replacing("key: 1", with: "key: 2") }
        #expect(try await stitch(harness).outcomes.map(\.verdict) == [.guideMoved])
    }

    @Test("a formatter's other indentation, line ends and missing last line end survive, in every block")
    func formatters() async throws {
        let harness = try await project()
        try harness.folder.write("ops/a.conf", "  one\r\n  two\r\n  three\r\n  four\r\n  five")
        #expect(try await stitch(harness).outcomes.map(\.verdict) == [.carried(isMerged: false)])
        let text = try harness.folder.read("docs/g.md")
        #expect(text.contains("     one\n     two\n   ```\n"))
        #expect(text.contains(">   three\n>   four\n>   five\n> ```\n"))
    }

    @Test("without the last tangled state, and with both sides moved, nobody guesses")
    func unknownBase() async throws {
        let harness = try await project { $0.replacing("key: 1", with: "key: 2") }
        try FileManager.default.removeItem(atPath: harness.folder.path + "/.launchpad")
        try harness.folder.write("ops/b.yml", "key: 3\n")
        guard case .refused(let reason) = try await stitch(harness).outcomes.first?.verdict else {
            Issue.record("it was not refused")
            return
        }
        #expect(reason.contains("--take file"))
        #expect(try await stitch(harness, takesFile: true).outcomes.map(\.verdict) == [.carried(isMerged: false)])
    }

    @Test("what a guide cannot hold is refused", arguments: ["key: \u{0}\n", "a\rb\n"])
    func refusals(text: String) async throws {
        let harness = try await project()
        try harness.folder.write("ops/b.yml", text)
        guard case .refused = try await stitch(harness).outcomes.first?.verdict else {
            Issue.record("it was not refused")
            return
        }
        #expect(try harness.folder.read("docs/g.md") == Self.guide)
    }
}
