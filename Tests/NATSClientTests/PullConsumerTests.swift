import Foundation
import NATSClient
import NIOCore
import TestSupport
import Testing

@Suite("Pull consumers, against a server", .timeLimit(.minutes(3)))
struct PullConsumerTests {
    typealias Engine = JetStreamEngine

    @Test("are created, found, changed, paused and deleted", arguments: Engine.available)
    func lifeCycle(engine: Engine) async throws {
        let fixture = try await JetStreamFixture(engine)
        let stream = try await fixture.stream(messages: 3)
        var configuration = ConsumerConfiguration(durable: "worker")
        configuration.filterSubjects = ["s.0"]
        let consumer = try await stream.createConsumer(configuration)
        #expect(consumer.name == "worker")
        #expect(consumer.lastInfo.pending == 1)
        #expect(consumer.lastInfo.configuration.filterSubjects == ["s.0"])
        configuration.filterSubjects = ["s.0", "s.1"]
        let exists = await #expect(throws: JetStreamError.self) { try await stream.createConsumer(configuration) }
        #expect(exists?.serverCode == .consumerExists)
        #expect(try await stream.updateConsumer(configuration).info().configuration.filterSubjects == ["s.0", "s.1"])
        #expect(try await stream.consumerNames() == ["worker"])
        #expect(try await stream.consumers().map(\.pending) == [2])

        #expect(try await stream.pauseConsumer("worker", until: .now.addingTimeInterval(600)) > .seconds(500))
        #expect(try await consumer.info().isPaused)
        try await stream.resumeConsumer("worker")
        #expect(try await !consumer.info().isPaused)

        try await stream.deleteConsumer("worker")
        let missing = await #expect(throws: JetStreamError.self) { try await stream.consumer("worker") }
        #expect(missing?.serverCode == .consumerNotFound)
        let never = await #expect(throws: JetStreamError.self) {
            try await stream.updateConsumer(ConsumerConfiguration(durable: "never"))
        }
        #expect(never?.serverCode == .consumerDoesNotExist)
    }

    @Test("hand out batches, and what there is when there is less", arguments: Engine.available)
    func fetch(engine: Engine) async throws {
        let fixture = try await JetStreamFixture(engine)
        let stream = try await fixture.stream(messages: 25)
        let consumer = try await stream.createConsumer(ConsumerConfiguration(durable: "c"))
        let first = try await consumer.fetch(10)
        #expect(first.map(\.text) == (0..<10).map(String.init))
        #expect(first[3].metadata.streamSequence == 4)
        #expect(first[3].metadata.pending == 21)
        #expect(first[3].metadata.deliveries == 1)
        #expect(first[3].metadata.consumer == "c")
        #expect(first[3].metadata.stream == "S")
        for message in first {
            try await message.ack()
        }
        #expect(try await consumer.fetch(10, expires: .zero).count == 10)
        #expect(try await consumer.fetch(10, expires: .milliseconds(300)).count == 5)
        #expect(try await consumer.fetch(10, expires: .zero).isEmpty)
        #expect(try await consumer.next(expires: .milliseconds(50)) == nil)
    }

    @Test("end a batch at its bytes", arguments: Engine.available)
    func maximumBytes(engine: Engine) async throws {
        let fixture = try await JetStreamFixture(engine)
        let stream = try await fixture.stream()
        for _ in 0..<10 {
            try await fixture.jetStream.publish(ByteBuffer(repeating: 0x61, count: 1000), to: "s.x")
        }
        let consumer = try await stream.createConsumer(ConsumerConfiguration(durable: "c"))
        let batch = try await consumer.fetch(10, expires: .seconds(20), maximumBytes: 4500)
        #expect((3...4).contains(batch.count))
    }

    @Test("deliver again what is refused, and not what is ended", arguments: Engine.available)
    func acknowledgements(engine: Engine) async throws {
        let fixture = try await JetStreamFixture(engine)
        let stream = try await fixture.stream(messages: 4)
        let consumer = try await stream.createConsumer(ConsumerConfiguration(durable: "c"))
        let batch = try await consumer.fetch(4)
        try await batch[0].doubleAck()
        try await batch[1].nak()
        try await batch[2].nak(delay: .milliseconds(100))
        try await batch[3].term(reason: "bad")
        let again = try await consumer.fetch(2, expires: .seconds(20))
        #expect(again.map(\.text) == ["1", "2"])
        #expect(again.map(\.metadata.deliveries) == [2, 2])
        try await again[0].inProgress()
        for message in again {
            try await message.doubleAck()
        }
        let info = try await consumer.info()
        #expect(info.ackPending == 0)
        #expect(info.ackFloor.stream == 4)
        #expect(info.delivered.consumer == 6)
    }

    @Test("give their messages as a sequence, and ask for more in time", arguments: Engine.available)
    func messages(engine: Engine) async throws {
        let fixture = try await JetStreamFixture(engine)
        let stream = try await fixture.stream(messages: 1000)
        let consumer = try await stream.createConsumer(ConsumerConfiguration(durable: "c"))
        var expected = 0
        for try await message in consumer.messages(PullOptions(batch: 64)) {
            #expect(message.text == String(expected))
            try await message.ack()
            expected += 1
            if message.metadata.pending == 0 { break }
        }
        #expect(expected == 1000)
    }

    @Test("ask again when a request has run out", arguments: Engine.available)
    func expiry(engine: Engine) async throws {
        let fixture = try await JetStreamFixture(engine)
        let stream = try await fixture.stream()
        let consumer = try await stream.createConsumer(ConsumerConfiguration(durable: "c"))
        let first = Task {
            var iterator = consumer.messages(PullOptions(batch: 5, expires: .seconds(1))).makeAsyncIterator()
            return try await iterator.next()?.text
        }
        // The first request has to come and go before there is anything to take.
        while try await consumer.info().waiting == 0 {}
        while try await consumer.info().waiting > 0 {}
        try await fixture.jetStream.publish("late", to: "s.x")
        #expect(try await first.value == "late")
    }

    @Test("count bytes in the place of messages when asked to", arguments: Engine.available)
    func byteWindow(engine: Engine) async throws {
        let fixture = try await JetStreamFixture(engine)
        let stream = try await fixture.stream(messages: 300)
        let consumer = try await stream.createConsumer(ConsumerConfiguration(durable: "c"))
        var options = PullOptions()
        options.maximumBytes = 2000
        var count = 0
        for try await message in consumer.messages(options) {
            count += 1
            if message.metadata.pending == 0 { break }
        }
        #expect(count == 300)
    }

    @Test("end the sequence when they are deleted", arguments: Engine.available)
    func deletion(engine: Engine) async throws {
        let fixture = try await JetStreamFixture(engine)
        let stream = try await fixture.stream(messages: 1)
        let consumer = try await stream.createConsumer(ConsumerConfiguration(durable: "c"))
        var iterator = consumer.messages().makeAsyncIterator()
        _ = try await iterator.next()
        try await stream.deleteConsumer("c")
        let ended = await #expect(throws: JetStreamError.self) { try await iterator.next() }
        #expect(ended?.code == .consumerDeleted)
    }

    @Test("refuse requests beyond their limits", arguments: Engine.available)
    func limits(engine: Engine) async throws {
        let fixture = try await JetStreamFixture(engine)
        let stream = try await fixture.stream(messages: 1)
        var configuration = ConsumerConfiguration(durable: "c")
        configuration.maximumRequestBatch = 5
        let consumer = try await stream.createConsumer(configuration)
        let refused = await #expect(throws: JetStreamError.self) { try await consumer.fetch(6) }
        #expect(refused?.code == .pullRefused)
        #expect(refused?.description.contains("Exceeded MaxRequestBatch of 5") == true)
    }

    @Test("go on when the server was restarted", arguments: Engine.available)
    func restart(engine: Engine) async throws {
        let fixture = try await JetStreamFixture(engine)
        let stream = try await fixture.stream(messages: 2) { $0.storage = .file }
        let consumer = try await stream.createConsumer(ConsumerConfiguration(durable: "c"))
        var iterator = consumer.messages(PullOptions(batch: 2)).makeAsyncIterator()
        for _ in 0..<2 {
            try await iterator.next()?.doubleAck()
        }
        let restarted = try fixture.restart()
        let publishing = Task {
            while (try? await fixture.jetStream.publish("after", to: "s.x")) == nil {}
        }
        // A server that was ended may have forgotten an acknowledgement, and deliver its message again.
        var texts: [String] = []
        while texts.last != "after", let message = try await iterator.next() { texts.append(message.text) }
        #expect(texts.last == "after" && texts.count <= 3)
        await publishing.value
        restarted.stop()
    }

    @Test("end the sequence with the task", arguments: Engine.available)
    func cancellation(engine: Engine) async throws {
        let fixture = try await JetStreamFixture(engine)
        let stream = try await fixture.stream(messages: 1)
        let consumer = try await stream.createConsumer(ConsumerConfiguration(durable: "c"))
        let (taken, taking) = AsyncStream.makeStream(of: Void.self)
        let task = Task {
            var count = 0
            for try await _ in consumer.messages() {
                count += 1
                taking.yield()
            }
            return count
        }
        for await _ in taken { break }
        task.cancel()
        #expect(try await task.value == 1)
    }
}
