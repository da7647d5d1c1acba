import Foundation
import JetStream
import Synchronization
import TestSupport
import Testing

/// The operating system's files, with a count of what was read.
private final class CountingFiles: StoreFileSystem {
    private let system = SystemFiles()
    private let count = Mutex(0)

    var read: Int { count.withLock { $0 } }

    func read(_ file: Int32, into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(StoreError) -> Int {
        let read = try system.read(file, into: buffer, at: offset)
        count.withLock { $0 += read }
        return read
    }

    func open(_ path: String, forWriting: Bool) throws(StoreError) -> Int32 {
        try system.open(path, forWriting: forWriting)
    }
    func close(_ file: Int32) { system.close(file) }
    func write(_ file: Int32, _ bytes: UnsafeRawBufferPointer, at offset: Int) throws(StoreError) {
        try system.write(file, bytes, at: offset)
    }
    func truncate(_ file: Int32, to size: Int) throws(StoreError) { try system.truncate(file, to: size) }
    func sync(_ file: Int32) throws(StoreError) { try system.sync(file) }
    func size(_ path: String) throws(StoreError) -> Int? { try system.size(path) }
    func rename(_ path: String, to new: String) throws(StoreError) { try system.rename(path, to: new) }
    func remove(_ path: String) throws(StoreError) { try system.remove(path) }
    func list(_ path: String) throws(StoreError) -> [String] { try system.list(path) }
    func makeDirectory(_ path: String) throws(StoreError) { try system.makeDirectory(path) }
}

@Suite("Readers of a few subjects among many messages")
struct SparseTests {
    private static let blockSize = 1 << 16
    private let directory: TemporaryDirectory
    private let files = CountingFiles()

    init() throws {
        directory = try TemporaryDirectory()
    }

    private func open() throws -> any StreamStore {
        try FileStore.open(
            directory.path + "/msgs", name: Array("S".utf8), blockSize: Self.blockSize, files: files
        ) { _ in }
    }

    private func fill(_ count: UInt64, rare: Set<UInt64>) throws -> any StreamStore {
        let store = try open()
        for sequence in 1...count {
            let subject = rare.contains(sequence) ? "rare.\(sequence)" : "often.\(sequence % 50)"
            try store.append(StoredMessage(sequence, on: subject, body: String(repeating: "b", count: 100)))
            if sequence % 100 == 0 { try store.flush(sync: false) }
        }
        try store.flush(sync: false)
        return store
    }

    private func sequences(_ store: any StreamStore, _ filters: [String]) throws -> [UInt64] {
        var found: [UInt64] = []
        try store.visit(from: 1, matching: filters.map { SubjectFilter(Array($0.utf8)) }) {
            found.append($0.sequence)
            return true
        }
        return found
    }

    @Test(
        "pass over blocks that hold none of them",
        arguments: [["rare.*"], ["rare.10", "rare.9500"], ["rare.>", "often.none"]])
    func skips(filters: [String]) throws {
        let rare: Set<UInt64> = [10, 9_500]
        var store = try fill(10_000, rare: rare)
        let whole = 10_000 * 150
        for _ in 0..<2 {
            store.releaseCaches()
            let before = files.read
            #expect(try sequences(store, filters) == [10, 9_500])
            #expect(files.read - before < whole / 5)
            let count = try store.pending(
                from: 100, matching: filters.map { SubjectFilter(Array($0.utf8)) }, lastPerSubject: false)
            #expect(count == 1)
            try store.close()
            store = try open()
        }
    }

    @Test("find everything when the summaries are gone")
    func lost() throws {
        try fill(3_000, rare: [7, 2_500]).close()
        let folder = directory.path + "/msgs"
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) where name.hasSuffix(".idx") {
            try FileManager.default.removeItem(atPath: folder + "/" + name)
        }
        let store = try open()
        #expect(try sequences(store, ["rare.*"]) == [7, 2_500])
        #expect(try sequences(store, ["none.*"]) == [])
    }

    @Test("find what comes after a subject was gone from the store for a while")
    func again() throws {
        let store = MemoryStore.make()
        var sequence: UInt64 = 0
        func append(_ subject: String, _ count: Int) throws {
            for _ in 0..<count {
                sequence += 1
                try store.append(StoredMessage(sequence, on: subject, body: String(repeating: "b", count: 1_000)))
            }
        }
        // Entries of subjects are used again, and blocks change in between.
        var expected: [UInt64] = []
        for round in 0..<5 {
            try append("a", 1)
            expected.append(sequence)
            try append("b", 1_500)
            if round % 2 == 0 {
                try store.remove(expected.removeLast(), secure: false)
                try append("c", 1)
                try append("a", 1)
                expected.append(sequence)
            }
            try append("c", 700)
        }
        #expect(try sequences(store, ["a"]) == expected)
        #expect(try sequences(store, ["a", "none"]) == expected)
    }
}
