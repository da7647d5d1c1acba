import CCmark
import Foundation
import Testing

@testable import Guides

@Suite("Markup of GitHub's extensions")
struct MarkupFixtureTests {
    static let folder = Bundle.module.resourceURL?.appending(path: "Fixtures/markup")

    static func read(_ name: String) throws -> String {
        let folder = try #require(folder)
        return try String(contentsOf: folder.appending(path: name), encoding: .utf8)
    }

    @Test(
        "a guide becomes the tree that GitHub's rules give",
        arguments: ["addresses", "alerts", "footnotes", "strikethrough", "tables", "tasks"]
    )
    func extensions(name: String) throws {
        let guide = try markupGuide(Self.read("\(name).md"))
        let html = MarkupHTML.render(guide.markup().markup, of: guide)
        #expect(html == (try Self.read("\(name).html")))
    }
}
