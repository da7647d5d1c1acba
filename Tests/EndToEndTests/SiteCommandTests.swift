import Foundation
import TestSupport
import Testing

@Suite("launchpad verify and replay")
struct SiteCommandTests {
    @Test("a published site verifies until somebody changes it")
    func verify() async throws {
        let project = try ProjectFixture()
        #expect(try await project.launchpad("verify").status == 3)
        #expect(try await project.launchpad("tangle").status == 0)
        #expect(try await project.launchpad("check").status == 0)
        #expect(try await project.launchpad("build").status == 0)
        let good = try await project.launchpad("verify")
        #expect(good.status == 0, "\(good.error)")
        #expect(good.output.contains("3 proofs agree"))
        try project.edit(in: "site/public/shop.html", "</article>", "</article >")
        let bad = try await project.launchpad("verify", "site/public")
        #expect(bad.status == 1)
        #expect(bad.error.contains("shop.html: is not what was published"))
    }

    @Test("a published example can be run again, and one that ends differently says so")
    func replay() async throws {
        let project = try ProjectFixture()
        #expect(try await project.launchpad("tangle").status == 0)
        #expect(try await project.launchpad("check").status == 0)
        #expect(try await project.launchpad("build").status == 0)
        let ledger = try project.directory.read(".launchpad/ledger.json")
        let same = try await project.launchpad("replay", "shop#order")
        #expect(same.status == 0, "\(same.error)")
        #expect(same.output.contains("docs/shop.md#order"))
        #expect(same.output.contains("published: passed on "))
        #expect(same.output.contains("now:       passed in "))
        #expect(try project.directory.read(".launchpad/ledger.json") == ledger)
        let unknown = try await project.launchpad("replay", "shop#ordre")
        #expect(unknown.status == 64)
        #expect(unknown.error.contains("did you mean \"shop#order\"?"))
    }
}
