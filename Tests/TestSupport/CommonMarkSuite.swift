import Foundation

/// The specification's examples and the regressions of the libcmark that is installed, where
/// `Scripts/install-dependencies.sh test` could fetch them. They are its authors' work and no part of this repository.
package enum CommonMarkSuite {
    /// One piece of Markdown with the HTML that it becomes.
    package struct Example: Sendable, CustomStringConvertible {
        package var number: Int
        package var section: String
        package var markdown: String
        package var html: String

        package var description: String { "\(section), example \(number)" }
    }

    package static let reason =
        "the suite of this libcmark is not here: run Scripts/install-dependencies.sh test"

    /// Every example; empty where they are not here.
    package static let examples: [Example] = ["spec.txt", "regression.txt"].flatMap { name in
        let file = folder.appending(path: name)
        return (try? String(contentsOf: file, encoding: .utf8)).map(parse) ?? []
    }

    /// What guides have and CommonMark has not, by the Markdown of the examples that become something else by it.
    package static let extensions = [
        "---\nFoo\n---\nBar\n---\nBaz\n": "front matter",
        "---\n---\n": "front matter",
        "````;\n````\n": "the first word of a fence is a language's name",
        "<http://foo.bar/baz bim>\n": "addresses are links without brackets",
        "< http://foo.bar >\n": "addresses are links without brackets",
        "http://example.com\n": "addresses are links without brackets",
        "foo@bar.example.com\n": "addresses are links without brackets",
        "<foo\\+@bar.example.com>\n": "addresses are links without brackets",
    ]

    private static let folder = URL(filePath: #filePath).appending(path: "../../../.build-tools/commonmark")
        .standardized

    /// An example stands between two lines of 32 backticks, its HTML behind a line with a full stop; arrows are tabs.
    private static func parse(_ text: String) -> [Example] {
        enum Place { case prose, markdown, html }
        let fence = String(repeating: "`", count: 32)
        var examples: [Example] = []
        var place = Place.prose
        var section = "Regressions"
        var markdown: [Substring] = []
        var html: [Substring] = []
        for line in text.split(separator: "\n" as Character, omittingEmptySubsequences: false) {
            switch place {
            case .prose where line.hasPrefix(fence + " example"):
                (place, markdown, html) = (.markdown, [], [])
            case .prose:
                if line.hasPrefix("## ") { section = String(line.dropFirst(3)) }
            case .markdown where line == ".": place = .html
            case .markdown: markdown.append(line)
            case .html where line == fence:
                place = .prose
                examples.append(
                    Example(
                        number: examples.count + 1, section: section, markdown: Self.lines(markdown),
                        html: Self.lines(html)))
            case .html: html.append(line)
            }
        }
        return examples
    }

    private static func lines(_ lines: [Substring]) -> String {
        lines.map { $0.replacing("→", with: "\t") + "\n" }.joined()
    }
}
