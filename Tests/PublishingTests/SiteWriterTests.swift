import Foundation
import TestSupport
import Testing

@testable import Publishing

@Suite("Writing the site")
struct SiteWriterTests {
    private func file(_ path: String, _ text: String) -> SiteFile {
        SiteFile(path: path, contents: Array(text.utf8))
    }

    @Test("unchanged files are not touched, changed ones are replaced, and what is gone is removed with its folder")
    func updates() async throws {
        let directory = try TemporaryDirectory()
        let writer = SiteWriter(output: directory.path + "/public")
        let first = try await writer.write([file("a.html", "a"), file("b/c.html", "c"), file("d.html", "d")])
        #expect(first == SiteWriter.Report(written: 3, unchanged: 0, removed: 0))
        let before = try FileManager.default.attributesOfItem(atPath: directory.path + "/public/a.html")
        let second = try await writer.write([file("a.html", "a"), file("d.html", "changed")])
        #expect(second == SiteWriter.Report(written: 1, unchanged: 1, removed: 1))
        let after = try FileManager.default.attributesOfItem(atPath: directory.path + "/public/a.html")
        #expect(before[.systemFileNumber] as? Int == after[.systemFileNumber] as? Int)
        #expect(try directory.read("public/d.html") == "changed")
        #expect(!directory.exists("public/b"))
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: directory.path) == ["public"],
            "nothing is left beside it")
    }

    @Test("a folder with files of somebody else is refused and left alone")
    func foreign() async throws {
        let directory = try TemporaryDirectory()
        try directory.write("thesis.txt", "mine")
        await #expect(throws: SiteWriter.Failure.self) {
            try await SiteWriter(output: directory.path).write([file("a.html", "a")])
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path) == ["thesis.txt"])
    }

    @Test("files that somebody put beside the site's stay")
    func keepsOthers() async throws {
        let directory = try TemporaryDirectory()
        let writer = SiteWriter(output: directory.path + "/public")
        _ = try await writer.write([file("a.html", "a")])
        try directory.write("public/CNAME", "example.com")
        _ = try await writer.write([file("b.html", "b")])
        #expect(
            directory.exists("public/CNAME") && directory.exists("public/b.html") && !directory.exists("public/a.html"))
    }

    @Test("two files for one place are refused before anything is written")
    func conflicts() async throws {
        let directory = try TemporaryDirectory()
        let writer = SiteWriter(output: directory.path + "/public")
        await #expect(throws: SiteWriter.Failure.self) {
            try await writer.write([file("a.html", "1"), file("a.html", "2")])
        }
        #expect(!directory.exists("public"))
    }

    @Test("a manifest that was tampered with removes nothing outside of the site")
    func tampered() async throws {
        let directory = try TemporaryDirectory()
        try directory.write("precious", "x")
        try directory.write("public/\(SiteWriter.manifestName)", "../precious\n/etc/hostname\n")
        _ = try await SiteWriter(output: directory.path + "/public").write([file("a.html", "a")])
        #expect(directory.exists("precious"))
    }
}
