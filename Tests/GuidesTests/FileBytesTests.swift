import Foundation
import TestSupport
import Testing

@testable import Guides

@Suite("Files and folders on the disk")
struct FileBytesTests {
    @Test("a file is compared with bytes piece by piece", arguments: [0, 1, 65_535, 65_536, 65_537, 200_000])
    func comparison(size: Int) throws {
        let folder = try TemporaryDirectory()
        let text = String(repeating: "x", count: size)
        try folder.write("file", text)
        let path = folder.path + "/file"
        let bytes = Array(text.utf8)
        #expect(try FileBytes.areEqual(path, to: bytes))
        #expect(try !FileBytes.areEqual(path, to: bytes + [0x78]))
        guard size > 0 else { return }
        #expect(try !FileBytes.areEqual(path, to: Array(bytes.dropLast())))
        #expect(try !FileBytes.areEqual(path, to: bytes.dropLast() + [0x79]))
        #expect(try !FileBytes.areEqual(path, to: [0x79] + bytes.dropFirst()))
    }

    @Test("what cannot be compared says why")
    func unreadable() throws {
        let folder = try TemporaryDirectory()
        let missing = #expect(throws: FileBytes.ReadError.self) {
            try FileBytes.areEqual(folder.path + "/missing", to: [])
        }
        #expect(missing?.isMissing == true)
        let noFile = #expect(throws: FileBytes.ReadError.self) { try FileBytes.areEqual(folder.path, to: []) }
        #expect(noFile?.isMissing == false)
    }

    @Test("a folder's entries come sorted, links as links")
    func entries() throws {
        let folder = try TemporaryDirectory()
        try folder.write("b.md", "")
        try folder.write(".hidden", "")
        try folder.write("a/inner.md", "")
        try FileManager.default.createSymbolicLink(atPath: folder.path + "/c", withDestinationPath: "a")
        #expect(
            try FolderEntry.all(in: folder.path) == [
                FolderEntry(name: ".hidden", kind: .file), FolderEntry(name: "a", kind: .folder),
                FolderEntry(name: "b.md", kind: .file), FolderEntry(name: "c", kind: .link),
            ]
        )
        let missing = #expect(throws: FileBytes.ReadError.self) { try FolderEntry.all(in: folder.path + "/missing") }
        #expect(missing?.isMissing == true)
    }
}
