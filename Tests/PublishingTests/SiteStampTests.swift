import Foundation
import Guides
import TestSupport
import Testing

@testable import Publishing

@Suite("Telling that there is nothing to build")
struct SiteStampTests {
    private let outcome = SiteStamp.Outcome(
        diagnostics: [Diagnostic(.warning, code: "unknown-language", "unknown language \"x\"", file: "docs/a.md")],
        pages: 3, summary: "No checks", files: 2)

    /// A project with guides, of which a build has read one file, listed its folder and missed another file.
    private func build(_ root: String, key: String = "k") async throws -> SiteStamp {
        try FileManager.default.createDirectory(atPath: root + "/docs", withIntermediateDirectories: true)
        try write("one", root + "/docs/a.md")
        try write("page", root + "/a.html")
        let trace = FileTrace()
        trace.recording {
            _ = try? FolderEntry.all(in: root + "/docs")
            _ = try? FileBytes.read(root + "/docs/a.md")
            _ = try? FileBytes.read(root + "/launchpad.yml")
        }
        let stamp = SiteStamp(root: root, key: key)
        try await stamp.write(outcome, trace: trace, outputs: [root + "/a.html"])
        return stamp
    }

    private func write(_ text: String, _ path: String) throws {
        // In place, so that nothing but the contents and the times can tell.
        if let file = FileHandle(forWritingAtPath: path) {
            try file.truncate(atOffset: 0)
            try file.write(contentsOf: Data(text.utf8))
            try file.close()
        } else {
            try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        }
    }

    @Test("a build of the same comes to the same")
    func same() async throws {
        let directory = try TemporaryDirectory()
        let stamp = try await build(directory.path)
        #expect(await stamp.outcome() == outcome)
        #expect(await SiteStamp(root: directory.path, key: "other").outcome() == nil)
    }

    @Test(
        "every change to what was read or written is seen, right after the build and with the old date too",
        arguments: [
            "changed", "same size", "old date", "guide added", "guide removed", "configuration added", "output changed",
            "output removed", "stamp cut off",
        ])
    func changes(_ change: String) async throws {
        let directory = try TemporaryDirectory()
        let root = directory.path
        let stamp = try await build(root)
        let before = try FileManager.default.attributesOfItem(atPath: root + "/docs/a.md")[.modificationDate]
        switch change {
        case "changed": try write("another", root + "/docs/a.md")
        case "same size": try write("two", root + "/docs/a.md")
        case "old date":
            try write("two", root + "/docs/a.md")
            try FileManager.default.setAttributes([.modificationDate: before as Any], ofItemAtPath: root + "/docs/a.md")
        case "guide added": try write("new", root + "/docs/b.md")
        case "guide removed": try FileManager.default.removeItem(atPath: root + "/docs/a.md")
        case "configuration added": try write("title: x", root + "/launchpad.yml")
        case "output changed": try write("edit", root + "/a.html")
        case "output removed": try FileManager.default.removeItem(atPath: root + "/a.html")
        default:
            let path = root + "/.launchpad/site"
            try write(String(decoding: FileBytes.read(path).dropLast(4), as: UTF8.self), path)
        }
        #expect(await stamp.outcome() == nil)
    }
}
