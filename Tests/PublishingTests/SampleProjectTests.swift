import Foundation
import Guides
import Proving
import Tangling
import Testing

@testable import Publishing

/// The project in `Fixtures/sample`, from its Markdown to its pages.
@Suite("A whole project")
struct SampleProjectTests {
    private func build() async throws -> SiteBuilder.Site {
        let root = try #require(Bundle.module.url(forResource: "Fixtures/sample", withExtension: nil)).path
        let project = try Project.open(root: root)
        let (guides, diagnostics) = await project.loadGuides()
        #expect(diagnostics.isEmpty)
        let plan = TanglePlan.make(from: guides, root: root, configuration: project.configuration).plan
        let source = SiteSource(
            entries: guides.map {
                SiteSource.Entry(guide: $0, markup: $0.markup().markup, scenario: Scenario.make(from: $0).scenario)
            },
            plan: plan,
            ledger: nil,
            files: DiskFiles(root: root),
            configuration: SiteConfiguration(title: project.configuration.title)
        )
        return await SiteBuilder(source, theme: try Theme()).build()
    }

    private func pages(_ site: SiteBuilder.Site) -> [String: String] {
        Dictionary(
            site.files.filter { $0.path.hasSuffix(".html") }.map {
                ($0.path, String(decoding: $0.contents, as: UTF8.self))
            },
            uniquingKeysWith: { first, _ in first }
        )
    }

    @Test("it builds without a complaint, and has a page for each guide and each file")
    func builds() async throws {
        let site = try await build()
        #expect(site.diagnostics.isEmpty, "\(site.diagnostics)")
        let paths = Set(site.files.map(\.path))
        #expect(
            paths.isSuperset(of: [
                "index.html", "index.md", "running.html", "operations/monitoring.html", "files/ops/app.conf.html",
                "files/LICENSE.html", "proof.html", "404.html", "search/meta.js", "llms.txt",
            ])
        )
    }

    @Test("every address in every page leads to a file of the site, and every anchor to an element")
    func links() async throws {
        let site = try await build()
        let pages = pages(site)
        let paths = Set(site.files.map(\.path))
        var checked = 0
        for (path, html) in pages where path != "404.html" {
            for match in html.matches(of: /(?:href|src|data-search)="([^"]*)"/) {
                let address = String(match.output.1)
                if address.hasPrefix("https:") { continue }
                let parts = address.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
                let folder = RelativePath.directory(of: path)
                let target = parts[0].isEmpty ? path : RelativePath.resolve(String(parts[0]), in: folder) ?? "outside"
                #expect(paths.contains(target), "\(path) links to \(address)")
                if parts.count > 1, let page = pages[target] {
                    #expect(page.contains("id=\"\(parts[1])\""), "\(path) links to \(address)")
                }
                checked += 1
            }
        }
        #expect(checked > 100)
    }

    @Test("no identifier stands twice on a page, and no script stands in one")
    func identifiers() async throws {
        for (path, html) in pages(try await build()) {
            let identifiers = html.matches(of: /\ id="([^"]*)"/).map { String($0.output.1) }
            #expect(Set(identifiers).count == identifiers.count, "\(path)")
            #expect(html.matches(of: /<script(?![^>]* src=)/).isEmpty, "\(path)")
            #expect(!html.contains("{{"), "\(path)")
        }
    }

    @Test("pages are light: the start page, the style and the scripts stay within their budgets uncompressed")
    func weight() async throws {
        let site = try await build()
        func size(_ prefix: String) -> Int {
            site.files.first { $0.path.hasPrefix(prefix) }?.contents.count ?? .max
        }
        // Text compresses to a third at least; the budgets are 7 KB, 10 KB and 10 KB compressed.
        #expect(size("index.html") < 21_000)
        #expect(size("assets/launchpad.") < 30_000)
        #expect(size("assets/page.") + size("assets/theme.") < 30_000)
    }
}
