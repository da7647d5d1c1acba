import NATSClient
import NIOCore
import TestSupport
import Testing

@Suite("Key-value buckets, against a server", .timeLimit(.minutes(3)))
struct KeyValueTests {
    typealias Engine = JetStreamEngine

    private func bucket(
        _ fixture: JetStreamFixture,
        _ change: (inout KeyValueConfiguration) -> Void = { _ in }
    ) async throws -> KeyValueBucket {
        var configuration = KeyValueConfiguration(bucket: "B")
        configuration.storage = .memory
        change(&configuration)
        return try await fixture.jetStream.createKeyValue(configuration)
    }

    @Test("keep values, and tell who is too late", arguments: Engine.available)
    func values(engine: Engine) async throws {
        let fixture = try await JetStreamFixture(engine)
        let bucket = try await bucket(fixture)
        #expect(try await bucket.put("a.b", "1") == 1)
        let entry = try await bucket.get("a.b")
        #expect(entry.text == "1")
        #expect(entry.revision == 1)
        #expect(entry.key == "a.b")
        #expect(entry.operation == .put)
        #expect(try await bucket.update("a.b", "2", revision: 1) == 2)
        let late = await #expect(throws: JetStreamError.self) { try await bucket.update("a.b", "3", revision: 1) }
        #expect(late?.code == .wrongRevision)
        #expect(late?.serverCode == .wrongLastSequence)
        let exists = await #expect(throws: JetStreamError.self) { try await bucket.create("a.b", "3") }
        #expect(exists?.code == .keyExists)
        let missing = await #expect(throws: JetStreamError.self) { try await bucket.get("none") }
        #expect(missing?.code == .keyNotFound)
        #expect(missing?.description == "nats: key not found")
    }

    @Test("keep revisions as long as their history is", arguments: Engine.available)
    func history(engine: Engine) async throws {
        let fixture = try await JetStreamFixture(engine)
        let bucket = try await bucket(fixture) { $0.history = 3 }
        for number in 1...4 {
            try await bucket.put("k", String(number))
        }
        try await bucket.put("other", "x")
        #expect(try await bucket.history("k").map(\.text) == ["2", "3", "4"])
        #expect(try await bucket.get("k", revision: 3).text == "3")
        for revision in [1, 5] {
            let missing = await #expect(throws: JetStreamError.self) { try await bucket.get("k", revision: revision) }
            #expect(missing?.code == .keyNotFound)
        }
        try await bucket.delete("k")
        #expect(try await bucket.history("k").map(\.operation) == [.put, .put, .delete])
        try await bucket.purge("k")
        #expect(try await bucket.history("k").map(\.operation) == [.purge])
    }

    @Test("forget what is deleted, and let it be created again", arguments: Engine.available)
    func deletion(engine: Engine) async throws {
        let fixture = try await JetStreamFixture(engine)
        let bucket = try await bucket(fixture)
        try await bucket.create("k", "1")
        let late = await #expect(throws: JetStreamError.self) { try await bucket.delete("k", revision: 7) }
        #expect(late?.code == .wrongRevision)
        try await bucket.delete("k", revision: 1)
        let deleted = await #expect(throws: JetStreamError.self) { try await bucket.get("k") }
        #expect(deleted?.code == .keyDeleted)
        #expect(try await bucket.keys().isEmpty)
        #expect(try await bucket.create("k", "2") == 3)
        try await bucket.put("gone", "x")
        try await bucket.purge("gone")
        #expect(try await bucket.status().values == 2)
        try await bucket.purgeDeletes(olderThan: .zero)
        #expect(try await bucket.status().values == 1)
        #expect(try await bucket.keys() == ["k"])
    }

    @Test("show what happens to those who watch", arguments: Engine.available)
    func watch(engine: Engine) async throws {
        let fixture = try await JetStreamFixture(engine)
        let bucket = try await bucket(fixture)
        try await bucket.put("a.x", "1")
        try await bucket.put("a.y", "2")
        try await bucket.put("b", "3")
        try await bucket.put("a.x", "4")
        var updates = try bucket.watch(["a.>"]).makeAsyncIterator()
        func next() async throws -> String? {
            switch try await updates.next() {
            case .entry(let entry): entry.operation == .put ? "\(entry.key)=\(entry.text)" : "-\(entry.key)"
            case .caughtUp: "caught up"
            case nil: nil
            }
        }
        #expect(try await next() == "a.y=2")
        #expect(try await next() == "a.x=4")
        #expect(try await next() == "caught up")
        try await bucket.put("b", "5")
        try await bucket.delete("a.y")
        try await bucket.put("a.z", "6")
        #expect(try await next() == "-a.y")
        #expect(try await next() == "a.z=6")
    }

