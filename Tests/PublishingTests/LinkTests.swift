import Guides
import Testing

@testable import Publishing

@Suite("Links")
struct LinkTests {
    private func source(linking links: Markup...) -> SiteSource {
        var guide = GuideMaker("docs/a/page.md", title: "Page")
        guide.add(Tree.heading(1, "Page"), Tree.heading(2, "Own part"))
        guide.add(Tree.node(.paragraph, links))
        var other = GuideMaker("docs/other.md", title: "Other")
        other.add(
            Tree.heading(1, "Other"), Tree.heading(2, "Some part"), Tree.node(.htmlBlock("<a id=\"hand-made\"></a>")))
        var folder = GuideMaker("docs/b/index.md", title: "B")
        folder.console("greet", [("true", "")])
        let files = MemoryFiles(files: ["LICENSE": Array("text".utf8), "docs/a/image.png": [1]])
        return .sample([guide, other, folder], files: files)
    }

    @Test(
        "a link leads where it leads on a code host",
        arguments: [
            ("../other.md", "../other.html"), ("../other.md#some-part", "../other.html#some-part"),
            ("#own-part", "#own-part"), ("../b", "../b/index.html"), ("../b/", "../b/index.html"),
            ("../b/index.md#block-greet", "../b/index.html#block-greet"), ("/docs/other.md", "../other.html"),
            ("../other.md#hand-made", "../other.html#hand-made"), ("../../LICENSE", "../files/LICENSE.html"),
            ("https://example.com/?a=1&b=2", "https://example.com/?a=1&amp;b=2"), ("mailto:a@b.c", "mailto:a@b.c"),
            ("image.png", "../files/docs/a/image.png"), ("#", ""),
        ]
    )
    func resolves(destination: String, address: String) async throws {
        let source = source(linking: Tree.link(destination, "text"))
        #expect(try await source.built("a/page.html").contains("<a href=\"\(address)\""))
        #expect(try await source.diagnostics().isEmpty)
    }

    @Test(
        "a link that leads nowhere is an error with its place and the nearest valid target",
        arguments: [
            ("../othr.md", "broken-link", "did you mean \"docs/other.md\"?"),
            ("../other.md#some-prt", "broken-anchor", "did you mean \"#some-part\"?"),
            ("#own-prat", "broken-anchor", "did you mean \"#own-part\"?"),
            ("../../../secret", "broken-link", nil), ("nothing-like-it.txt", "broken-link", nil),
            ("javascript:alert(1)", "unsafe-link", nil), ("%zz", "broken-link", nil),
        ] as [(String, String, String?)]
    )
    func breaks(destination: String, code: String, help: String?) async throws {
        let source = source(linking: Tree.link(destination, "text", line: 7, column: 3))
        let found = try await source.diagnostics()
        #expect(found.map(\.code) == [code])
        #expect(found.first?.severity == .error)
        #expect(found.first?.file == "docs/a/page.md")
        #expect(found.first?.range?.start == SourcePosition(line: 7, column: 3))
        if let help {
            #expect(found.first?.help == help)
        }
        #expect(try await !source.built("a/page.html").contains("<a href=\"\(destination)"))
    }

    @Test("all broken links are told at once, in the order in which they stand")
    func all() async throws {
        let source = source(
            linking: Tree.link("x.md", "x", line: 9), Tree.link("y.md", "y", line: 3), Tree.link("#z", "z", line: 5)
        )
        #expect(try await source.diagnostics().map { $0.range?.start.line } == [3, 5, 9])
    }

    @Test("a folder of the repository is text, since it has no page")
    func folder() async throws {
        let source = source(linking: Tree.link("../../ops", "the ops folder"))
        #expect(try await source.built("a/page.html").contains("<p>the ops folder</p>"))
        #expect(try await source.diagnostics().isEmpty)
    }

    @Test("an image is copied, and one that does not exist is an error")
    func images() async throws {
        let image = Tree.node(.image(source: "image.png", title: ""), [Tree.text("alt \"x\"")])
        let html = try await source(linking: image).built("a/page.html")
        #expect(html.contains("<img loading=\"lazy\" src=\"../files/docs/a/image.png\" alt=\"alt &quot;x&quot;\">"))
        let missing = Tree.node(.image(source: "no.png", title: ""))
        #expect(try await source(linking: missing).diagnostics().map(\.code) == ["broken-image"])
    }

    @Test("sizes of images are read from their first bytes")
    func sizes() {
        let png: [UInt8] = [
            0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52, 0, 0, 2, 0, 0, 0, 1, 0,
        ]
        let size = ImageSize(of: png)
        #expect(size?.width == 512 && size?.height == 256)
        let jpeg: [UInt8] = [0xff, 0xd8, 0xff, 0xe0, 0, 4, 0, 0, 0xff, 0xc0, 0, 11, 8, 0, 100, 0, 200, 3]
        #expect(ImageSize(of: jpeg)?.width == 200)
        #expect(ImageSize(of: [0xff, 0xd8, 0xff]) == nil)
        #expect(ImageSize(of: Array("<svg/>".utf8)) == nil)
    }

    @Test(
        "paths are resolved without leaving the root",
        arguments: [
            ("a.md", "docs", "docs/a.md"), ("../a", "docs/x", "docs/a"), ("./a/./b", "", "a/b"), ("/a", "docs", "a"),
            ("../../a", "docs", nil), ("..", "docs", ""),
        ] as [(String, String, String?)]
    )
    func paths(path: String, directory: String, resolved: String?) {
        #expect(RelativePath.resolve(path, in: directory) == resolved)
    }
}
