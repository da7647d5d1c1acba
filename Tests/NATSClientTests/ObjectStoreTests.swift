import NATSClient
import NIOCore
import Testing

@Suite("Object stores, against a server", .timeLimit(.minutes(3)))
struct ObjectStoreTests {
    typealias Engine = JetStreamEngine

    private func store(_ fixture: JetStreamFixture, _ name: String = "O") async throws -> ObjectStore {
        var configuration = ObjectStoreConfiguration(bucket: name)
        configuration.storage = .memory
        return try await fixture.jetStream.createObjectStore(configuration)
    }

    private func bytes(_ count: Int) -> ByteBuffer {
        var bytes = ByteBuffer()
        for number in 0..<count {
            bytes.writeInteger(UInt8((number * 31 + number / 256) % 256))
        }
        return bytes
    }

    @Test("give back the bytes that were put, of any number", arguments: Engine.available)
    func bytes(engine: Engine) async throws {
        let fixture = try await JetStreamFixture(engine)
        let store = try await store(fixture)
        for count in [0, 1, 999, 1000, 1001, 54_321] {
            let info = try await store.put(ObjectMetadata(name: "o \(count)", chunkSize: 1000), bytes(count))
            #expect(info.size == count)
            #expect(info.chunks == (count + 999) / 1000)
            #expect(info.chunkSize == 1000)
            let reader = try await store.get("o \(count)")
            #expect(try await reader.collect() == bytes(count))
        }
        let large = try await store.put("large", bytes(300_000))
        #expect(large.chunks == 3)
        #expect(try await store.get("large").collect() == bytes(300_000))
        let missing = await #expect(throws: JetStreamError.self) { try await store.get("none") }
        #expect(missing?.code == .objectNotFound)
    }

    @Test("take bytes piece by piece, and nothing if the pieces fail", arguments: Engine.available)
    func pieces(engine: Engine) async throws {
        struct Broken: Error {}
        let fixture = try await JetStreamFixture(engine)
        let store = try await store(fixture)
        let (pieces, continuation) = AsyncThrowingStream.makeStream(of: ByteBuffer.self)
        for number in 0..<10 {
            continuation.yield(ByteBuffer(repeating: UInt8(number), count: 7))
        }
        continuation.finish()
        let metadata = ObjectMetadata(
            name: "p", summary: "pieces", headers: ["A": "1"], metadata: ["k": "v"], chunkSize: 16)
        let info = try await store.put(metadata, from: pieces)
        #expect(info.size == 70)
        #expect(info.chunks == 5)
        #expect(info.summary == "pieces")
        #expect(info.headers == ["A": "1"])
        #expect(info.metadata == ["k": "v"])

        let (broken, breaking) = AsyncThrowingStream.makeStream(of: ByteBuffer.self)
        breaking.yield(ByteBuffer(repeating: 1, count: 64))
        breaking.finish(throwing: Broken())
        await #expect(throws: Broken.self) { try await store.put(metadata, from: broken) }
        #expect(try await store.info("p").id == info.id)
        #expect(try await store.status().streamInfo.state.messages == 6)
    }

    @Test("replace, rename, delete and list objects", arguments: Engine.available)
    func changes(engine: Engine) async throws {
        let fixture = try await JetStreamFixture(engine)
        let store = try await store(fixture)
        let first = try await store.put("a", bytes(10))
        let second = try await store.put("a", bytes(20))
        #expect(first.id != second.id)
        #expect(try await store.get("a").collect() == bytes(20))
        try await store.put("b", bytes(1))
        let taken = await #expect(throws: JetStreamError.self) {
            try await store.updateMetadata(of: "a", to: ObjectMetadata(name: "b"))
        }
        #expect(taken?.code == .objectExists)
        try await store.updateMetadata(of: "a", to: ObjectMetadata(name: "c", summary: "renamed"))
        #expect(try await store.get("c").collect() == bytes(20))
        #expect(try await store.info("c").summary == "renamed")
        try await store.delete("b")
        #expect(try await store.list().map(\.name) == ["c"])
        #expect(try await store.list(includesDeleted: true).map(\.isDeleted) == [true, false])
        let deleted = await #expect(throws: JetStreamError.self) { try await store.info("b") }
        #expect(deleted?.code == .objectNotFound)
        // One message for each: the chunk and the data of c, the word that b is gone.
        #expect(try await store.status().streamInfo.state.messages == 3)
    }

    @Test("follow links, and refuse those that lead nowhere", arguments: Engine.available)
    func links(engine: Engine) async throws {
        let fixture = try await JetStreamFixture(engine)
        let store = try await store(fixture)
        let other = try await self.store(fixture, "P")
        let target = try await other.put("t", bytes(5))
        let link = try await store.link("l", to: target)
        #expect(link.link?.bucket == "P")
        #expect(try await store.get("l").collect() == bytes(5))
        try await store.link("s", toStore: other)
        let unreadable = await #expect(throws: JetStreamError.self) { try await store.get("s") }
        #expect(unreadable?.code == .badLink)
        let chained = await #expect(throws: JetStreamError.self) { try await store.link("m", to: link) }
        #expect(chained?.code == .badLink)
        try await store.put("o", bytes(1))
        let taken = await #expect(throws: JetStreamError.self) { try await store.link("o", to: target) }
        #expect(taken?.code == .objectExists)
    }

    @Test("notice bytes that are not those that were put", arguments: Engine.available)
    func corruption(engine: Engine) async throws {
        let fixture = try await JetStreamFixture(engine)
        let store = try await store(fixture)
        let info = try await store.put(ObjectMetadata(name: "a", chunkSize: 4), bytes(8))
        let stream = store.stream
        let first = try await stream.nextMessage(of: "$O.O.C.\(info.id)")
        try await stream.deleteMessage(first.sequence)
        let missing = await #expect(throws: JetStreamError.self) { try await store.get("a").collect() }
        #expect(missing?.code == .digestMismatch)
        try await fixture.jetStream.publish("evil", to: "$O.O.C.\(info.id)")
        let changed = await #expect(throws: JetStreamError.self) { try await store.get("a").collect() }
        #expect(changed?.code == .digestMismatch)
    }

    @Test("show what happens to those who watch, until they are sealed", arguments: Engine.available)
    func watch(engine: Engine) async throws {
        let fixture = try await JetStreamFixture(engine)
        let store = try await store(fixture)
        try await store.put("a", bytes(1))
        var updates = store.watch().makeAsyncIterator()
        func next() async throws -> String? {
            switch try await updates.next() {
            case .object(let info): (info.isDeleted ? "-" : "+") + info.name
            case .caughtUp: "caught up"
            case nil: nil
            }
        }
        #expect(try await next() == "+a")
        #expect(try await next() == "caught up")
        try await store.delete("a")
        try await store.put("b", bytes(1))
        #expect(try await next() == "-a")
        #expect(try await next() == "+b")
        try await store.seal()
        #expect(try await store.status().isSealed)
        let sealed = await #expect(throws: JetStreamError.self) { try await store.put("c", bytes(1)) }
        #expect(sealed?.serverCode == .streamSealed)
        try await fixture.jetStream.deleteObjectStore("O")
        let missing = await #expect(throws: JetStreamError.self) { try await fixture.jetStream.objectStore("O") }
        #expect(missing?.code == .bucketNotFound)
    }
}
