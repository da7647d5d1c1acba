import Foundation
import JetStream
import TestSupport
import Testing

@Suite("A file store on a failing disk")
struct FileStoreFailureTests {
    let directory: TemporaryDirectory
    let files = FailingFiles()

    init() throws {
        directory = try TemporaryDirectory()
    }

    func open(failing: Bool = true, blockSize: Int = 3000) throws -> any StreamStore {
        let path = directory.path + "/msgs"
        let name = Array("S".utf8)
        if failing { return try FileStore.open(path, name: name, blockSize: blockSize, files: files) { _ in } }
        return try FileStore.open(path, name: name, blockSize: blockSize) { _ in }
    }

    func all(_ store: any StreamStore) throws -> [StoredMessage] {
        var found: [StoredMessage] = []
        try store.visit(from: 0, matching: []) {
            found.append($0.message)
            return true
        }
        return found
    }

    @Test(
        "undoes a flush for which there is no room, and goes on when there is",
        arguments: [0, 1, 100, 1500, 3100, 4400])
    func noSpace(room: Int) throws {
        let store = try open()
        for sequence in UInt64(1)...30 { try store.append(StoredMessage(sequence, on: "s.\(sequence % 2)")) }
        try store.flush(sync: false)
        let state = store.state
        let messages = try all(store)
        files.limit(to: room)
        for sequence in UInt64(31)...130 { try store.append(StoredMessage(sequence, on: "s.\(sequence % 2)")) }
        try store.remove(5, secure: false)
        #expect(throws: StoreError.noSpace) { try store.flush(sync: true) }
        #expect(store.state == state)
        #expect(try all(store) == messages)
        #expect(throws: Never.self) { try store.flush(sync: true) }
        #expect(try all(try open(failing: false)) == messages)
        files.limit(to: .max)
        for sequence in UInt64(31)...60 { try store.append(StoredMessage(sequence, on: "s.\(sequence % 2)")) }
        try store.flush(sync: true)
        let later = try all(store)
        #expect(later.map(\.sequence) == Array(1...60))
        #expect(try all(try open(failing: false)) == later)
    }

    @Test("can be purged on a full disk, and goes on after that")
    func purgeWhenFull() throws {
        let store = try open()
        for sequence in UInt64(1)...300 { try store.append(StoredMessage(sequence, on: "a")) }
        try store.flush(sync: false)
        files.limit(to: 500)
        #expect(try store.compact(to: 301) == 300)
        try store.flush(sync: true)
        #expect(try all(try open(failing: false)).isEmpty)
        files.limit(to: .max)
        try store.append(StoredMessage(301, on: "a"))
        try store.flush(sync: true)
        #expect(try all(store).map(\.sequence) == [301])
    }

    /// Appends and removes some messages and flushes.
    func work(_ store: any StreamStore, _ model: inout ModelStore, _ random: inout SeededGenerator) throws {
        for _ in 0..<Int.random(in: 1...12, using: &random) {
            let sequence = model.lastSequence + 1
            let message = StoredMessage(sequence, on: "s.\(sequence % 4)")
            try store.append(message)
            model.append(message)
        }
        for _ in 0..<Int.random(in: 0...8, using: &random) {
            let sequence = UInt64.random(in: 1...model.lastSequence, using: &random)
            #expect(try store.remove(sequence, secure: false) == model.remove(sequence))
        }
        try store.flush(sync: Bool.random(using: &random))
    }

    @Test("loses nothing that was flushed, wherever the process ends", arguments: 0..<60)
    func ends(seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        var model = ModelStore()
        let store = try open()
        let start = Int.random(in: 0...60, using: &random)
        files.end(after: start, share: Double.random(in: 0...1, using: &random))
        var before = model
        var isFlushed = true
        while !files.hasEnded {
            isFlushed = false
            guard (try? work(store, &model, &random)) != nil else { break }
            before = model
            isFlushed = true
        }
        #expect(files.hasEnded)
        let again = try open(failing: false)
        let found = try all(again)
        let committed = Set(before.messages)
        let latest = Set(model.messages)
        // What was flushed is there, unless the flush that failed was just about to remove it.
        #expect(committed.intersection(latest).isSubset(of: found))
        let appended = Set(
            ((before.lastSequence + 1)..<(model.lastSequence + 1)).map { StoredMessage($0, on: "s.\($0 % 4)") })
        #expect(Set(found).isSubset(of: committed.union(appended)))
        #expect(found.map(\.sequence) == found.map(\.sequence).sorted())
        #expect(again.state.messages == UInt64(found.count))
        #expect(again.state.bytes == UInt64(found.reduce(0) { $0 + $1.storedSize }))
        #expect(again.state.subjects == Set(found.map(\.subject)).count)
        if isFlushed { #expect(found == model.messages) }
        let next = max(again.state.lastSequence, model.lastSequence) + 1
        try again.append(StoredMessage(next, on: "a"))
        try again.close()
        #expect(try all(try open(failing: false)) == found + [StoredMessage(next, on: "a")])
    }

    @Test(
        "of which nothing may be written is refused, and says so", .enabled(if: geteuid() == 0, "mounting takes root"))
    func readOnly() async throws {
        let path = directory.path
        let script = """
            mount -t tmpfs -o size=1m none \(path)
            mkdir \(path)/msgs && mount -o remount,ro \(path)
            """
        let mount = try await runCommand(["sh", "-ec", script])
        try #require(mount.status == 0, "no file system could be mounted: \(mount.error)")
        #expect(throws: StoreError.readOnly(path: path + "/msgs/index.tmp")) { try open(failing: false) }
        #expect(try await runCommand(["umount", path]).status == 0)
    }

    @Test(
        "that is full for real gives what was flushed, and goes on", .enabled(if: geteuid() == 0, "mounting takes root")
    )
    func fullDisk() async throws {
        let path = directory.path
        let mount = try await runCommand(["mount", "-t", "tmpfs", "-o", "size=256k", "none", path])
        try #require(mount.status == 0, "no file system could be mounted: \(mount.error)")
        let store = try open(failing: false, blockSize: 65_536)
        var last: UInt64 = 0
        while true {
            for _ in 0..<20 { try store.append(StoredMessage(store.state.lastSequence + 1, on: "a")) }
            do {
                try store.flush(sync: false)
            } catch {
                #expect(error == .noSpace)
                break
            }
            last = store.state.lastSequence
        }
        #expect(store.state.lastSequence == last)
        #expect(try all(store).map(\.sequence) == Array(1...last))
        #expect(try store.compact(to: last / 2) > 0)
        try store.flush(sync: true)
        try store.append(StoredMessage(last + 1, on: "a"))
        try store.flush(sync: true)
        try store.close()
        #expect(try all(try open(failing: false, blockSize: 65_536)).last == StoredMessage(last + 1, on: "a"))
        #expect(try await runCommand(["umount", "-l", path]).status == 0)
    }
}
