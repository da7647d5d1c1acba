import Foundation
import Guides
import Proving
import Tangling
import TestSupport
import Testing

@testable import Publishing

@Suite(
    "CommonMark's own suite, published",
    .enabled(if: !CommonMarkSuite.examples.isEmpty, "\(CommonMarkSuite.reason)"))
struct CommonMarkPageTests {
    @Test("a page of every example says what libcmark says, but for what pages add")
    func pages() async throws {
        // A byte order mark is one only at a file's start.
        let examples = CommonMarkSuite.examples.enumerated().filter {
            CommonMarkSuite.extensions[$0.element.markdown] == nil && !$0.element.markdown.hasPrefix("\u{FEFF}")
        }
        let entries = try examples.map { number, example in
            let text = "# Example\n\n" + example.markdown
            let parsed = GuideParser.parse(path: "docs/e\(number).md", name: "e\(number)", bytes: Array(text.utf8))
            let guide = try #require(parsed.guide)
            return SiteSource.Entry(guide: guide, markup: guide.markup().markup)
        }
        var configuration = SiteConfiguration()
        configuration.rawHTML = .allow
        let source = SiteSource(
            entries: entries, plan: TanglePlan(files: []), ledger: nil, files: MemoryFiles(),
            configuration: configuration)
        let site = await SiteBuilder(source, theme: try Theme()).build()
        let pages = Dictionary(site.files.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
        for (number, example) in examples {
            let page = String(decoding: try #require(pages["e\(number).html"]).contents, as: UTF8.self)
            let start = try #require(page.firstRange(of: "Example</h1>")).upperBound
            let end = try #require(page.ranges(of: "</article>").last).lowerBound
            #expect(
                Self.comparable(String(page[start..<end])) == Self.comparable(example.html),
                "\(example): \(example.markdown.debugDescription)")
        }
    }

    /// Without what pages add (figures, captions, colours, anchors, proofs), without links and images that lead to files which are
    /// not there, and without white space beside tags, which the tree's own test compares.
    private static func comparable(_ html: String) -> String {
        var html = html
        html.replace(/<a class="anchor"[^>]*>#<\/a>/, with: "")
        html.replace(/<figcaption>[^\n]*<\/figcaption>|<p class="proof[^\n]*/, with: "")
        html.replace(/<figure class="code[^>]*>|<\/figure>|<span class=[a-z]+>|<\/span>|<\/a>/, with: "")
        html.replace(/<(\/?)h1/) { "<\($0.output.1)h2" }
        html.replace(/<h([2-6]) id="[^"]*">/) { "<h\($0.output.1)>" }
        html.replace(/(?: rel="noopener"| class="language-[^"]*")/, with: "")
        html.replace(" />", with: ">")
        html.replace(/<a href="([^"]*)"[^>]*>/) { match in
            let address = match.output.1.removingPercentEncoding ?? ""
            return SafeURL.scheme(of: address) == nil || SafeURL.checked(address) == nil
                ? "" : "<a href=\"\(address)\">"
        }
        html.replace(/<img src="[^"]*" alt="([^"]*)"[^>]*>/) { String($0.output.1) }
        html.replace(/\s*(<[^>]*>)\s*/) { String($0.output.1) }
        for (entity, character) in ["&quot;": "\"", "&#39;": "'", "&#x27;": "'"] {
            html.replace(entity, with: character)
        }
        return html.trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
