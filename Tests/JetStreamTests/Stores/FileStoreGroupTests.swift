import Foundation
import JetStream
import TestSupport
import Testing

@Suite("Messages that belong together, in a file store")
struct FileStoreGroupTests {
    private let directory: TemporaryDirectory
    private let reports = Reports()

    init() throws {
        directory = try TemporaryDirectory()
    }

    private var folder: URL { URL(fileURLWithPath: directory.path + "/msgs") }

    private func open() throws -> any StreamStore {
        // Four messages fill a block.
        try FileStore.open(folder.path, name: Array("S".utf8), blockSize: 380) { [reports] in reports.add($0) }
    }

    private func append(_ sequences: ClosedRange<UInt64>, to store: any StreamStore, together: Bool = false) throws {
        for sequence in sequences {
            store.isFollowed = together && sequence < sequences.upperBound
            try store.append(StoredMessage(sequence, on: "s"))
        }
        try store.flush(sync: false)
    }

    private func sequences(_ store: any StreamStore) throws -> [UInt64] {
        var found: [UInt64] = []
        try store.visit(from: 0, matching: []) {
            found.append($0.sequence)
            return true
        }
        return found
    }

    private func contents() throws -> [String: Data] {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        return try Dictionary(
            uniqueKeysWithValues: names.map { ($0, try Data(contentsOf: folder.appendingPathComponent($0))) })
    }

    private func restore(_ contents: [String: Data]) throws {
        try? FileManager.default.removeItem(at: folder)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for (name, data) in contents { try data.write(to: folder.appendingPathComponent(name)) }
    }

    @Test(
        "are all there or none of them, wherever the process ended when they were written", arguments: [true, false])
    func torn(withIndex: Bool) throws {
        let store = try open()
        try append(1...2, to: store)
        let before = try contents()
        try append(3...13, to: store, together: true)
        var all = try contents()
        if !withIndex { all["index"] = nil }
        // The blocks are written one after the other, so a process that ends leaves the beginning of what follows.
        let blocks = all.keys.filter { $0.hasSuffix(".blk") }.sorted {
            (Int($0.dropLast(4)) ?? 0) < (Int($1.dropLast(4)) ?? 0)
        }
        #expect(blocks.count >= 3)
        for (place, name) in blocks.enumerated() {
            let bytes = try #require(all[name])
            for count in (before[name]?.count ?? 0)...bytes.count {
                var torn = all.filter { !$0.key.hasSuffix(".blk") || blocks[..<place].contains($0.key) }
                torn[name] = bytes.prefix(count)
                try restore(torn)
                let isWhole = place == blocks.count - 1 && count == bytes.count
                let found = try open()
                #expect(try sequences(found) == Array(1...(isWhole ? 13 : 2)), "\(name) cut to \(count) bytes")
                let next = found.state.lastSequence + 1
                #expect(next == (isWhole ? 14 : 3))
                try append(next...next + 4, to: found, together: true)
                try found.close()
                #expect(try sequences(try open()) == Array(1...next + 4), "\(name) cut to \(count) bytes")
            }
        }
        #expect(reports.all.contains { if case .unfinishedGroup = $0 { true } else { false } })
    }

    @Test("stay when one of them is removed, packed away or broken", arguments: [true, false])
    func complete(withIndex: Bool) throws {
        let store = try open()
        try append(1...2, to: store)
        try append(3...9, to: store, together: true)
        try store.remove(9, secure: true)
        for sequence in [UInt64(5), 6, 8] { try store.remove(sequence, secure: false) }
        try store.flush(sync: false)
        try store.flush(sync: false)
        var all = try contents()
        if !withIndex { all["index"] = nil }
        try restore(all)
        #expect(try sequences(try open()) == [1, 2, 3, 4, 7])
    }

    @Test("stay when a bit of the last of them is flipped")
    func flipped() throws {
        let store = try open()
        try append(1...2, to: store)
        try append(3...6, to: store, together: true)
        let all = try contents()
        let last = try #require(all.keys.filter { $0.hasSuffix(".blk") }.max())
        let bytes = try #require(all[last])
        for place in (bytes.count - 50)..<bytes.count {
            var flipped = bytes
            flipped[place] ^= 1 << UInt8(place % 8)
            try restore(all.merging([last: flipped]) { $1 })
            #expect(try sequences(try open()).count >= 5, "byte \(place)")
        }
    }
}
