import Foundation
import Guides
import Proving
import TestSupport
import Testing

@testable import Publishing

@Suite("What machines read")
struct MachineFilesTests {
    private func source(_ change: (inout SiteConfiguration) -> Void) -> (guide: GuideMaker, source: SiteSource) {
        var guide = GuideMaker("docs/broker/limits.md", title: "Limits")
        guide.add(Tree.heading(1, "Limits"), Tree.heading(2, "Memory"))
        guide.console("run", [("true", "")])
        var configuration = SiteConfiguration(
            title: "Docs", description: "What it is", baseURL: "https://example.com/x")
        change(&configuration)
        return (guide, .sample([guide], proofs: [guide.proof()], configuration: configuration))
    }

    @Test("an address that a page has left leads to where it is now, also without a server")
    func redirects() async throws {
        let source = self.source {
            $0.redirects = [
                .init(key: "old/page", value: "docs/broker/limits.md#memory"),
                .init(key: "/gone/", value: "https://nats.io/"),
            ]
        }.source
        let page = try await source.built("old/page.html")
        #expect(page.contains("content=\"0; url=../broker/limits.html#memory\""))
        #expect(try await source.built("gone/index.html").contains("url=https://nats.io/"))
        #expect(try await source.diagnostics().isEmpty)
    }

    @Test(
        "a redirect that leads nowhere, or from nowhere, is an error",
        arguments: [
            ("old", "docs/broker/limit.md", "did you mean \"docs/broker/limits.md\"?"),
            ("old", "docs/broker/limits.md#memry", "write a guide's path"),
            ("old", "javascript:alert(1)", "write a guide's path"),
            ("../old", "docs/broker/limits.md", "old/page.html"),
            ("broker/limits.html", "docs/broker/limits.md", "cannot be a redirect"),
        ])
    func badRedirects(_ old: String, _ new: String, _ help: String) async throws {
        let errors = try await source { $0.redirects = [.init(key: old, value: new)] }.source.diagnostics()
        #expect(errors.map(\.code) == ["bad-redirect"])
        #expect(errors.first?.help?.contains(help) == true, "\(errors)")
    }

    @Test("the sitemap says when guides were changed, and the page too")
    func dates() async throws {
        var source = self.source { _ in }.source
        source.updated = ["docs/broker/limits.md": "2026-11-20T10:00:00+01:00"]
        let map = try await source.built("sitemap.xml")
        #expect(map.contains("<loc>https://example.com/x/broker/limits.html</loc><lastmod>2026-11-20T10:00:00+01:00"))
        let page = try await source.built("broker/limits.html")
        #expect(page.contains("<time datetime=\"2026-11-20T10:00:00+01:00\">20 Nov 2026</time>"))
    }

    @Test("the feed has an entry for each run in which a check came to another state")
    func feed() async throws {
        let (guide, first) = self.source { _ in }
        var source = first
        var ledger = try #require(source.ledger)
        source.history.record(ledger)
        ledger.guides = [guide.proof(["run": .failed])]
        ledger.startedAt = "2026-11-23T00:00:00Z"
        source.history.record(ledger)
        let feed = try await source.built("proofs.xml")
        #expect(feed.ranges(of: "<entry>").count == 1)
        #expect(feed.contains("docs/broker/limits.md#run failed (passed before)"))
        #expect(feed.contains("<id>https://example.com/x/proofs.xml#2026-11-23T00:00:00Z</id>"))
        let proof = try await source.built("proof.html")
        #expect(proof.contains("<h2 id=\"history\">"))
        #expect(proof.contains("docs/broker/limits.md#run failed (passed before)"))
    }

    @Test("versions have a menu, and an old one says that there is a newer one")
    func versions() async throws {
        let source = self.source {
            $0.versions = [.init(key: "2.0", value: "https://example.com/"), .init(key: "1.0", value: "../1.0/")]
            $0.versionLabel = "1.0"
        }.source
        let page = try await source.built("broker/limits.html")
        #expect(page.contains("<summary aria-label=\"Version 1.0, choose another\">1.0</summary>"))
        #expect(page.contains("<a href=\"https://example.com/\">2.0</a>"))
        #expect(page.contains("The newest is 2.0."))
        let newest = try await self.source { $0.versions = source.configuration.versions }.source.built(
            "broker/limits.html")
        #expect(newest.contains("<a href=\"../../1.0/\">1.0</a>"))
        #expect(!newest.contains("The newest is"))
    }

    @Test("every hash of a site can be recomputed, and what was changed is told")
    func verifies() async throws {
        let text = "# T\n\n```console name=hi\n$ echo hi\nhi\n```\n"
        let guide = try #require(GuideParser.parse(path: "docs/a.md", name: "a", bytes: Array(text.utf8)).guide)
        let scenario = Scenario.make(from: guide, runners: [:]).scenario
        let proof = BlockProof(
            name: "hi", index: 0, kind: "console", line: 3, state: .passed,
            contentHash: try #require(scenario.checks.first?.contentHash))
        var source = SiteSource.sample([], proofs: [])
        source.entries = [.init(guide: guide, markup: guide.markup().markup, scenario: scenario)]
        source.ledger?.guides = [
            GuideProof(
                path: "docs/a.md", title: "T", state: .passed, startedAt: "", durationMilliseconds: 1, inputHash: "",
                blocks: [proof])
        ]
        source.ledgerDocument = try #require(try source.ledger?.json())
        let site = await SiteBuilder(source, theme: try Theme()).build()
        let directory = try TemporaryDirectory()
        let folder = directory.path + "/public"
        _ = try await SiteWriter(output: folder).write(site.files + [SiteIntegrity.file(of: site.files)])
        func verify() async throws -> SiteVerifier.Report {
            try await SiteVerifier(folder: folder).verify { Scenario.make(from: $0, runners: [:]).scenario.checks }
        }
        let good = try await verify()
        #expect(good.problems.isEmpty && good.others.isEmpty)
        #expect(good.files == site.files.count && good.proofs == 1)
        try directory.write("public/CNAME", "example.com")
        try directory.write("public/a.md", text.replacing("echo hi", with: "echo ho"))
        try FileManager.default.removeItem(atPath: folder + "/llms.txt")
        let bad = try await verify()
        #expect(bad.others == ["CNAME"])
        #expect(
            bad.problems == [
                "a.md: is not what was published", "llms.txt: is missing",
                "a.md#hi: the published block is not the one that was proven",
            ])
        await #expect(throws: SiteVerifier.Failure.self) {
            try await SiteVerifier(folder: directory.path).verify { _ in [] }
        }
    }
}
