import Foundation
import TestSupport
import Testing

@Suite("launchpad build, as a command")
struct BuildTests {
    @Test("a site is written with its proofs, and --strict passes once everything is proven and in step")
    func builds() async throws {
        let project = try ProjectFixture()
        #expect(try await project.launchpad("tangle").status == 0)
        let early = try await project.launchpad("build", "--strict")
        #expect(early.status == 1)
        #expect(!project.directory.exists("site"))
        #expect(try await project.launchpad("check").status == 0)
        let result = try await project.launchpad("build", "--strict")
        #expect(result.status == 0, "\(result.error)")
        #expect(project.directory.exists("site/public/shop.html"))
        #expect(project.directory.exists("site/public/proofs.json"))
    }

    @Test(
        "a file that is missing or not as its guide says is a warning, and with --strict the end",
        arguments: [true, false])
    func drift(isMissing: Bool) async throws {
        let project = try ProjectFixture()
        #expect(try await project.launchpad("tangle").status == 0)
        #expect(try await project.launchpad("check").status == 0)
        if isMissing {
            try project.remove("ops/shop.conf")
        } else {
            try project.edit(in: "ops/shop.conf", "port: \(project.port)", "port: 4333")
        }
        let before = try project.tree()
        let strict = try await project.launchpad("build", "--strict")
        #expect(strict.status == 2, "\(strict.error)")
        #expect(strict.error.contains("error[drift]: ops/shop.conf \(isMissing ? "is missing" : "was edited by hand")"))
        #expect(strict.error.contains("docs/shop.md:8:1"))
        #expect(try project.tree() == before)
        let plain = try await project.launchpad("build")
        #expect(plain.status == 0)
        #expect(plain.error.contains("warning[drift]: ops/shop.conf"))
        #expect(project.directory.exists("site/public/shop.html"))
    }

    @Test("a broker that the front matter names is up before the first block, and is part of the proof")
    func broker() async throws {
        let project = try ProjectFixture(copying: "broker-guide")
        #expect(try await project.launchpad("tangle").status == 0)
        let check = try await project.launchpad("check")
        #expect(check.status == 0, "\(check.output)\(check.error)")
        #expect(try await project.launchpad("build", "--strict").status == 0)
        try project.edit(in: "docs/a.md", "broker: ops/first.conf", "broker: ops/second.conf")
        let stale = try await project.launchpad("build", "--strict")
        #expect(stale.status == 1)
        #expect(stale.error.contains("the files that it uses have changed since it ran"))
    }
}
