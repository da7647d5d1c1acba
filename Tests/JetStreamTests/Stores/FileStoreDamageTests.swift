import Foundation
import JetStream
import Synchronization
import TestSupport
import Testing

/// What a store told while it was open.
final class Reports: Sendable {
    private let list = Mutex<[StoreReport]>([])

    var all: [StoreReport] { list.withLock { $0 } }

    func add(_ report: StoreReport) { list.withLock { $0.append(report) } }
}

@Suite("A damaged file store")
struct FileStoreDamageTests {
    let directory: TemporaryDirectory
    let reports = Reports()

    init() throws {
        directory = try TemporaryDirectory()
    }

    var folder: URL { URL(fileURLWithPath: directory.path).appendingPathComponent("msgs") }

    func open(blockSize: Int = 4096) throws -> any StreamStore {
        try FileStore.open(folder.path, name: Array("S".utf8), blockSize: blockSize) { [reports] in reports.add($0) }
    }

    /// A store with messages 1 to `count`, closed; three of them removed.
    func fill(_ count: UInt64, blockSize: Int = 4096, closing: Bool = true) throws {
        let store = try open(blockSize: blockSize)
        for sequence in 1...count {
            try store.append(StoredMessage(sequence, on: "s.\(sequence % 3)", header: "NATS/1.0\r\n\r\n"))
        }
        try store.flush(sync: false)
        for sequence in [UInt64(3), 4, 7] { try store.remove(sequence, secure: false) }
        try store.flush(sync: false)
        if closing { try store.close() }
    }

    func sequences(_ store: any StreamStore) throws -> [UInt64] {
        var found: [UInt64] = []
        var expected: [StoredMessage] = []
        var messages: [StoredMessage] = []
        try store.visit(from: 0, matching: []) {
            found.append($0.sequence)
            messages.append($0.message)
            return true
        }
        for sequence in found {
            expected.append(StoredMessage(sequence, on: "s.\(sequence % 3)", header: "NATS/1.0\r\n\r\n"))
        }
        #expect(messages == expected)
        return found
    }

    func kept(_ count: UInt64) -> [UInt64] { (1...count).filter { ![3, 4, 7].contains($0) } }

    func file(_ name: String) -> URL { folder.appendingPathComponent(name) }

    @Test("keeps every whole record of a last block that was cut at any byte")
    func tornTail() throws {
        try fill(12, closing: false)
        let block = file("1.blk")
        let bytes = try Data(contentsOf: block)
        let index = try Data(contentsOf: file("index"))
        let deletions = try Data(contentsOf: file("deletions.1"))
        for count in stride(from: bytes.count, through: 0, by: -1) {
            try bytes.prefix(count).write(to: block)
            try index.write(to: file("index"))
            try deletions.write(to: file("deletions.1"))
            let store = try open()
            let found = try sequences(store)
            let whole = kept(12).prefix(found.count)
            try #require(found == Array(whole), "cut to \(count) bytes")
            // Nothing can be appended under a sequence that was used for a removal that is remembered.
            let next = store.state.lastSequence + 1
            try store.append(StoredMessage(next, on: "s.\(next % 3)", header: "NATS/1.0\r\n\r\n"))
            try store.flush(sync: false)
            let again = try open()
            try #require(try sequences(again) == Array(whole) + [next], "cut to \(count) bytes")
            try FileManager.default.removeItem(at: folder)
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        }
    }

    @Test("finds a flipped bit at any byte of a block, reports it and keeps the rest", arguments: [true, false])
    func bitFlips(withIndex: Bool) throws {
        try fill(9)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        let saved = try names.map { ($0, try Data(contentsOf: file($0))) }
        let bytes = try Data(contentsOf: file("1.blk"))
        for place in 0..<bytes.count {
            for (name, data) in saved { try data.write(to: file(name)) }
            if !withIndex { try FileManager.default.removeItem(at: file("index")) }
            var broken = bytes
            broken[place] ^= 1 << UInt8(place % 8)
            try broken.write(to: file("1.blk"))
            let before = reports.all.count
            let store = try open()
            let found = Set(try sequences(store))
            let expected = withIndex ? Set(kept(9)) : Set(1...9)
            try #require(found.isSubset(of: expected) && found.count >= expected.count - 1, "byte \(place): \(found)")
            if found.count < expected.count {
                try #require(reports.all.count > before, "byte \(place)")
                try #require(store.state.messages == UInt64(found.count))
                let counts = try store.subjects(matching: SubjectFilter(Array(">".utf8)))
                try #require(counts.reduce(0) { $0 + $1.state.messages } == UInt64(found.count))
            }
            let again = try open()
            try #require(Set(try sequences(again)) == found, "byte \(place) when opened again")
            try FileManager.default.removeItem(at: folder)
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        }
    }