    @Test("show an empty past at once, and nothing of it when asked to", arguments: Engine.available)
    func watchNothing(engine: Engine) async throws {
        let fixture = try await JetStreamFixture(engine)
        let bucket = try await bucket(fixture)
        var empty = try bucket.watch().makeAsyncIterator()
        #expect(try await empty.next() == .caughtUp)
        try await bucket.put("a", "1")
        var options = KeyValueWatchOptions()
        options.past = .nothing
        options.keysOnly = true
        var updates = try bucket.watch(options: options).makeAsyncIterator()
        #expect(try await updates.next() == .caughtUp)
        try await bucket.put("b", "2")
        guard case .entry(let entry)? = try await updates.next() else {
            Issue.record("no entry")
            return
        }
        #expect(entry.key == "b")
        #expect(entry.value.readableBytes == 0)
    }

    @Test("end values whose time is up, and leave markers", arguments: Engine.available)
    func timeToLive(engine: Engine) async throws {
        let fixture = try await JetStreamFixture(engine)
        let bucket = try await bucket(fixture) { $0.limitMarkerTTL = .seconds(60) }
        var updates = try bucket.watch().makeAsyncIterator()
        #expect(try await updates.next() == .caughtUp)
        try await bucket.create("k", "1", timeToLive: .seconds(1))
        var seen: [KeyValueEntry.Operation] = []
        while seen.count < 2 {
            if case .entry(let entry)? = try await updates.next() { seen.append(entry.operation) }
        }
        #expect(seen == [.put, .purge])
        let status = try await bucket.status()
        #expect(status.limitMarkerTTL == .seconds(60))
        #expect(status.bucket == "B")
        #expect(status.history == 1)
    }

    @Test("are listed, changed and removed", arguments: Engine.available)
    func management(engine: Engine) async throws {
        let fixture = try await JetStreamFixture(engine)
        let jetStream = fixture.jetStream
        _ = try await bucket(fixture)
        var other = KeyValueConfiguration(bucket: "C")
        other.isCompressed = true
        other.timeToLive = .seconds(60)
        try await jetStream.createKeyValue(other)
        #expect(try await jetStream.keyValueBuckets().map(\.bucket).sorted() == ["B", "C"])
        other.timeToLive = .seconds(90)
        #expect(try await jetStream.updateKeyValue(other).status().timeToLive == .seconds(90))
        try await jetStream.deleteKeyValue("C")
        let missing = await #expect(throws: JetStreamError.self) { try await jetStream.keyValue("C") }
        #expect(missing?.code == .bucketNotFound)
        let never = await #expect(throws: JetStreamError.self) { try await jetStream.updateKeyValue(other) }
        #expect(never?.code == .bucketNotFound)
    }

    @Test("copy and collect the values of others", arguments: Engine.available)
    func origins(engine: Engine) async throws {
        let fixture = try await JetStreamFixture(engine)
        let origin = try await bucket(fixture)
        try await origin.put("k", "1")
        var collecting = KeyValueConfiguration(bucket: "C")
        collecting.storage = .memory
        collecting.sources = [StreamSource(name: "B")]
        let collected = try await fixture.jetStream.createKeyValue(collecting)
        var updates = try collected.watch().makeAsyncIterator()
        while case .caughtUp? = try await updates.next() {}
        #expect(try await collected.get("k").text == "1")

        var copying = KeyValueConfiguration(bucket: "M")
        copying.storage = .memory
        copying.mirror = StreamSource(name: "B")
        let copy = try await fixture.jetStream.createKeyValue(copying)
        // What is written to the copy goes to its origin, and comes back.
        try await copy.put("k2", "2")
        #expect(try await origin.get("k2").text == "2")
    }

    @Test("refuse names and keys that are none")
    func names() async throws {
        let fixture = try await JetStreamFixture(try #require(Engine.available.first))
        let bucket = try await bucket(fixture)
        for key in ["", ".a", "a.", "a..b", "a b", "a*", ">", "ü"] {
            let refused = await #expect(throws: JetStreamError.self) { try await bucket.put(key, "x") }
            #expect(refused?.code == .badArgument)
        }
        try await bucket.put("a/b=c_d-e.F9", "x")
        for name in ["", "a.b", "a b", "ü"] {
            let refused = await #expect(throws: JetStreamError.self) { try await fixture.jetStream.keyValue(name) }
            #expect(refused?.code == .badArgument)
        }
    }
}
