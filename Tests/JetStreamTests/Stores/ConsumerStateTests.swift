import Foundation
import JetStream
import TestSupport
import Testing

@Suite("States of consumers")
struct ConsumerStateTests {
    let directory: TemporaryDirectory
    let files = FailingFiles()

    init() throws {
        directory = try TemporaryDirectory()
    }

    func open() throws -> FileConsumerStateStore {
        try FileConsumerStateStore(directory.path + "/c", name: Array("C".utf8), files: files) { _ in }
    }

    func delivered(_ consumer: UInt64, _ stream: UInt64, count: UInt64 = 1, needsAck: Bool = true) -> ConsumerEvent {
        .delivered(
            consumer: consumer,
            stream: stream,
            timestamp: Int64(consumer) * 10,
            count: count,
            needsAck: needsAck
        )
    }

    @Test("The floor stays below the oldest message that is pending")
    func floor() {
        var state = ConsumerState()
        for number in UInt64(1)...4 { state.apply(delivered(number, number * 10)) }
        state.apply(.acknowledged(stream: 20))
        #expect(state.acknowledged == .init(consumer: 0, stream: 0))
        state.apply(.acknowledged(stream: 10))
        #expect(state.acknowledged == .init(consumer: 2, stream: 29))
        #expect(state.firstPending == 30)
        state.apply(.acknowledged(stream: 40))
        state.apply(.acknowledged(stream: 30))
        #expect(state.acknowledged == .init(consumer: 4, stream: 40))
        #expect(state.pending.isEmpty)
    }

    @Test("A redelivery keeps the sequence of the first delivery, and is counted")
    func redelivery() {
        var state = ConsumerState()
        state.apply(delivered(1, 1))
        state.apply(delivered(2, 1, count: 2))
        #expect(state.pending[1]?.consumer == 1)
        #expect(state.pending[1]?.timestamp == 20)
        #expect(state.redelivered == [1: 1])
        #expect(state.delivered == .init(consumer: 2, stream: 1))
        state.apply(.acknowledged(stream: 1))
        #expect(state.redelivered.isEmpty)
        #expect(state.acknowledged == .init(consumer: 2, stream: 1))
    }

    @Test("Acknowledging all up to a message takes the ones before it, too")
    func acknowledgedThrough() {
        var state = ConsumerState()
        for number in UInt64(1)...5 { state.apply(delivered(number, number)) }
        state.apply(.acknowledgedThrough(consumer: 3, stream: 3))
        #expect(state.acknowledged == .init(consumer: 3, stream: 3))
        #expect(state.pending.keys.sorted() == [4, 5])
    }

    @Test("Where no acknowledgement is wanted, the floor follows the deliveries")
    func noAcks() {
        var state = ConsumerState()
        state.apply(delivered(1, 7, needsAck: false))
        #expect(state.acknowledged == .init(consumer: 1, stream: 7))
        #expect(state.pending.isEmpty)
    }

    @Test("An event that comes again changes nothing")
    func twice() {
        var state = ConsumerState()
        let events = [delivered(1, 1), delivered(2, 2), .acknowledged(stream: 1)]
        for event in events { state.apply(event) }
        let once = state
        for event in events { state.apply(event) }
        #expect(state == once)
    }

    @Test("What was flushed is there after the process ended anywhere", arguments: 0..<40)
    func ends(seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        var store: FileConsumerStateStore? = try open()
        files.end(after: Int.random(in: 0...30, using: &random), share: Double.random(in: 0...1, using: &random))
        var kept = ConsumerState()
        var next: UInt64 = 1
        while !files.hasEnded, let open = store {
            do {
                for _ in 0..<Int.random(in: 1...20, using: &random) {
                    if Bool.random(using: &random) {
                        open.record(delivered(next, next))
                        next += 1
                    } else if let stream = open.state.pending.keys.min() {
                        open.record(.acknowledged(stream: stream))
                    }
                }
                try open.flush(sync: Bool.random(using: &random))
                kept = open.state
                if Int.random(in: 0..<5, using: &random) == 0 {
                    try open.close()
                    store = nil
                    store = try self.open()
                }
            } catch StoreError.system(call: "ended", _, _) {
                break
            }
        }
        let latest = store?.state ?? kept
        let again = try FileConsumerStateStore(directory.path + "/c", name: Array("C".utf8)) { _ in }
        #expect(again.state == kept || again.state == latest)
        again.record(delivered(next, next))
        try again.close()
        let last = try FileConsumerStateStore(directory.path + "/c", name: Array("C".utf8)) { _ in }
        #expect(last.state.delivered.stream == next)
    }

    @Test("A flush without room loses nothing, and goes out with the next one")
    func noSpace() throws {
        let store = try open()
        store.record(delivered(1, 1))
        try store.flush(sync: true)
        files.limit(to: 5)
        store.record(.acknowledged(stream: 1))
        #expect(throws: StoreError.noSpace) { try store.flush(sync: true) }
        files.limit(to: .max)
        try store.flush(sync: true)
        #expect(try open().state.acknowledged.stream == 1)
    }

    @Test("Many events are folded, so that the file stays small")
    func folding() throws {
        let store = try open()
        for number in UInt64(1)...200_000 {
            store.record(delivered(number, number))
            store.record(.acknowledged(stream: number))
            if number % 1000 == 0 { try store.flush(sync: false) }
        }
        let names = try FileManager.default.contentsOfDirectory(atPath: directory.path + "/c")
        let sizes = try names.map {
            try FileManager.default.attributesOfItem(atPath: directory.path + "/c/" + $0)[.size] as? Int ?? 0
        }
        #expect(sizes.reduce(0, +) < 1_200_000)
        #expect(try open().state == store.state)
    }

    @Test("Events that were cut off at any byte are taken as far as they are whole")
    func torn() throws {
        let store = try open()
        var states = [store.state]
        var ends = [0]
        let url = URL(fileURLWithPath: directory.path + "/c/events.1")
        for number in UInt64(1)...12 {
            store.record(delivered(number, number))
            if number % 3 == 0 { store.record(.acknowledged(stream: number - 1)) }
            try store.flush(sync: false)
            states.append(store.state)
            ends.append(try Data(contentsOf: url).count)
        }
        let bytes = try Data(contentsOf: url)
        for count in 0...bytes.count {
            try bytes.prefix(count).write(to: url)
            let reports = Reports()
            let again = try FileConsumerStateStore(directory.path + "/c", name: Array("C".utf8)) { reports.add($0) }
            let whole = try #require(ends.lastIndex { $0 <= count })
            #expect(again.state == states[whole], "cut to \(count) bytes")
            #expect(reports.all.isEmpty == ends.contains(count), "cut to \(count) bytes")
            again.record(delivered(100, 100))
            try again.flush(sync: false)
            #expect(try open().state.delivered.stream == 100, "cut to \(count) bytes")
        }
    }

    @Test("A state of which no copy is what was written is refused", arguments: [nil, 0, 20, 60])
    func broken(cutTo count: Int?) throws {
        try open().close()
        let path = directory.path + "/c/state"
        var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        if let count {
            bytes = bytes.prefix(min(count, bytes.count / 2 - 1))
        } else {
            for place in [10, bytes.count / 2 + 10] { bytes[place] ^= 1 }
        }
        try bytes.write(to: URL(fileURLWithPath: path))
        #expect(throws: StoreError.self) { try open() }
    }
}