    @Test("is rebuilt from its blocks when the index is lost or broken", arguments: [nil, 0, 9, 60])
    func lostIndex(brokenAt place: Int?) throws {
        try fill(500)
        if let place {
            var bytes = try Data(contentsOf: file("index"))
            bytes[place] ^= 4
            try bytes.write(to: file("index"))
        } else {
            try FileManager.default.removeItem(at: file("index"))
        }
        let store = try open()
        let report =
            place.map { _ in StoreReport.mended(path: file("index").path, offset: 0) }
            ?? .rebuilt(path: file("index").path, reason: "lost")
        #expect(reports.all == [report])
        // What was removed was folded into the index, so it is there again where that is lost; nothing else differs.
        let expected = place == nil ? Array(1...500) : kept(500)
        #expect(try sequences(store) == expected)
        #expect(store.state.messages == UInt64(expected.count))
        #expect(try store.state(of: Array("s.2".utf8)) == SubjectState(messages: 167, first: 2, last: 500))
        try store.close()
        let count = reports.all.count
        #expect(try sequences(try open()) == expected)
        #expect(reports.all.count == count)
    }

    @Test("makes a lost or broken summary of a block anew", arguments: [true, false])
    func lostSummary(isLost: Bool) throws {
        try fill(2000, blockSize: 100_000)
        let summary = file("1.idx")
        let good = try Data(contentsOf: summary)
        if isLost {
            try FileManager.default.removeItem(at: summary)
        } else {
            var bytes = good
            bytes[12] ^= 1
            try bytes.write(to: summary)
        }
        let store = try open(blockSize: 100_000)
        for sequence in UInt64(900)...920 { #expect(try store.message(sequence)?.sequence == sequence) }
        #expect(reports.all.count == 1)
        #expect(try Data(contentsOf: summary) == good)
    }

    @Test("opens without the deletions that were lost, and counts right")
    func lostDeletions() throws {
        try fill(100, closing: false)
        try FileManager.default.removeItem(at: file("deletions.1"))
        let store = try open()
        #expect(try sequences(store) == Array(1...100))
        #expect(store.state.messages == 100)
    }

    @Test("takes the deletions before a broken one")
    func brokenDeletions() throws {
        try fill(100, closing: false)
        var bytes = try Data(contentsOf: file("deletions.1"))
        bytes[bytes.count - 1] ^= 1
        try bytes.write(to: file("deletions.1"))
        let store = try open()
        #expect(try sequences(store) == Array(1...100))
        #expect(reports.all == [.tornDeletions(path: file("deletions.1").path, offset: 0)])
    }

    @Test("keeps the other blocks when one is gone")
    func lostBlock() throws {
        try fill(500)
        try FileManager.default.removeItem(at: file("2.blk"))
        let store = try open()
        let found = try sequences(store)
        #expect(reports.all.contains(.missingBlock(path: file("2.blk").path)))
        #expect(found.first == 1 && found.last == 500 && found.count < 490)
        #expect(store.state.messages == UInt64(found.count))
        #expect(store.state.lastSequence == 500)
    }

    @Test("does not take a record inside of a message for one of its own")
    func forgedRecord() throws {
        try fill(5)
        let inner = try Data(contentsOf: file("1.blk"))
        let store = try open()
        var message = StoredMessage(6, on: "s.0", header: "NATS/1.0\r\n\r\n")
        message.body = [UInt8](inner)
        try store.append(message)
        try store.close()
        var bytes = try Data(contentsOf: file("1.blk"))
        bytes[bytes.count - 2] ^= 1
        try bytes.write(to: file("1.blk"))
        #expect(try sequences(try open()) == [1, 2, 5])
    }
}
