import TestSupport
import Testing

@testable import Guides

@Suite("CommonMark's own suite", .enabled(if: !CommonMarkSuite.examples.isEmpty, "\(CommonMarkSuite.reason)"))
struct CommonMarkTests {
    @Test("a guide's tree says what libcmark says, but where guides have more", arguments: CommonMarkSuite.examples)
    func tree(example: CommonMarkSuite.Example) throws {
        let guide = try markupGuide(example.markdown)
        let html = MarkupHTML.render(guide.markup().markup, of: guide)
        if let reason = CommonMarkSuite.extensions[example.markdown] {
            #expect(html != example.html, "no longer so: \(reason)")
        } else {
            #expect(html == example.html)
        }
    }

    @Test("every exception is an example of the suite")
    func exceptions() {
        let all = Set(CommonMarkSuite.examples.map(\.markdown))
        #expect(CommonMarkSuite.extensions.keys.filter { !all.contains($0) } == [])
        #expect(all.count > 600)
    }
}
