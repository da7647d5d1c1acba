import Foundation
import JetStream
import TestSupport
import Testing

@Suite("A flipped bit")
struct FlippedBitTests {
    private let directory: TemporaryDirectory

    init() throws {
        directory = try TemporaryDirectory()
    }

    private var folder: String { directory.path + "/msgs" }

    private func open(_ reports: Reports) throws -> any StreamStore {
        try FileStore.open(folder, name: Array("S".utf8), blockSize: 2_000) { reports.add($0) }
    }

    private func all(_ store: any StreamStore) throws -> [StoredMessage] {
        var found: [StoredMessage] = []
        try store.visit(from: 0, matching: []) {
            found.append($0.message)
            return true
        }
        return found
    }

    /// Several blocks, an index, messages and removals that came after it.
    private func fill() throws -> [StoredMessage] {
        var store = try open(Reports())
        for sequence in UInt64(1)...40 { try store.append(StoredMessage(sequence, on: "s.\(sequence % 3)")) }
        try store.flush(sync: false)
        try store.remove(9, secure: false)
        try store.close()
        store = try open(Reports())
        for sequence in UInt64(41)...50 { try store.append(StoredMessage(sequence, on: "s.\(sequence % 3)")) }
        // Before the index and after it, in two frames.
        for sequences in [[UInt64(5), 6], [45]] {
            for sequence in sequences { try store.remove(sequence, secure: false) }
            try store.flush(sync: false)
        }
        return try all(store)
    }

    @Test("in any file of a store is noticed, and costs no message but the one that it is in")
    func anywhere() throws {
        let messages = try fill()
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        #expect(names.contains("index") && names.contains { $0.hasPrefix("deletions.") })
        let contents = try Dictionary(
            uniqueKeysWithValues: names.map { ($0, try Data(contentsOf: URL(fileURLWithPath: folder + "/" + $0))) })
        for name in names {
            let bytes = try #require(contents[name])
            for index in bytes.indices where index % 13 == 0 || index < 24 || index >= bytes.count - 8 {
                try restore(contents)
                var flipped = bytes
                flipped[index] ^= 1 << UInt8(index % 8)
                try flipped.write(to: URL(fileURLWithPath: folder + "/" + name))
                let reports = Reports()
                let store = try open(reports)
                let found = try all(store)
                _ = try store.state(of: Array("s.1".utf8))
                let place = "\(name) byte \(index)"
                // A removal that is not known any more lets messages come back; nothing else may appear or go.
                let lost = messages.filter { !found.contains($0) }
                let back = found.filter { !messages.contains($0) }
                let mayComeBack: [UInt64] = name.hasPrefix("deletions.") ? [5, 6, 45] : []
                #expect(lost.count <= (name.hasSuffix(".blk") ? 1 : 0), "\(place): \(lost.map(\.sequence))")
                #expect(back.allSatisfy { mayComeBack.contains($0.sequence) }, "\(place): \(back.map(\.sequence))")
                // A bit in what is read by nobody, such as a summary or a removed message, shows when somebody reads it.
                #expect(found == messages || !reports.all.isEmpty, "\(place)")
                #expect(store.state.messages == UInt64(found.count), "\(place)")
            }
        }
    }

    private func restore(_ contents: [String: Data]) throws {
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) where contents[name] == nil {
            try FileManager.default.removeItem(atPath: folder + "/" + name)
        }
        for (name, bytes) in contents { try bytes.write(to: URL(fileURLWithPath: folder + "/" + name)) }
    }

    @Test("in a consumer's files is noticed, and nothing that was not so is taken for its state")
    func consumer() throws {
        let path = directory.path + "/c"
        func open(_ reports: Reports) throws -> FileConsumerStateStore {
            try FileConsumerStateStore(path, name: Array("C".utf8)) { reports.add($0) }
        }
        var states: [ConsumerState] = []
        let store = try open(Reports())
        for number in UInt64(1)...20 {
            store.record(.delivered(consumer: number, stream: number, timestamp: 1, count: 1, needsAck: true))
            if number % 2 == 0 { store.record(.acknowledged(stream: number)) }
            if number == 10 { try store.replace(with: store.state) }
            states.append(store.state)
            try store.flush(sync: false)
        }
        let names = try FileManager.default.contentsOfDirectory(atPath: path)
        let contents = try names.map { ($0, try Data(contentsOf: URL(fileURLWithPath: path + "/" + $0))) }
        for (name, bytes) in contents {
            for index in bytes.indices {
                for (other, bytes) in contents { try bytes.write(to: URL(fileURLWithPath: path + "/" + other)) }
                var flipped = bytes
                flipped[index] ^= 1 << UInt8(index % 8)
                try flipped.write(to: URL(fileURLWithPath: path + "/" + name))
                let reports = Reports()
                let found = try open(reports).state
                #expect(name == "state" ? found == states.last : states.contains(found), "\(name) byte \(index)")
                #expect(!reports.all.isEmpty, "\(name) byte \(index)")
                // What was mended stays so.
                let again = Reports()
                #expect(try open(again).state == found)
                #expect(again.all.isEmpty, "\(name) byte \(index)")
            }
        }
    }
}
