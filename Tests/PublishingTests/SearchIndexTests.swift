import Foundation
import Guides
import Testing

@testable import Publishing

@Suite("Search index")
struct SearchIndexTests {
    private func rows(_ source: SiteSource) async throws -> [[String]] {
        let script = try await source.built("search-index.js")
        let json = script.dropFirst("launchpadSearch(".count).dropLast(");\n".count)
        return try JSONDecoder().decode([[String]].self, from: Data(json.utf8))
    }

    @Test("sections are found by prose, code, config keys, commands and real outputs")
    func sections() async throws {
        var guide = GuideMaker("docs/a.md", title: "Guide")
        guide.add(Tree.heading(1, "Guide"), Tree.paragraph(Tree.text("Opening words")))
        guide.add(Tree.heading(2, "Limits"))
        guide.fence(.sample, "conf", "max_payload: 1MB\n")
        guide.console("sub", [("nats sub '$JS.API.>'", "[..]\n")])
        let proof = guide.proof(outputs: ["sub": ["nats: error: Permissions Violation\n"]])
        let rows = try await rows(.sample([guide], proofs: [proof]))
        #expect(rows.map { $0[0] } == ["a.html", "a.html#limits"])
        #expect(rows[0] == ["a.html", "Guide", "Guide", "Opening words"])
        let text = rows[1][3]
        for part in ["max_payload: 1MB", "nats sub '$JS.API.>'", "Permissions Violation"] {
            #expect(text.contains(part), "\(part)")
        }
        #expect(!text.contains("[..]"))
    }

    @Test("any text is a valid string in a script")
    func hostile() async throws {
        let text = "</script><!-- \"quoted\" \\ \u{1} \u{2028} é \n\t x"
        var guide = GuideMaker("docs/a.md", title: "T")
        guide.add(Tree.paragraph(Tree.text(text)))
        let source = SiteSource.sample([guide])
        #expect(try await !source.built("search-index.js").contains("</script"))
        #expect(try await rows(source)[0][3] == "</script><!-- \"quoted\" \\ \u{1} \u{2028} é x")
    }
}
